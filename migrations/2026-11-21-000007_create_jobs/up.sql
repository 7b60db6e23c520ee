-- What runs later. A finished job's row is gone.
CREATE TABLE jobs (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL,
  activity_id TEXT NOT NULL,
  payload     TEXT NOT NULL,
  run_at      BIGINT NOT NULL,
  attempts    BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  lease_token TEXT NOT NULL,
  dedup_key   TEXT NOT NULL UNIQUE,
  last_error  TEXT NOT NULL
);
CREATE INDEX jobs_due ON jobs (run_at);

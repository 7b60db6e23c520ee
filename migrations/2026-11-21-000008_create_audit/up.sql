-- Append-only and hash-chained; actors and ids, never personal data.
CREATE TABLE audit_records (
  position    BIGINT PRIMARY KEY,
  at          BIGINT NOT NULL,
  actor       TEXT NOT NULL,
  act         TEXT NOT NULL,
  activity_id TEXT NOT NULL,
  object      TEXT NOT NULL,
  purpose     TEXT NOT NULL,
  reason      TEXT NOT NULL,
  previous    BYTEA NOT NULL,
  hash        BYTEA NOT NULL UNIQUE
);

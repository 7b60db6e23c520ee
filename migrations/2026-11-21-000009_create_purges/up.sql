-- How far the erasing of an activity has come; kept as its tombstone.
CREATE TABLE purges (
  activity_id TEXT PRIMARY KEY,
  step        TEXT NOT NULL,
  started_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  report      TEXT NOT NULL,
  trouble     TEXT NOT NULL,
  certificate TEXT NOT NULL
);

-- Counts that survive a purge; never a person.
CREATE TABLE statistics (
  activity_id TEXT NOT NULL,
  name        TEXT NOT NULL,
  published   TEXT NOT NULL,
  PRIMARY KEY (activity_id, name)
);

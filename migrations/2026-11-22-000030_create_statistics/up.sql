-- Tables that an activity declares before anybody enters; frozen with it.
CREATE TABLE stat_tables (
  activity_id TEXT NOT NULL,
  id          TEXT NOT NULL,
  position    BIGINT NOT NULL,
  dim_a       TEXT NOT NULL,
  dim_b       TEXT NOT NULL,
  PRIMARY KEY (activity_id, id)
);

-- Their counters while people enter; never a row of a person, never shown, gone once published.
CREATE TABLE stat_counts (
  activity_id TEXT NOT NULL,
  table_id    TEXT NOT NULL,
  a           TEXT NOT NULL,
  b           TEXT NOT NULL,
  n           BIGINT NOT NULL,
  PRIMARY KEY (activity_id, table_id, a, b)
);

-- Whether the entry is in the counters: a second one of the same person is not.
ALTER TABLE entries ADD COLUMN counted BOOLEAN NOT NULL DEFAULT FALSE;

-- What is published is one file an activity, with the time at which it was made and its hash.
DROP TABLE statistics;
CREATE TABLE statistics (
  activity_id TEXT PRIMARY KEY,
  published   TEXT NOT NULL,
  made_at     BIGINT NOT NULL,
  hash        TEXT NOT NULL
);

-- Who opened a row's data is asked by the person it belongs to.
CREATE INDEX audit_records_by_act ON audit_records (activity_id, act);

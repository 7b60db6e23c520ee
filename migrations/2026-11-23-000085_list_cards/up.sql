-- The library cards that may enter an activity: keyed tags, which no entry has and nobody without
-- the activity's key can compute. No number, no order of the file, no time.
CREATE TABLE admission_cards (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  tag         BYTEA NOT NULL,
  PRIMARY KEY (activity_id, tag)
);

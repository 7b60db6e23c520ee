-- Invitation codes by the batch: how many were made and taken back. What is missing was used.
CREATE TABLE admission_batches (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  id          TEXT NOT NULL,
  made        BIGINT NOT NULL CHECK (made > 0),
  made_by     TEXT NOT NULL,
  made_at     BIGINT NOT NULL,
  withdrawn   BIGINT NOT NULL CHECK (withdrawn BETWEEN 0 AND made),
  PRIMARY KEY (activity_id, id)
);

-- A hash for each code that can still be used; the row of a used one is gone, and nothing says by
-- which entry or when.
CREATE TABLE admission_codes (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  hash        BYTEA NOT NULL,
  batch_id    TEXT NOT NULL,
  PRIMARY KEY (activity_id, hash),
  FOREIGN KEY (activity_id, batch_id) REFERENCES admission_batches (activity_id, id)
);
CREATE INDEX admission_codes_by_batch ON admission_codes (activity_id, batch_id);

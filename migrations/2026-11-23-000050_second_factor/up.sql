-- The second step of signing in. The secret is sealed by the vault, which only checks codes against
-- it; an empty one was reset, and reset_at says when. A code is of a time step, and each step is
-- taken once.
CREATE TABLE staff_factors (
  staff_id  TEXT PRIMARY KEY REFERENCES staff (id),
  sealed    BYTEA NOT NULL,
  last_step BIGINT NOT NULL,
  set_at    BIGINT NOT NULL,
  reset_at  BIGINT
);

-- Only the SHA-256 of a recovery code is kept, until it is used.
CREATE TABLE staff_recovery (
  staff_id  TEXT NOT NULL REFERENCES staff (id),
  code_hash BYTEA NOT NULL,
  PRIMARY KEY (staff_id, code_hash)
);

-- Whether a session was opened with a second step, and when its owner last proved who it is.
ALTER TABLE staff_sessions ADD COLUMN second BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE staff_sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;

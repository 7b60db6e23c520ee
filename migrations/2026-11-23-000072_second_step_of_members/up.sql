-- The second step of a member who wants one: as that of staff, the secret is sealed by the vault,
-- which only checks codes against it, and each step of time is taken once.
CREATE TABLE member_factors (
  member_id TEXT PRIMARY KEY REFERENCES members (id),
  sealed    BYTEA NOT NULL,
  last_step BIGINT NOT NULL,
  set_at    BIGINT NOT NULL
);

-- Only the SHA-256 of a recovery code is kept, until it is used.
CREATE TABLE member_recovery (
  member_id TEXT NOT NULL REFERENCES members (id),
  code_hash BYTEA NOT NULL,
  PRIMARY KEY (member_id, code_hash)
);

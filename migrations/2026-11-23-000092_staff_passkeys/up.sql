-- Passkeys of staff. The name that the owner gave it and the public key are sealed together by the
-- vault, for this account; the tag is the hash of the credential's random id, so that one passkey is of
-- one account. Whoever asks for it writes down how often it had been used: an answer counts once.
CREATE TABLE staff_passkeys (
  id       TEXT PRIMARY KEY,
  staff_id TEXT NOT NULL REFERENCES staff (id),
  tag      BYTEA NOT NULL UNIQUE,
  sealed   BYTEA NOT NULL,
  uses     BIGINT NOT NULL,
  added_at BIGINT NOT NULL,
  used_at  BIGINT
);
CREATE INDEX staff_passkeys_by_staff ON staff_passkeys (staff_id);

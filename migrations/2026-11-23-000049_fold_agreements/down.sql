CREATE TABLE consents (
  activity_id  TEXT NOT NULL,
  entry_id     TEXT NOT NULL,
  id           TEXT NOT NULL,
  purpose      TEXT NOT NULL CHECK (purpose IN ('entry', 'provider')),
  provider_id  TEXT NOT NULL,
  text_hash    BYTEA NOT NULL,
  given_hour   BIGINT NOT NULL,
  withdrawn_at BIGINT,
  PRIMARY KEY (activity_id, entry_id, id),
  FOREIGN KEY (activity_id, entry_id) REFERENCES entries (activity_id, id)
);
INSERT INTO consents (activity_id, entry_id, id, purpose, provider_id, text_hash, given_hour, withdrawn_at)
  SELECT activity_id, entry_id, provider_id, 'provider', provider_id, text_hash, given_hour, withdrawn_at
  FROM provider_consents;
INSERT INTO consents (activity_id, entry_id, id, purpose, provider_id, text_hash, given_hour, withdrawn_at)
  SELECT activity_id, id, 'entry', 'entry', '', notice_hash, taken_hour, agreed_until
  FROM entries WHERE agreed;
DROP TABLE provider_consents;
ALTER TABLE entries DROP COLUMN agreed_until;
ALTER TABLE entries DROP COLUMN agreed;

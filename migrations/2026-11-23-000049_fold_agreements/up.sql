-- That somebody takes part is agreed to once, in the hour and under the notice of the entry: it stands in
-- the row of the entry, not in one of its own at a random place of an index. When it was taken back is
-- the hour, nothing while it stands.
ALTER TABLE entries ADD COLUMN agreed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE entries ADD COLUMN agreed_until BIGINT;
UPDATE entries SET agreed = TRUE WHERE EXISTS (
  SELECT 1 FROM consents WHERE consents.activity_id = entries.activity_id
    AND consents.entry_id = entries.id AND consents.purpose = 'entry');
UPDATE entries SET agreed_until = (
  SELECT max(consents.withdrawn_at) FROM consents WHERE consents.activity_id = entries.activity_id
    AND consents.entry_id = entries.id AND consents.purpose = 'entry');

-- What is left are the partners whom somebody ticked.
CREATE TABLE provider_consents (
  activity_id  TEXT NOT NULL,
  entry_id     TEXT NOT NULL,
  provider_id  TEXT NOT NULL,
  text_hash    BYTEA NOT NULL,
  given_hour   BIGINT NOT NULL,
  withdrawn_at BIGINT,
  PRIMARY KEY (activity_id, entry_id, provider_id),
  FOREIGN KEY (activity_id, entry_id) REFERENCES entries (activity_id, id)
);
INSERT INTO provider_consents (activity_id, entry_id, provider_id, text_hash, given_hour, withdrawn_at)
  SELECT activity_id, entry_id, provider_id, text_hash, given_hour, withdrawn_at
  FROM consents WHERE purpose = 'provider';
DROP TABLE consents;

-- When the holder of the receipt had the sealed data erased after the list was final.
ALTER TABLE entries ADD COLUMN erased_at BIGINT;

-- Whom a person may allow to have their contact, outside the library.
CREATE TABLE providers (
  id      TEXT PRIMARY KEY,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  address TEXT NOT NULL,
  active  BOOLEAN NOT NULL
);

-- What an activity offers to share with whom; part of what is published.
CREATE TABLE activity_providers (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  provider_id TEXT NOT NULL REFERENCES providers (id),
  fields      TEXT NOT NULL,
  purpose_zh  TEXT NOT NULL,
  purpose_en  TEXT NOT NULL,
  until       BIGINT NOT NULL,
  PRIMARY KEY (activity_id, provider_id)
);

-- Receipts of consent: to what words, in which hour, taken back when.
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

-- The sealed box that one provider's export opens; it exists only where the person ticked.
CREATE TABLE provider_boxes (
  activity_id TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  entry_id    TEXT NOT NULL,
  item        TEXT NOT NULL,
  handed_at   BIGINT,
  PRIMARY KEY (activity_id, provider_id, entry_id),
  FOREIGN KEY (activity_id, entry_id) REFERENCES entries (activity_id, id)
);
CREATE INDEX provider_boxes_by_entry ON provider_boxes (activity_id, entry_id);

-- Requests about personal data. What was written is sealed; the row leads with its own id, since
-- a request need not belong to an activity.
CREATE TABLE rights_requests (
  id               TEXT PRIMARY KEY,
  lookup           BYTEA NOT NULL UNIQUE,
  kind             TEXT NOT NULL CHECK (kind IN ('see', 'copy', 'correct', 'stop', 'erase')),
  activity_id      TEXT NOT NULL,
  entry_id         TEXT NOT NULL,
  scope            TEXT NOT NULL,
  item             TEXT NOT NULL,
  language         TEXT NOT NULL,
  received_at      BIGINT NOT NULL,
  due_at           BIGINT NOT NULL,
  extended_to      BIGINT,
  extension_reason TEXT NOT NULL,
  state            TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
  answered_at      BIGINT,
  answer_item      TEXT,
  handled_by       TEXT NOT NULL
);
CREATE INDEX rights_requests_by_state ON rights_requests (state, due_at);
CREATE INDEX rights_requests_by_activity ON rights_requests (activity_id);

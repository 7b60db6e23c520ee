-- Public halves only; private keys live in the key folder, outside the database.
CREATE TABLE vault_keys (
  activity_id    TEXT PRIMARY KEY,
  notify_public  BYTEA NOT NULL,
  answers_public BYTEA NOT NULL,
  created_at     BIGINT NOT NULL
);

-- Sealed boxes: the only home of personal data.
CREATE TABLE vault_items (
  activity_id TEXT NOT NULL,
  id          TEXT NOT NULL,
  key_scope   TEXT NOT NULL CHECK (key_scope IN ('contact', 'answers')),
  sealed      BYTEA NOT NULL,
  own_copy    BYTEA,
  PRIMARY KEY (activity_id, id)
);

-- Boxes of more kinds: shares for a provider that the person ticked, requests, the tax vault, held rows.
CREATE TABLE wider_items (
  activity_id TEXT NOT NULL,
  id          TEXT NOT NULL,
  key_scope   TEXT NOT NULL CHECK (key_scope IN ('contact', 'answers', 'share', 'request', 'tax', 'held')),
  sealed      BYTEA NOT NULL,
  own_copy    BYTEA,
  PRIMARY KEY (activity_id, id)
);
INSERT INTO wider_items SELECT activity_id, id, key_scope, sealed, own_copy FROM vault_items;
DROP TABLE vault_items;
ALTER TABLE wider_items RENAME TO vault_items;

-- Who opens the contacts: the server alone, or two of three librarians with their shares.
ALTER TABLE activities ADD COLUMN unlock TEXT NOT NULL DEFAULT 'one'
  CHECK (unlock IN ('one', 'two_of_three'));

-- Keys that belong to no activity, such as those of a quarter's requests; public halves only.
CREATE TABLE vault_scopes (
  scope         TEXT PRIMARY KEY,
  notify_public BYTEA NOT NULL,
  created_at    BIGINT NOT NULL,
  erased_at     BIGINT
);

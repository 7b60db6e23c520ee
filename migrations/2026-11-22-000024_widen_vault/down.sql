DROP TABLE vault_scopes;
ALTER TABLE activities DROP COLUMN unlock;
CREATE TABLE narrow_items (
  activity_id TEXT NOT NULL,
  id          TEXT NOT NULL,
  key_scope   TEXT NOT NULL CHECK (key_scope IN ('contact', 'answers')),
  sealed      BYTEA NOT NULL,
  own_copy    BYTEA,
  PRIMARY KEY (activity_id, id)
);
INSERT INTO narrow_items SELECT activity_id, id, key_scope, sealed, own_copy FROM vault_items
  WHERE key_scope IN ('contact', 'answers');
DROP TABLE vault_items;
ALTER TABLE narrow_items RENAME TO vault_items;

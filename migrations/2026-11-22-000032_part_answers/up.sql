-- Answers that belong to nobody, apart from the boxes of people: nothing but a random id, in whose
-- order SQLite keeps them (platform/db/guards.rs). resealed: sealed anew by the vault after the
-- close, so that no copy from before it shares a byte with them.
CREATE TABLE unlinked_answers (
  activity_id TEXT NOT NULL,
  id          TEXT NOT NULL,
  sealed      BYTEA NOT NULL,
  resealed    BOOLEAN NOT NULL,
  PRIMARY KEY (activity_id, id)
);
INSERT INTO unlinked_answers (activity_id, id, sealed, resealed)
  SELECT activity_id, id, sealed, FALSE FROM vault_items
  WHERE key_scope = 'answers' AND own_copy IS NULL AND NOT EXISTS (
    SELECT 1 FROM entries
    WHERE entries.activity_id = vault_items.activity_id AND entries.answers_item = vault_items.id)
  ORDER BY id;
DELETE FROM vault_items
  WHERE key_scope = 'answers' AND own_copy IS NULL AND NOT EXISTS (
    SELECT 1 FROM entries
    WHERE entries.activity_id = vault_items.activity_id AND entries.answers_item = vault_items.id);

INSERT INTO vault_items (activity_id, id, key_scope, sealed)
  SELECT activity_id, id, 'answers', sealed FROM unlinked_answers;
DROP TABLE unlinked_answers;

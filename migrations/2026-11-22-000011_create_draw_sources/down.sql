-- Only the first source of each draw had a place in the older tables.
ALTER TABLE draws ADD COLUMN chain BYTEA NOT NULL DEFAULT '';
ALTER TABLE draws ADD COLUMN round BIGINT NOT NULL DEFAULT 0;
ALTER TABLE draws ADD COLUMN beacon TEXT;
ALTER TABLE draws ADD COLUMN beacon_trouble TEXT NOT NULL DEFAULT '';
UPDATE draws SET
  chain = (SELECT s.chain FROM draw_sources s WHERE s.activity_id = draws.activity_id AND s.draw_id = draws.id AND s.position = 1),
  round = (SELECT s.round FROM draw_sources s WHERE s.activity_id = draws.activity_id AND s.draw_id = draws.id AND s.position = 1),
  beacon = (SELECT s.value FROM draw_sources s WHERE s.activity_id = draws.activity_id AND s.draw_id = draws.id AND s.position = 1),
  beacon_trouble = (SELECT s.trouble FROM draw_sources s WHERE s.activity_id = draws.activity_id AND s.draw_id = draws.id AND s.position = 1);
ALTER TABLE draws DROP COLUMN due_at;
DROP TABLE draw_sources;

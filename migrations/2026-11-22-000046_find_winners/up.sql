-- Of a hundred thousand winners: who is in which state, who was not told, and which letters stand where,
-- by an index and without a look at each.
ALTER TABLE claims ADD COLUMN told BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE claims SET told = TRUE WHERE EXISTS (
  SELECT 1 FROM notices
  WHERE notices.activity_id = claims.activity_id AND notices.draw_id = claims.draw_id
    AND notices.slot = claims.slot AND notices.position = claims.position
    AND notices.kind IN ('won', 'promoted')
);
CREATE INDEX claims_by_stage ON claims (activity_id, draw_id, stage, told, slot, position);
CREATE INDEX notices_by_stage ON notices (activity_id, stage, draw_id);

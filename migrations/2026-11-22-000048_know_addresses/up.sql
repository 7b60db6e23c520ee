-- Whether the box of a winner who was not told yet holds an address of mail, as its header says; nothing
-- until somebody has looked. The page before winners are told counts by the index.
ALTER TABLE claims ADD COLUMN has_address BOOLEAN;
DROP INDEX claims_by_stage;
CREATE INDEX claims_by_stage ON claims (activity_id, draw_id, stage, told, has_address, slot, position);

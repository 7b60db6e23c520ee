DROP INDEX claims_by_stage;
CREATE INDEX claims_by_stage ON claims (activity_id, draw_id, stage, told, slot, position);
ALTER TABLE claims DROP COLUMN has_address;

DROP INDEX notices_by_stage;
DROP INDEX claims_by_stage;
ALTER TABLE claims DROP COLUMN told;

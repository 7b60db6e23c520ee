ALTER TABLE activities DROP COLUMN eligibility;

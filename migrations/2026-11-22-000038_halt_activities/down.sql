ALTER TABLE activities DROP COLUMN halted_at;

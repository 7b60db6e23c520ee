ALTER TABLE staff_sessions DROP COLUMN proved_at;
ALTER TABLE staff_sessions DROP COLUMN second;
DROP TABLE staff_recovery;
DROP TABLE staff_factors;

DROP TABLE incident_steps;
ALTER TABLE incidents DROP COLUMN reminded;
ALTER TABLE incidents DROP COLUMN origin;

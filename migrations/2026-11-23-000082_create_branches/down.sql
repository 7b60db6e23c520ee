ALTER TABLE activities DROP COLUMN branch;
DROP TABLE branches;

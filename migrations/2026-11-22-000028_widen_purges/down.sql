DROP TABLE tidyings;
DROP TABLE planted;
ALTER TABLE purges DROP COLUMN phase2;
ALTER TABLE purges DROP COLUMN phase2_at;

DROP INDEX audit_records_by_act;
DROP TABLE statistics;
CREATE TABLE statistics (
  activity_id TEXT NOT NULL,
  name        TEXT NOT NULL,
  published   TEXT NOT NULL,
  PRIMARY KEY (activity_id, name)
);
ALTER TABLE entries DROP COLUMN counted;
DROP TABLE stat_counts;
DROP TABLE stat_tables;

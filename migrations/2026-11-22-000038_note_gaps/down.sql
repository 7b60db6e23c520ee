DROP TABLE log_gaps;

DROP TABLE journal_notes;
DROP TABLE commitments;
DROP TABLE log_nodes;
DROP TABLE logs;

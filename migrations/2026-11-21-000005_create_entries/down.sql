DROP TABLE tickets;
DROP TABLE entries;

DROP TABLE statistics;
DROP TABLE purges;

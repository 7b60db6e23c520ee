DROP TABLE comparisons;
DROP TABLE agreements;

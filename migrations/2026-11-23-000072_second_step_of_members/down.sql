DROP TABLE member_recovery;
DROP TABLE member_factors;

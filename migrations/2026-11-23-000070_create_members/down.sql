DROP TABLE member_tellings;
DROP TABLE member_letters;
DROP TABLE member_receipts;
DROP TABLE member_sessions;
DROP TABLE member_askings;
DROP TABLE members;
DROP TABLE member_terms;

DROP TABLE admission_codes;
DROP TABLE admission_batches;

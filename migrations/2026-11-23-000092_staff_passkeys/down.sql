DROP TABLE staff_passkeys;

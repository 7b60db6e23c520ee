DROP TABLE exports;
DROP TABLE notices;
DROP TABLE claims;

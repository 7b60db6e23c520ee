DROP TABLE staff_openid;

DROP TABLE member_openid;

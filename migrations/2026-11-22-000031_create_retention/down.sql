DROP TABLE processors;
DROP TABLE told_purposes;
DROP TABLE activity_codes;
DROP TABLE notice_versions;
DROP TABLE retention_settings;

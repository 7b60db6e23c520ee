DROP TABLE setup_links;
DROP TABLE staff_sessions;
DROP TABLE grants;
DROP TABLE staff;
DROP TABLE site_settings;

DROP TABLE rights_requests;
DROP TABLE provider_boxes;
DROP TABLE consents;
DROP TABLE activity_providers;
DROP TABLE providers;
ALTER TABLE entries DROP COLUMN erased_at;

DROP TABLE policy_drafts;
DROP TABLE policy_versions;

DROP INDEX newsletter_issues_of_policy;
ALTER TABLE newsletter_issues DROP COLUMN policy_version;
ALTER TABLE feedback DROP COLUMN policy_version;
ALTER TABLE subscribers DROP COLUMN policy_version;
ALTER TABLE entries DROP COLUMN policy_version;

-- Which version of the policy was in force when somebody entered, subscribed or wrote; 0 before the
-- first one.
ALTER TABLE entries ADD COLUMN policy_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE subscribers ADD COLUMN policy_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feedback ADD COLUMN policy_version BIGINT NOT NULL DEFAULT 0;

-- An issue that tells every subscriber of a version of the policy; 0 for all others.
ALTER TABLE newsletter_issues ADD COLUMN policy_version BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX newsletter_issues_of_policy ON newsletter_issues (policy_version) WHERE policy_version > 0;

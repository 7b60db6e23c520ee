CREATE TABLE narrower_grants (
  staff_id TEXT NOT NULL REFERENCES staff (id),
  role     TEXT NOT NULL CHECK (role IN ('auditor', 'librarian', 'admin')),
  branch   TEXT NOT NULL,
  PRIMARY KEY (staff_id, role, branch)
);
INSERT INTO narrower_grants (staff_id, role, branch)
  SELECT staff_id, role, branch FROM grants WHERE role IN ('auditor', 'librarian', 'admin');
DROP TABLE grants;
ALTER TABLE narrower_grants RENAME TO grants;

-- Two more roles: who answers for personal data, and who files taxes.
CREATE TABLE wider_grants (
  staff_id TEXT NOT NULL REFERENCES staff (id),
  role     TEXT NOT NULL CHECK (role IN ('auditor', 'librarian', 'admin', 'privacy_officer', 'accountant')),
  branch   TEXT NOT NULL,
  PRIMARY KEY (staff_id, role, branch)
);
INSERT INTO wider_grants (staff_id, role, branch) SELECT staff_id, role, branch FROM grants;
DROP TABLE grants;
ALTER TABLE wider_grants RENAME TO grants;

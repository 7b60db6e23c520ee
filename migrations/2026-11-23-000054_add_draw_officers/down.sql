-- A librarian drew before; nobody else did.
CREATE TABLE earlier_grants (
  staff_id TEXT NOT NULL REFERENCES staff (id),
  role     TEXT NOT NULL CHECK (role IN ('auditor', 'librarian', 'admin', 'privacy_officer', 'accountant')),
  branch   TEXT NOT NULL,
  PRIMARY KEY (staff_id, role, branch)
);
INSERT INTO earlier_grants (staff_id, role, branch)
  SELECT staff_id, role, branch FROM grants WHERE role <> 'draw_officer';
DROP TABLE grants;
ALTER TABLE earlier_grants RENAME TO grants;

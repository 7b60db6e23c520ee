CREATE TABLE grants_without_auditors (
  staff_id TEXT NOT NULL REFERENCES staff (id),
  role     TEXT NOT NULL CHECK (role IN ('librarian', 'admin')),
  branch   TEXT NOT NULL,
  PRIMARY KEY (staff_id, role, branch)
);
INSERT INTO grants_without_auditors (staff_id, role, branch)
  SELECT staff_id, role, branch FROM grants WHERE role <> 'auditor';
DROP TABLE grants;
ALTER TABLE grants_without_auditors RENAME TO grants;
DROP TABLE inspected_tickets;
DROP TABLE inspections;
DROP TABLE reveals;

-- One more role: who draws. Whoever was a librarian until now did, and goes on.
CREATE TABLE fuller_grants (
  staff_id TEXT NOT NULL REFERENCES staff (id),
  role     TEXT NOT NULL CHECK (role IN ('auditor', 'librarian', 'draw_officer', 'admin', 'privacy_officer', 'accountant')),
  branch   TEXT NOT NULL,
  PRIMARY KEY (staff_id, role, branch)
);
INSERT INTO fuller_grants (staff_id, role, branch) SELECT staff_id, role, branch FROM grants;
INSERT INTO fuller_grants (staff_id, role, branch)
  SELECT staff_id, 'draw_officer', branch FROM grants WHERE role = 'librarian';
DROP TABLE grants;
ALTER TABLE fuller_grants RENAME TO grants;

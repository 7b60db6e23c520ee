-- How far a result has been shown in a hall. Presentation only: nothing here decides anything.
CREATE TABLE reveals (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  step        BIGINT NOT NULL,
  paused      BOOLEAN NOT NULL,
  black       BOOLEAN NOT NULL,
  quiet       BOOLEAN NOT NULL,
  names       BOOLEAN NOT NULL,
  reserves    BOOLEAN NOT NULL,
  begun_at    BIGINT NOT NULL,
  moved_at    BIGINT NOT NULL,
  PRIMARY KEY (activity_id, draw_id),
  FOREIGN KEY (activity_id, draw_id) REFERENCES draws (activity_id, id)
);

-- An entrant audit on the way; once it is signed, audit.note of the draw says it all.
CREATE TABLE inspections (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  sample      BIGINT NOT NULL,
  begun_by    TEXT NOT NULL,
  begun_at    BIGINT NOT NULL,
  PRIMARY KEY (activity_id, draw_id),
  FOREIGN KEY (activity_id, draw_id) REFERENCES draws (activity_id, id)
);

-- What the auditor found behind one ticket of the sample; nothing about the person.
CREATE TABLE inspected_tickets (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  position    BIGINT NOT NULL,
  found       BOOLEAN NOT NULL,
  marked_by   TEXT NOT NULL,
  marked_at   BIGINT NOT NULL,
  PRIMARY KEY (activity_id, draw_id, position)
);

-- A third role: the outside auditor.
CREATE TABLE grants_with_auditors (
  staff_id TEXT NOT NULL REFERENCES staff (id),
  role     TEXT NOT NULL CHECK (role IN ('auditor', 'librarian', 'admin')),
  branch   TEXT NOT NULL,
  PRIMARY KEY (staff_id, role, branch)
);
INSERT INTO grants_with_auditors (staff_id, role, branch) SELECT staff_id, role, branch FROM grants;
DROP TABLE grants;
ALTER TABLE grants_with_auditors RENAME TO grants;

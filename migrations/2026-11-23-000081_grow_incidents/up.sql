-- An incident may be opened by a rule, whose word `origin` is; `reminded` counts the letters that
-- said it waits.
ALTER TABLE incidents ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN reminded BIGINT NOT NULL DEFAULT 0;

-- What happened with an incident, step by step; rows are only added. `made_by` is empty where the
-- program did it.
CREATE TABLE incident_steps (
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  position    BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  made_by     TEXT NOT NULL,
  act         TEXT NOT NULL CHECK (act IN ('recorded', 'seen_again', 'reworded', 'note', 'people', 'concerned', 'not_needed', 'reported', 'told', 'closed')),
  words       TEXT NOT NULL,
  counted     BIGINT NOT NULL,
  PRIMARY KEY (incident_id, position)
);

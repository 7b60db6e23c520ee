-- Changes of voids in the objection window: seq 0 while they wait for a second person, else the
-- close note that carries them. Code '' lets a ticket take part again.
CREATE TABLE corrections (
  activity_id  TEXT NOT NULL,
  draw_id      TEXT NOT NULL,
  seq          BIGINT NOT NULL,
  position     BIGINT NOT NULL,
  code         TEXT NOT NULL CHECK (code IN ('I', 'T', '')),
  reason       TEXT NOT NULL,
  proposed_by  TEXT NOT NULL,
  confirmed_by TEXT NOT NULL,
  written_at   BIGINT NOT NULL,
  PRIMARY KEY (activity_id, draw_id, seq, position),
  FOREIGN KEY (activity_id, draw_id) REFERENCES draws (activity_id, id)
);

-- The witnesses that the settings name, or named once, and how far each has followed the journal.
-- `quorum` is the settings' own and the same in every row that is asked.
CREATE TABLE journal_witnesses (
  vkey     TEXT PRIMARY KEY,
  url      TEXT NOT NULL,
  asked    BOOLEAN NOT NULL,
  quorum   BIGINT NOT NULL,
  size     BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  next_try BIGINT NOT NULL,
  trouble  TEXT NOT NULL
);

-- What witnesses said: one line for each checkpoint and witness, numbered as they arrived.
CREATE TABLE journal_cosignatures (
  size    BIGINT NOT NULL,
  vkey    TEXT NOT NULL,
  arrival BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  line    TEXT NOT NULL,
  PRIMARY KEY (size, vkey)
);

-- What the public knows of a list while it grows.
CREATE TABLE draw_anchors (
  activity_id      TEXT NOT NULL,
  draw_id          TEXT NOT NULL,
  journal_position BIGINT NOT NULL,
  size             BIGINT NOT NULL,
  written_at       BIGINT NOT NULL,
  PRIMARY KEY (activity_id, draw_id, journal_position)
);

-- Whose note stands at a place of the journal.
CREATE INDEX draw_notes_by_position ON draw_notes (journal_position);
CREATE INDEX draw_anchors_by_position ON draw_anchors (journal_position);

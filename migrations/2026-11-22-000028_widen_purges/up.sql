-- The second certificate, when the last copy that may exist is over; 0 and empty until then.
ALTER TABLE purges ADD COLUMN phase2_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE purges ADD COLUMN phase2 TEXT NOT NULL DEFAULT '';

-- Boxes of made-up people, by which a scan means something; no ticket, no entry.
CREATE TABLE planted (
  activity_id TEXT NOT NULL,
  item        TEXT NOT NULL,
  PRIMARY KEY (activity_id, item)
);

-- Something of a living activity was erased: the files are rewritten in the next quiet hour.
CREATE TABLE tidyings (
  name      TEXT PRIMARY KEY,
  wanted_at BIGINT NOT NULL,
  done_at   BIGINT NOT NULL
);

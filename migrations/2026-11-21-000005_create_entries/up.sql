CREATE TABLE entries (
  activity_id  TEXT NOT NULL REFERENCES activities (id),
  id           TEXT NOT NULL,
  lookup       BYTEA NOT NULL UNIQUE,
  contact_item TEXT,
  answers_item TEXT,
  notice_hash  BYTEA NOT NULL,
  language     TEXT NOT NULL,
  taken_hour   BIGINT NOT NULL,
  withdrawn    BOOLEAN NOT NULL,
  PRIMARY KEY (activity_id, id)
);

CREATE TABLE tickets (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  position    BIGINT NOT NULL,
  entry_id    TEXT NOT NULL,
  ticket_no   BIGINT NOT NULL,
  tag         BYTEA NOT NULL,
  bind        BYTEA NOT NULL,
  void        TEXT CHECK (void IN ('W', 'D', 'I', 'T')),
  PRIMARY KEY (activity_id, draw_id, position),
  FOREIGN KEY (activity_id, entry_id) REFERENCES entries (activity_id, id)
);
CREATE INDEX tickets_by_entry ON tickets (activity_id, entry_id);
CREATE INDEX tickets_by_tag ON tickets (activity_id, draw_id, tag, ticket_no);

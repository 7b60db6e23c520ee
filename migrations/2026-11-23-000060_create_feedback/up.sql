-- What people write to the library, and what becomes of it. The rows lead with their own id, since a
-- letter belongs to no activity.
CREATE TABLE feedback (
  id          TEXT PRIMARY KEY,
  lookup      BYTEA NOT NULL UNIQUE,
  topic       TEXT NOT NULL CHECK (topic IN ('activity', 'service', 'website', 'other')),
  wish        TEXT NOT NULL CHECK (wish IN ('none', 'page', 'mail')),
  scope       TEXT NOT NULL,
  language    TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('new', 'assigned', 'answered', 'closed', 'reopened')),
  assigned_to TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  written_at  BIGINT NOT NULL,
  closed_at   BIGINT,
  version     BIGINT NOT NULL
);
CREATE INDEX feedback_by_state ON feedback (state, written_at);

-- Each letter of either side, sealed in the vault; of those of the library, how far the mail came.
CREATE TABLE feedback_letters (
  feedback_id TEXT NOT NULL REFERENCES feedback (id),
  number      BIGINT NOT NULL,
  author      TEXT NOT NULL CHECK (author IN ('person', 'library')),
  item        TEXT NOT NULL,
  written_at  BIGINT NOT NULL,
  mail        TEXT NOT NULL CHECK (mail IN ('none', 'waiting', 'sending', 'sent', 'uncertain', 'refused', 'no_address')),
  attempts    BIGINT NOT NULL,
  last_reply  TEXT NOT NULL,
  PRIMARY KEY (feedback_id, number)
);

-- Who did what with it, for staff.
CREATE TABLE feedback_events (
  feedback_id TEXT NOT NULL REFERENCES feedback (id),
  number      BIGINT NOT NULL,
  act         TEXT NOT NULL,
  actor       TEXT NOT NULL,
  about       TEXT NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (feedback_id, number)
);

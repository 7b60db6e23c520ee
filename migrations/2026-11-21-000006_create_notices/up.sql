-- Who holds which slot, and what became of it; by ticket, never by person.
CREATE TABLE claims (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  slot        TEXT NOT NULL,
  position    BIGINT NOT NULL,
  stage       TEXT NOT NULL CHECK (stage IN ('held', 'claimed', 'declined', 'expired', 'vacated')),
  deadline    BIGINT NOT NULL,
  marked_by   TEXT NOT NULL,
  marked_at   BIGINT NOT NULL,
  PRIMARY KEY (activity_id, draw_id, slot, position)
);

-- One message to one person for one purpose; never an address. A copy above 0 was asked for by staff.
CREATE TABLE notices (
  activity_id TEXT NOT NULL,
  id          TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  slot        TEXT NOT NULL,
  position    BIGINT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('won', 'promoted', 'reminder', 'duplicate')),
  copy        BIGINT NOT NULL,
  message_id  TEXT NOT NULL UNIQUE,
  stage       TEXT NOT NULL CHECK (stage IN ('waiting', 'sending', 'sent', 'uncertain', 'refused', 'no_address', 'dropped')),
  attempts    BIGINT NOT NULL,
  next_at     BIGINT NOT NULL,
  last_reply  TEXT NOT NULL,
  sent_at     BIGINT,
  PRIMARY KEY (activity_id, id)
);
CREATE UNIQUE INDEX notices_once ON notices (activity_id, draw_id, slot, position, kind, copy);

CREATE TABLE exports (
  activity_id TEXT NOT NULL,
  id          TEXT NOT NULL,
  staff_id    TEXT NOT NULL,
  made_at     BIGINT NOT NULL,
  purpose     TEXT NOT NULL,
  format      TEXT NOT NULL,
  row_count   BIGINT NOT NULL,
  PRIMARY KEY (activity_id, id)
);

-- Places in sessions, first come or by lot, and when the last of the sessions begins.
ALTER TABLE activities ADD COLUMN wider_kind TEXT NOT NULL DEFAULT 'draw' CHECK (wider_kind IN ('draw', 'survey', 'seats', 'seats_by_lot'));
UPDATE activities SET wider_kind = kind;
ALTER TABLE activities DROP COLUMN kind;
ALTER TABLE activities RENAME COLUMN wider_kind TO kind;
ALTER TABLE activities ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0;

-- What holds for all sessions of an activity; times in milliseconds.
CREATE TABLE seat_terms (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  per_person  BIGINT NOT NULL CHECK (per_person >= 1),
  back_before BIGINT NOT NULL,
  offer_lasts BIGINT NOT NULL,
  PRIMARY KEY (activity_id)
);

-- taken: places that somebody holds or is offered. The CHECKs are the last word: never oversold.
CREATE TABLE seat_sessions (
  activity_id      TEXT NOT NULL REFERENCES activities (id),
  id               TEXT NOT NULL,
  position         BIGINT NOT NULL,
  title_zh         TEXT NOT NULL,
  title_en         TEXT NOT NULL,
  place_zh         TEXT NOT NULL,
  place_en         TEXT NOT NULL,
  starts_at        BIGINT NOT NULL,
  capacity         BIGINT NOT NULL CHECK (capacity >= 1),
  waiting_places   BIGINT NOT NULL CHECK (waiting_places >= 0),
  taken            BIGINT NOT NULL CHECK (taken >= 0 AND taken <= capacity),
  waiting          BIGINT NOT NULL CHECK (waiting >= 0),
  arrivals         BIGINT NOT NULL,
  cancelled_at     BIGINT,
  cancelled_reason TEXT NOT NULL,
  PRIMARY KEY (activity_id, id)
);

-- One person's place in a session, or in its line; position: the order of arrival, from 0.
CREATE TABLE seats (
  activity_id TEXT NOT NULL,
  entry_id    TEXT NOT NULL,
  session_id  TEXT NOT NULL,
  position    BIGINT NOT NULL,
  tag         BYTEA NOT NULL,
  nth         BIGINT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('held', 'waiting', 'offered', 'returned', 'declined', 'expired')),
  taken_hour  BIGINT NOT NULL,
  offer_until BIGINT NOT NULL,
  attended_at BIGINT,
  PRIMARY KEY (activity_id, entry_id)
);
CREATE UNIQUE INDEX seats_by_arrival ON seats (activity_id, session_id, position);
CREATE INDEX seats_in_line ON seats (activity_id, session_id, state, position);
CREATE INDEX seats_by_tag ON seats (activity_id, tag);
-- A person has one place in a session, and no more places than the terms allow.
CREATE UNIQUE INDEX seats_once ON seats (activity_id, session_id, tag) WHERE state IN ('held', 'waiting', 'offered');
CREATE UNIQUE INDEX seats_each ON seats (activity_id, tag, nth) WHERE state IN ('held', 'waiting', 'offered');

-- One letter to one person about one session; never an address.
CREATE TABLE seat_letters (
  activity_id TEXT NOT NULL,
  id          TEXT NOT NULL,
  entry_id    TEXT NOT NULL,
  session_id  TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('offered', 'cancelled')),
  stage       TEXT NOT NULL CHECK (stage IN ('waiting', 'sending', 'sent', 'uncertain', 'refused', 'no_address', 'dropped')),
  attempts    BIGINT NOT NULL,
  last_reply  TEXT NOT NULL,
  sent_at     BIGINT,
  PRIMARY KEY (activity_id, id)
);
CREATE UNIQUE INDEX seat_letters_once ON seat_letters (activity_id, entry_id, kind);

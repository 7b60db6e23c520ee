-- How long each class of data is kept: every value that the library ever set, the last one counts.
CREATE TABLE retention_settings (
  class   TEXT NOT NULL,
  version BIGINT NOT NULL,
  days    BIGINT NOT NULL CHECK (days >= 0),
  reason  TEXT NOT NULL,
  set_by  TEXT NOT NULL,
  set_at  BIGINT NOT NULL,
  PRIMARY KEY (class, version)
);

-- Every notice that the form of an activity ever showed; the entry names its own by hash.
CREATE TABLE notice_versions (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  version     BIGINT NOT NULL,
  zh          TEXT NOT NULL,
  en          TEXT NOT NULL,
  valid_from  BIGINT NOT NULL,
  PRIMARY KEY (activity_id, version)
);

INSERT INTO notice_versions (activity_id, version, zh, en, valid_from)
SELECT id, 1, notice_zh, notice_en, published_at FROM activities WHERE published_at IS NOT NULL;

-- Codes of purposes and categories that a librarian picked for an activity; none: the usual ones.
CREATE TABLE activity_codes (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  code        TEXT NOT NULL,
  PRIMARY KEY (activity_id, code)
);

-- What a notice says that contacts are opened for; anything else stays closed.
CREATE TABLE told_purposes (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  notice      BYTEA NOT NULL,
  purpose     TEXT NOT NULL,
  PRIMARY KEY (activity_id, notice, purpose)
);

-- Who works on data for the library; ended ones stay readable.
CREATE TABLE processors (
  id         TEXT PRIMARY KEY NOT NULL,
  name_zh    TEXT NOT NULL,
  name_en    TEXT NOT NULL,
  task_zh    TEXT NOT NULL,
  task_en    TEXT NOT NULL,
  starts_at  BIGINT NOT NULL,
  ends_at    BIGINT
);

-- Who has an account: optional, for the person's own convenience. The address is sealed, and found
-- again by a tag whose key the vault holds. The box of what is kept is in a table of its own, so that
-- all of them can be written anew together.
CREATE TABLE members (
  id              TEXT PRIMARY KEY,
  tag             BYTEA NOT NULL UNIQUE,
  item            TEXT NOT NULL,
  sealed          BYTEA NOT NULL,
  language        TEXT NOT NULL,
  passphrase_hash TEXT NOT NULL,
  failures        BIGINT NOT NULL,
  locked_until    BIGINT NOT NULL,
  terms           BYTEA NOT NULL,
  made_at         BIGINT NOT NULL
);

-- The words to which members agreed, by their hash.
CREATE TABLE member_terms (
  hash     BYTEA PRIMARY KEY,
  version  BIGINT NOT NULL,
  language TEXT NOT NULL,
  words    TEXT NOT NULL
);

-- What waits for a link in a mail: a new account, a new passphrase, a new address.
CREATE TABLE member_askings (
  code      TEXT PRIMARY KEY,
  kind      TEXT NOT NULL CHECK (kind IN ('register', 'forgotten', 'move')),
  member_id TEXT NOT NULL,
  tag       BYTEA NOT NULL,
  item      TEXT NOT NULL,
  sealed    BYTEA NOT NULL,
  language  TEXT NOT NULL,
  asked_at  BIGINT NOT NULL
);
CREATE INDEX member_askings_by_tag ON member_askings (tag, kind);
CREATE INDEX member_askings_by_member ON member_askings (member_id);

-- Only the SHA-256 of a session's token is kept.
CREATE TABLE member_sessions (
  token_hash BYTEA PRIMARY KEY,
  member_id  TEXT NOT NULL REFERENCES members (id),
  opened_at  BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  ends_at    BIGINT NOT NULL
);
CREATE INDEX member_sessions_by_member ON member_sessions (member_id);

-- The receipts a member keeps, sealed; as long with none in it as with many.
CREATE TABLE member_receipts (
  member_id TEXT PRIMARY KEY REFERENCES members (id),
  item      TEXT NOT NULL,
  sealed    BYTEA NOT NULL
);

-- A letter about an account. The address is dropped once it is settled, the row a day later.
CREATE TABLE member_letters (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind IN ('register', 'already', 'forgotten', 'nobody', 'move', 'moved', 'changed', 'policy')),
  code       TEXT NOT NULL,
  tag        BYTEA NOT NULL,
  language   TEXT NOT NULL,
  item       TEXT NOT NULL,
  sealed     BYTEA NOT NULL,
  stage      TEXT NOT NULL CHECK (stage IN ('waiting', 'sending', 'sent', 'uncertain', 'bounced', 'refused', 'dropped')),
  attempts   BIGINT NOT NULL,
  last_reply TEXT NOT NULL,
  written_at BIGINT NOT NULL
);
-- Telling all members of a version of the general policy: how far the list was gone through, and what
-- became of its letters, which are forgotten soon after.
CREATE TABLE member_tellings (
  version  BIGINT PRIMARY KEY,
  reached  TEXT NOT NULL,
  listed   BOOLEAN NOT NULL,
  sent     BIGINT NOT NULL,
  uncertain BIGINT NOT NULL,
  refused  BIGINT NOT NULL,
  dropped  BIGINT NOT NULL
);
CREATE INDEX member_letters_by_tag ON member_letters (tag);

-- What the newsletter is about, in parts that people choose.
CREATE TABLE newsletter_topics (
  id         TEXT PRIMARY KEY,
  name_zh    TEXT NOT NULL,
  name_en    TEXT NOT NULL,
  made_at    BIGINT NOT NULL,
  retired_at BIGINT
);

-- The words to which people agreed, by their hash.
CREATE TABLE newsletter_consents (
  hash     BYTEA PRIMARY KEY,
  version  BIGINT NOT NULL,
  language TEXT NOT NULL,
  words    TEXT NOT NULL
);

-- Who subscribed. The address is sealed, and found again by a tag whose key the vault holds; the
-- code in `access` is what the links in a person's mails name, sealed as well.
CREATE TABLE subscribers (
  id           TEXT PRIMARY KEY,
  tag          BYTEA NOT NULL UNIQUE,
  item         TEXT NOT NULL,
  sealed       BYTEA NOT NULL,
  access       TEXT NOT NULL UNIQUE,
  language     TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('pending', 'active')),
  consent      BYTEA NOT NULL,
  agreed_at    BIGINT NOT NULL,
  confirmed_at BIGINT,
  refusals     BIGINT NOT NULL
);
CREATE INDEX subscribers_by_state ON subscribers (state, id);

CREATE TABLE subscriber_topics (
  subscriber_id TEXT NOT NULL REFERENCES subscribers (id),
  topic_id      TEXT NOT NULL REFERENCES newsletter_topics (id),
  PRIMARY KEY (subscriber_id, topic_id)
);
CREATE INDEX subscriber_topics_by_topic ON subscriber_topics (topic_id);

-- A new address that was not confirmed yet.
CREATE TABLE subscriber_moves (
  subscriber_id TEXT PRIMARY KEY REFERENCES subscribers (id),
  code          TEXT NOT NULL UNIQUE,
  tag           BYTEA NOT NULL,
  item          TEXT NOT NULL,
  sealed        BYTEA NOT NULL,
  asked_at      BIGINT NOT NULL
);

-- Where nothing is sent any more, unless the person subscribes anew.
CREATE TABLE suppressed_addresses (
  tag   BYTEA PRIMARY KEY,
  why   TEXT NOT NULL CHECK (why IN ('left', 'moved', 'refused')),
  since BIGINT NOT NULL
);

-- One sending of the newsletter; the figures are of letters whose rows are gone.
CREATE TABLE newsletter_issues (
  id          TEXT PRIMARY KEY,
  slug        TEXT NOT NULL UNIQUE,
  subject_zh  TEXT NOT NULL,
  subject_en  TEXT NOT NULL,
  body_zh     TEXT NOT NULL,
  body_en     TEXT NOT NULL,
  stage       TEXT NOT NULL CHECK (stage IN ('draft', 'scheduled', 'sending', 'sent', 'stopped')),
  version     BIGINT NOT NULL,
  send_at     BIGINT,
  began_at    BIGINT,
  ended_at    BIGINT,
  gathered_to TEXT NOT NULL,
  sent        BIGINT NOT NULL,
  uncertain   BIGINT NOT NULL,
  bounced     BIGINT NOT NULL,
  refused     BIGINT NOT NULL,
  dropped     BIGINT NOT NULL
);
CREATE INDEX newsletter_issues_by_stage ON newsletter_issues (stage, began_at);

CREATE TABLE newsletter_issue_topics (
  issue_id TEXT NOT NULL REFERENCES newsletter_issues (id),
  topic_id TEXT NOT NULL REFERENCES newsletter_topics (id),
  PRIMARY KEY (issue_id, topic_id)
);

-- One letter to one subscriber; the subscriber's id goes when that person leaves.
CREATE TABLE newsletter_letters (
  id            TEXT PRIMARY KEY,
  issue_id      TEXT NOT NULL REFERENCES newsletter_issues (id),
  subscriber_id TEXT NOT NULL,
  stage         TEXT NOT NULL CHECK (stage IN ('waiting', 'sending', 'sent', 'uncertain', 'bounced', 'refused', 'dropped')),
  attempts      BIGINT NOT NULL,
  next_at       BIGINT NOT NULL,
  last_reply    TEXT NOT NULL
);
CREATE UNIQUE INDEX newsletter_letters_once ON newsletter_letters (issue_id, subscriber_id) WHERE subscriber_id <> '';
CREATE INDEX newsletter_letters_by_stage ON newsletter_letters (issue_id, stage, next_at);
CREATE INDEX newsletter_letters_by_subscriber ON newsletter_letters (subscriber_id);

-- A letter about a subscription itself, or a trial of an issue; the address is dropped once it is
-- settled, the row a day later.
CREATE TABLE subscription_letters (
  id            TEXT PRIMARY KEY,
  kind          TEXT NOT NULL CHECK (kind IN ('confirm', 'already', 'move', 'moved', 'trial')),
  subscriber_id TEXT NOT NULL,
  issue_id      TEXT NOT NULL,
  language      TEXT NOT NULL,
  item          TEXT NOT NULL,
  sealed        BYTEA NOT NULL,
  stage         TEXT NOT NULL CHECK (stage IN ('waiting', 'sending', 'sent', 'uncertain', 'bounced', 'refused', 'dropped')),
  attempts      BIGINT NOT NULL,
  last_reply    TEXT NOT NULL,
  written_at    BIGINT NOT NULL
);
CREATE INDEX subscription_letters_by_subscriber ON subscription_letters (subscriber_id);

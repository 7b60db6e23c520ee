-- How often something was noticed that may be a sign of an attack. `about` is the tag of a network
-- under a key of its week, or an account; empty: nobody in particular.
CREATE TABLE attack_signs (
  id      TEXT PRIMARY KEY,
  at      BIGINT NOT NULL,
  sign    TEXT NOT NULL,
  about   TEXT NOT NULL,
  counted BIGINT NOT NULL
);
CREATE INDEX attack_signs_by_time ON attack_signs (at);

-- What was done by itself, and how it ended. `until` is empty for what ends by a person's hand.
CREATE TABLE attack_answers (
  id        TEXT PRIMARY KEY,
  rule      TEXT NOT NULL,
  answer    TEXT NOT NULL CHECK (answer IN ('alarm', 'slow', 'press', 'block', 'lock', 'freeze')),
  about     TEXT NOT NULL,
  counted   BIGINT NOT NULL,
  began_at  BIGINT NOT NULL,
  until     BIGINT,
  lifted_at BIGINT,
  lifted_by TEXT NOT NULL,
  reason    TEXT NOT NULL,
  incident  TEXT NOT NULL,
  told_at   BIGINT
);
CREATE INDEX attack_answers_by_time ON attack_answers (began_at);

-- How far the record of acts was looked through; one row.
CREATE TABLE looked_through (
  id       BIGINT PRIMARY KEY CHECK (id = 1),
  position BIGINT NOT NULL
);

-- Times in which nobody may open personal data. The vault's own, because it asks before it opens.
CREATE TABLE vault_freezes (
  id        TEXT PRIMARY KEY,
  began_at  BIGINT NOT NULL,
  lifted_at BIGINT
);

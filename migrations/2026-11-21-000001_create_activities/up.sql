CREATE TABLE activities (
  id               TEXT PRIMARY KEY,
  slug             TEXT NOT NULL UNIQUE,
  kind             TEXT NOT NULL CHECK (kind IN ('draw', 'survey')),
  stage            TEXT NOT NULL CHECK (stage IN ('draft', 'open', 'closed', 'drawn', 'notified', 'purged', 'cancelled')),
  title_zh         TEXT NOT NULL,
  title_en         TEXT NOT NULL,
  text_zh          TEXT NOT NULL,
  text_en          TEXT NOT NULL,
  rules_zh         TEXT NOT NULL,
  rules_en         TEXT NOT NULL,
  opens_at         BIGINT NOT NULL,
  closes_at        BIGINT NOT NULL,
  freezes_at       BIGINT NOT NULL,
  draws_at         BIGINT NOT NULL,
  claim_days       BIGINT NOT NULL,
  retention_days   BIGINT NOT NULL,
  purges_at        BIGINT NOT NULL,
  answers_linked   BOOLEAN NOT NULL,
  notice_zh        TEXT NOT NULL,
  notice_en        TEXT NOT NULL,
  cancelled_reason TEXT NOT NULL,
  version          BIGINT NOT NULL,
  created_by       TEXT NOT NULL,
  created_at       BIGINT NOT NULL,
  published_at     BIGINT
);
CREATE INDEX activities_by_stage ON activities (stage, closes_at);

-- Which personal fields an activity asks, and the purpose told to the person.
CREATE TABLE asked_fields (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  field       TEXT NOT NULL CHECK (field IN ('name', 'national_id', 'phone', 'email', 'address')),
  required    BOOLEAN NOT NULL,
  purpose_zh  TEXT NOT NULL,
  purpose_en  TEXT NOT NULL,
  PRIMARY KEY (activity_id, field)
);

CREATE TABLE questions (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  id          TEXT NOT NULL,
  position    BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  label_zh    TEXT NOT NULL,
  label_en    TEXT NOT NULL,
  hint_zh     TEXT NOT NULL,
  hint_en     TEXT NOT NULL,
  required    BOOLEAN NOT NULL,
  PRIMARY KEY (activity_id, id)
);

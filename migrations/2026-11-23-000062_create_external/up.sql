-- Activities that others hold on sites of their own: a card and a link, and nobody's data.
CREATE TABLE external_activities (
  id           TEXT PRIMARY KEY,
  slug         TEXT NOT NULL UNIQUE,
  state        TEXT NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
  title_zh     TEXT NOT NULL,
  title_en     TEXT NOT NULL,
  text_zh      TEXT NOT NULL,
  text_en      TEXT NOT NULL,
  host_zh      TEXT NOT NULL,
  host_en      TEXT NOT NULL,
  link         TEXT NOT NULL,
  policy       TEXT NOT NULL,
  opens_at     BIGINT NOT NULL,
  closes_at    BIGINT NOT NULL,
  version      BIGINT NOT NULL
);

-- How many pressed to leave on a day, by the version of the words that they were shown; no person.
CREATE TABLE external_leavings (
  external_id TEXT NOT NULL REFERENCES external_activities (id),
  day         BIGINT NOT NULL,
  words       BIGINT NOT NULL,
  presses     BIGINT NOT NULL,
  PRIMARY KEY (external_id, day, words)
);

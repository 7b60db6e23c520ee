CREATE TABLE draws (
  activity_id        TEXT NOT NULL REFERENCES activities (id),
  id                 TEXT NOT NULL UNIQUE,
  stage              TEXT NOT NULL CHECK (stage IN ('planned', 'open', 'closed', 'frozen', 'drawn', 'cancelled')),
  chain              BYTEA NOT NULL,
  round              BIGINT NOT NULL,
  reserves           BIGINT NOT NULL,
  wins_per_person    BIGINT NOT NULL,
  tickets_per_person BIGINT NOT NULL,
  manifest           BYTEA,
  beacon             TEXT,
  beacon_trouble     TEXT NOT NULL,
  PRIMARY KEY (activity_id, id)
);

CREATE TABLE prizes (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  position    BIGINT NOT NULL,
  slug        TEXT NOT NULL,
  name_zh     TEXT NOT NULL,
  name_en     TEXT NOT NULL,
  units       BIGINT NOT NULL,
  value_twd   BIGINT NOT NULL,
  PRIMARY KEY (activity_id, draw_id, position),
  FOREIGN KEY (activity_id, draw_id) REFERENCES draws (activity_id, id)
);

-- Every signed note about an activity, by its file name in the bundle; a survey's notes have the empty draw.
CREATE TABLE draw_notes (
  activity_id      TEXT NOT NULL,
  draw_id          TEXT NOT NULL,
  name             TEXT NOT NULL,
  note             TEXT NOT NULL,
  hash             BYTEA NOT NULL,
  proof            TEXT NOT NULL,
  journal_position BIGINT NOT NULL,
  written_at       BIGINT NOT NULL,
  PRIMARY KEY (activity_id, draw_id, name)
);

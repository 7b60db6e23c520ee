-- Several draws in one activity: everybody takes part in each (sessions), or picks one (pools).
ALTER TABLE activities ADD COLUMN arrangement TEXT NOT NULL DEFAULT 'sessions' CHECK (arrangement IN ('sessions', 'pools'));

-- A draw's place, its name in the protocol and for people; draws_at 0: at the activity's own time.
ALTER TABLE draws ADD COLUMN position BIGINT NOT NULL DEFAULT 1;
ALTER TABLE draws ADD COLUMN slug TEXT NOT NULL DEFAULT 'draw-1';
ALTER TABLE draws ADD COLUMN name_zh TEXT NOT NULL DEFAULT '';
ALTER TABLE draws ADD COLUMN name_en TEXT NOT NULL DEFAULT '';
ALTER TABLE draws ADD COLUMN draws_at BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX draws_by_slug ON draws (activity_id, slug);

-- Winners and reserves of the excluded draw cannot win in the other one.
CREATE TABLE draw_exclusions (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  excluded_id TEXT NOT NULL,
  PRIMARY KEY (activity_id, draw_id, excluded_id),
  FOREIGN KEY (activity_id, draw_id) REFERENCES draws (activity_id, id),
  FOREIGN KEY (activity_id, excluded_id) REFERENCES draws (activity_id, id)
);

-- What entry knows of a published draw: into which log its tickets go, and what people call it.
CREATE TABLE drums (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  position    BIGINT NOT NULL,
  slug        TEXT NOT NULL,
  name_zh     TEXT NOT NULL,
  name_en     TEXT NOT NULL,
  cap         BIGINT NOT NULL,
  draws_at    BIGINT NOT NULL,
  PRIMARY KEY (activity_id, draw_id)
);
INSERT INTO drums (activity_id, draw_id, position, slug, name_zh, name_en, cap, draws_at)
  SELECT draws.activity_id, draws.id, draws.position, draws.slug, draws.name_zh, draws.name_en,
    draws.tickets_per_person, activities.draws_at
  FROM draws JOIN activities ON activities.id = draws.activity_id
  WHERE draws.manifest IS NOT NULL;

-- Which rows of earned chances were imported, as a digest of the person's tag; erased with the entries.
CREATE TABLE earned_rows (
  activity_id TEXT NOT NULL,
  digest      BYTEA NOT NULL,
  PRIMARY KEY (activity_id, digest)
);

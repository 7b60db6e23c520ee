-- Where the randomness of a draw comes from, in the manifest's order.
CREATE TABLE draw_sources (
  activity_id  TEXT NOT NULL,
  draw_id      TEXT NOT NULL,
  position     BIGINT NOT NULL,
  kind         TEXT NOT NULL CHECK (kind IN ('drand', 'numbers', 'commit')),
  chain        BYTEA,
  round        BIGINT,
  game         TEXT NOT NULL,
  issue        TEXT NOT NULL,
  ascending    BOOLEAN NOT NULL,
  balls        BIGINT NOT NULL,
  balls_zh     TEXT NOT NULL,
  balls_en     TEXT NOT NULL,
  outcomes     BIGINT NOT NULL,
  drawn_at     BIGINT NOT NULL,
  published_by BIGINT NOT NULL,
  commitment   BYTEA,
  value        TEXT,
  typed        TEXT NOT NULL,
  typed_by     TEXT NOT NULL,
  trouble      TEXT NOT NULL,
  PRIMARY KEY (activity_id, draw_id, position),
  FOREIGN KEY (activity_id, draw_id) REFERENCES draws (activity_id, id)
);

INSERT INTO draw_sources (
  activity_id, draw_id, position, kind, chain, round, game, issue, ascending, balls, balls_zh, balls_en,
  outcomes, drawn_at, published_by, commitment, value, typed, typed_by, trouble
)
SELECT
  activity_id, id, 1, 'drand', chain, round, '', '', FALSE, 0, '', '',
  0, 0, 0, NULL, beacon, '', '', beacon_trouble
FROM draws;

-- Until now every draw used quicknet: a round each 3 seconds, the first one at 1692803367.
ALTER TABLE draws ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
UPDATE draws SET due_at = (1692803367 + (round - 1) * 3) * 1000;
ALTER TABLE draws DROP COLUMN chain;
ALTER TABLE draws DROP COLUMN round;
ALTER TABLE draws DROP COLUMN beacon;
ALTER TABLE draws DROP COLUMN beacon_trouble;

-- The library's general privacy policy, version by version; rows are added and never changed
-- (`platform::db::guards`). Each holds the hash of the one before.
CREATE TABLE policy_versions (
  version      BIGINT PRIMARY KEY,
  body_zh      TEXT NOT NULL,
  body_en      TEXT NOT NULL,
  change_zh    TEXT NOT NULL,
  change_en    TEXT NOT NULL,
  major        BOOLEAN NOT NULL,
  published_at BIGINT NOT NULL,
  effective_at BIGINT NOT NULL,
  banner_days  BIGINT NOT NULL,
  hosts        TEXT NOT NULL,
  parts        TEXT NOT NULL,
  previous     BYTEA NOT NULL,
  hash         BYTEA NOT NULL
);

-- The version that is being written; one row at most.
CREATE TABLE policy_drafts (
  id          TEXT PRIMARY KEY,
  body_zh     TEXT NOT NULL,
  body_en     TEXT NOT NULL,
  change_zh   TEXT NOT NULL,
  change_en   TEXT NOT NULL,
  major       BOOLEAN NOT NULL,
  wait_days   BIGINT NOT NULL,
  banner_days BIGINT NOT NULL,
  hosts       TEXT NOT NULL,
  parts       TEXT NOT NULL,
  revision    BIGINT NOT NULL
);

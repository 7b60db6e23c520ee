-- Branches of the library. An activity or a grant without one ('') is of the whole library.
CREATE TABLE branches (
  id TEXT NOT NULL PRIMARY KEY,
  name_zh TEXT NOT NULL UNIQUE,
  name_en TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  closed_at BIGINT
);
ALTER TABLE activities ADD COLUMN branch TEXT NOT NULL DEFAULT '';

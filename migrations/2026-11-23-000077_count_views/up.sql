-- How often pages were read, and on how many visits of people who chose to be counted: by kind of
-- page, day in Taipei (in days since 1970) and language, and nothing else.
CREATE TABLE page_views (
  day      BIGINT NOT NULL,
  kind     TEXT NOT NULL,
  language TEXT NOT NULL CHECK (language IN ('zh', 'en')),
  views    BIGINT NOT NULL,
  PRIMARY KEY (day, kind, language)
);

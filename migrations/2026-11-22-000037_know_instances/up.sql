-- Processes that serve this site now, each with a data folder of its own: who is alive, since when,
-- and when it last said so. Nothing of a person.
CREATE TABLE instances (
    id TEXT NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);

-- A log of which the vault has signed more, or something else, than this database holds: the
-- database is older than the world. The activity takes no entries from then on.
CREATE TABLE log_gaps (
    activity_id TEXT NOT NULL,
    log_id TEXT NOT NULL,
    seen_size BIGINT NOT NULL,
    found_size BIGINT NOT NULL,
    noticed_at BIGINT NOT NULL,
    PRIMARY KEY (activity_id, log_id)
);

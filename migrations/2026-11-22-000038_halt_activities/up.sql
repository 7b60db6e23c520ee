-- When it was found that this database holds fewer entries of an activity than were receipted: it is
-- older than the world. From then on the activity takes no entries and is only cancelled. 0: never.
ALTER TABLE activities ADD COLUMN halted_at BIGINT NOT NULL DEFAULT 0;

-- Whether an activity has a discussion, and when its posts appear; no row: none.
CREATE TABLE discussions (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  appears     TEXT NOT NULL CHECK (appears IN ('after_approval', 'at_once')),
  is_open     BOOLEAN NOT NULL,
  PRIMARY KEY (activity_id)
);

-- What people and the library wrote there, for everybody to read. What was taken down has no text.
CREATE TABLE discussion_posts (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  id          TEXT NOT NULL,
  position    BIGINT NOT NULL,
  question_id TEXT NOT NULL,
  author      TEXT NOT NULL CHECK (author IN ('person', 'library')),
  text        TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('waiting', 'shown', 'taken_down')),
  reason      TEXT NOT NULL,
  posted_at   BIGINT NOT NULL,
  PRIMARY KEY (activity_id, id)
);
CREATE INDEX discussion_posts_by_state ON discussion_posts (activity_id, state, position);

-- Facts about this library that are made once, such as its name on signed notes.
CREATE TABLE site_settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE staff (
  id              TEXT PRIMARY KEY,
  name            TEXT NOT NULL UNIQUE,
  passphrase_hash TEXT NOT NULL,
  failures        BIGINT NOT NULL,
  locked_until    BIGINT NOT NULL,
  disabled        BOOLEAN NOT NULL,
  created_at      BIGINT NOT NULL
);

-- What a member of staff may do, and where; the empty branch means every branch.
CREATE TABLE grants (
  staff_id TEXT NOT NULL REFERENCES staff (id),
  role     TEXT NOT NULL CHECK (role IN ('librarian', 'admin')),
  branch   TEXT NOT NULL,
  PRIMARY KEY (staff_id, role, branch)
);

-- Only the SHA-256 of a session's token is kept.
CREATE TABLE staff_sessions (
  token_hash BYTEA PRIMARY KEY,
  staff_id   TEXT NOT NULL REFERENCES staff (id),
  opened_at  BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  ends_at    BIGINT NOT NULL
);

-- One-time links to set a passphrase; without an account: for the first admin.
CREATE TABLE setup_links (
  token_hash BYTEA PRIMARY KEY,
  staff_id   TEXT REFERENCES staff (id),
  ends_at    BIGINT NOT NULL
);

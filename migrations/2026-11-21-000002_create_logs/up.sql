-- RFC 6962 logs: one per draw, and the site's journal under the empty activity.
CREATE TABLE logs (
  activity_id TEXT NOT NULL,
  id          TEXT NOT NULL,
  origin      TEXT NOT NULL UNIQUE,
  base        BYTEA,
  size        BIGINT NOT NULL,
  root        BYTEA NOT NULL,
  checkpoint  TEXT NOT NULL,
  PRIMARY KEY (activity_id, id)
);

-- Complete subtrees only; level 0 holds leaf hashes.
CREATE TABLE log_nodes (
  activity_id TEXT NOT NULL,
  log_id      TEXT NOT NULL,
  level       BIGINT NOT NULL,
  position    BIGINT NOT NULL,
  hash        BYTEA NOT NULL,
  PRIMARY KEY (activity_id, log_id, level, position)
);

-- The leaves of a draw's log: public, kept for ever, meaningless without a receipt.
CREATE TABLE commitments (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  position    BIGINT NOT NULL,
  commitment  BYTEA NOT NULL,
  PRIMARY KEY (activity_id, draw_id, position)
);

-- The leaves of the journal: the text of every note, in order.
CREATE TABLE journal_notes (
  position   BIGINT PRIMARY KEY,
  note       TEXT NOT NULL,
  written_at BIGINT NOT NULL
);

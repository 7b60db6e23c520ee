DELETE FROM seat_letters WHERE kind = 'taken_back';
DROP INDEX seat_letters_once;
ALTER TABLE seat_letters ADD COLUMN narrow_kind TEXT NOT NULL DEFAULT 'offered' CHECK (narrow_kind IN ('offered', 'cancelled'));
UPDATE seat_letters SET narrow_kind = kind;
ALTER TABLE seat_letters DROP COLUMN kind;
ALTER TABLE seat_letters RENAME COLUMN narrow_kind TO kind;
CREATE UNIQUE INDEX seat_letters_once ON seat_letters (activity_id, entry_id, kind);

-- Before, the nearest to a place that was taken back was one that had passed.
UPDATE seats SET state = 'expired' WHERE state = 'taken_back';
DROP INDEX seats_once;
DROP INDEX seats_each;
DROP INDEX seats_in_line;
ALTER TABLE seats DROP COLUMN reason;
ALTER TABLE seats ADD COLUMN narrow_state TEXT NOT NULL DEFAULT 'held' CHECK (narrow_state IN ('held', 'waiting', 'offered', 'returned', 'declined', 'expired'));
UPDATE seats SET narrow_state = state;
ALTER TABLE seats DROP COLUMN state;
ALTER TABLE seats RENAME COLUMN narrow_state TO state;
CREATE INDEX seats_in_line ON seats (activity_id, session_id, state, position);
CREATE UNIQUE INDEX seats_once ON seats (activity_id, session_id, tag) WHERE state IN ('held', 'waiting', 'offered');
CREATE UNIQUE INDEX seats_each ON seats (activity_id, tag, nth) WHERE state IN ('held', 'waiting', 'offered');

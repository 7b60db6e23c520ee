-- Staff take a place back: a state and a letter of its own, and the reason that the person reads.
DROP INDEX seats_once;
DROP INDEX seats_each;
DROP INDEX seats_in_line;
ALTER TABLE seats ADD COLUMN wider_state TEXT NOT NULL DEFAULT 'held' CHECK (wider_state IN ('held', 'waiting', 'offered', 'returned', 'declined', 'expired', 'taken_back'));
UPDATE seats SET wider_state = state;
ALTER TABLE seats DROP COLUMN state;
ALTER TABLE seats RENAME COLUMN wider_state TO state;
ALTER TABLE seats ADD COLUMN reason TEXT NOT NULL DEFAULT '';
CREATE INDEX seats_in_line ON seats (activity_id, session_id, state, position);
CREATE UNIQUE INDEX seats_once ON seats (activity_id, session_id, tag) WHERE state IN ('held', 'waiting', 'offered');
CREATE UNIQUE INDEX seats_each ON seats (activity_id, tag, nth) WHERE state IN ('held', 'waiting', 'offered');

DROP INDEX seat_letters_once;
ALTER TABLE seat_letters ADD COLUMN wider_kind TEXT NOT NULL DEFAULT 'offered' CHECK (wider_kind IN ('offered', 'cancelled', 'taken_back'));
UPDATE seat_letters SET wider_kind = kind;
ALTER TABLE seat_letters DROP COLUMN kind;
ALTER TABLE seat_letters RENAME COLUMN wider_kind TO kind;
CREATE UNIQUE INDEX seat_letters_once ON seat_letters (activity_id, entry_id, kind);

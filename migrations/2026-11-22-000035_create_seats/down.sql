DROP TABLE seat_letters;
DROP TABLE seats;
DROP TABLE seat_sessions;
DROP TABLE seat_terms;
ALTER TABLE activities DROP COLUMN ends_at;
ALTER TABLE activities ADD COLUMN narrower_kind TEXT NOT NULL DEFAULT 'draw' CHECK (narrower_kind IN ('draw', 'survey'));
UPDATE activities SET narrower_kind = CASE kind WHEN 'seats' THEN 'survey' WHEN 'seats_by_lot' THEN 'draw' ELSE kind END;
ALTER TABLE activities DROP COLUMN kind;
ALTER TABLE activities RENAME COLUMN narrower_kind TO kind;

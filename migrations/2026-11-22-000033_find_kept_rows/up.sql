-- By what the holder of a receipt code finds, after the purge, that a row of theirs is still kept:
-- a hash of the keyed lookup value, which itself goes with the entry.
ALTER TABLE tax_rows ADD COLUMN finder BYTEA;
ALTER TABLE held_items ADD COLUMN finder BYTEA;
CREATE INDEX tax_rows_by_finder ON tax_rows (finder);
CREATE INDEX held_items_by_finder ON held_items (finder);

DROP INDEX held_items_by_finder;
DROP INDEX tax_rows_by_finder;
ALTER TABLE held_items DROP COLUMN finder;
ALTER TABLE tax_rows DROP COLUMN finder;

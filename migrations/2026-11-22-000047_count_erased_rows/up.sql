-- How many rows the transactions of a purge erased so far, as JSON; folded into the report when none is
-- left. The report holds what a scan looks for, some hundred kilobytes, and is not written each time.
ALTER TABLE purges ADD COLUMN gone TEXT NOT NULL DEFAULT '';

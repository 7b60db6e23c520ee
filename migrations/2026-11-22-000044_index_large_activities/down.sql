DROP INDEX tickets_void;
DROP INDEX entries_of_nobody;
DROP INDEX entries_erased;
DROP INDEX entries_withdrawn;

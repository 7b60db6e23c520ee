-- The few among very many: what was withdrawn, erased or void is found without reading everybody else,
-- and entries without a person are listed by the hour. An entry that is none of these is in none of them.
CREATE INDEX entries_withdrawn ON entries (activity_id, id) WHERE withdrawn;
CREATE INDEX entries_erased ON entries (activity_id, id) WHERE erased_at IS NOT NULL;
CREATE INDEX entries_of_nobody ON entries (activity_id, taken_hour, id) WHERE contact_item IS NULL;
CREATE INDEX tickets_void ON tickets (activity_id, draw_id, void, position) WHERE void IS NOT NULL;

DROP INDEX draw_notes_by_position;
DROP TABLE draw_anchors;
DROP TABLE journal_cosignatures;
DROP TABLE journal_witnesses;

DROP TABLE draw_notes;
DROP TABLE prizes;
DROP TABLE draws;

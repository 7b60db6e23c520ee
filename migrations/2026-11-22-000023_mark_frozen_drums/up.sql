-- Whether the list of the draw is final: an entry cannot be taken back then, whatever a clock says.
ALTER TABLE drums ADD COLUMN frozen BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE drums SET frozen = TRUE WHERE EXISTS (
  SELECT 1 FROM draws WHERE draws.activity_id = drums.activity_id AND draws.id = drums.draw_id
    AND draws.stage IN ('frozen', 'drawn'));

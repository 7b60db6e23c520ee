-- A slot is also left because the person is not eligible or asked for erasure. reason: by which rule
-- somebody is not eligible, never about a person; proposed_by: who says so. While the claim is still
-- held, another member of staff has to confirm it.
CREATE TABLE wider_claims (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  slot        TEXT NOT NULL,
  position    BIGINT NOT NULL,
  stage       TEXT NOT NULL CHECK (stage IN ('held', 'claimed', 'declined', 'erased', 'ineligible', 'expired', 'vacated')),
  deadline    BIGINT NOT NULL,
  marked_by   TEXT NOT NULL,
  marked_at   BIGINT NOT NULL,
  reason      TEXT NOT NULL,
  proposed_by TEXT NOT NULL,
  PRIMARY KEY (activity_id, draw_id, slot, position)
);
INSERT INTO wider_claims
  SELECT activity_id, draw_id, slot, position, stage, deadline, marked_by, marked_at, '', '' FROM claims;
DROP TABLE claims;
ALTER TABLE wider_claims RENAME TO claims;

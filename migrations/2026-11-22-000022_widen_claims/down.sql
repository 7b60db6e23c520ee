CREATE TABLE narrow_claims (
  activity_id TEXT NOT NULL,
  draw_id     TEXT NOT NULL,
  slot        TEXT NOT NULL,
  position    BIGINT NOT NULL,
  stage       TEXT NOT NULL CHECK (stage IN ('held', 'claimed', 'declined', 'expired', 'vacated')),
  deadline    BIGINT NOT NULL,
  marked_by   TEXT NOT NULL,
  marked_at   BIGINT NOT NULL,
  PRIMARY KEY (activity_id, draw_id, slot, position)
);
INSERT INTO narrow_claims
  SELECT activity_id, draw_id, slot, position,
    CASE WHEN stage IN ('erased', 'ineligible') THEN 'declined' ELSE stage END,
    deadline, marked_by, marked_at FROM claims;
DROP TABLE claims;
ALTER TABLE narrow_claims RENAME TO claims;

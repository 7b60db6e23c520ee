-- Agreements under which members are compared with the list of somebody else, and how often that was done.
-- No list and no address is kept; `told` is a count of people, rounded by chance.
CREATE TABLE agreements (
  id TEXT NOT NULL PRIMARY KEY,
  counterparty_zh TEXT NOT NULL,
  counterparty_en TEXT NOT NULL,
  aim_zh TEXT NOT NULL,
  aim_en TEXT NOT NULL,
  document TEXT NOT NULL,
  signed_on BIGINT NOT NULL,
  until BIGINT NOT NULL,
  proposed_by TEXT NOT NULL,
  proposed_at BIGINT NOT NULL,
  approved_by TEXT NOT NULL,
  ended_at BIGINT
);
CREATE TABLE comparisons (
  agreement_id TEXT NOT NULL REFERENCES agreements (id),
  position BIGINT NOT NULL,
  at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  sent BIGINT NOT NULL,
  told BIGINT,
  PRIMARY KEY (agreement_id, position)
);

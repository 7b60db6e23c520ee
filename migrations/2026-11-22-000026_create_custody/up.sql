-- Named rows that outlive the purge of their activity for a time, on the word of two. The row itself
-- names no person and stays.
CREATE TABLE holds (
  activity_id  TEXT NOT NULL REFERENCES activities (id),
  id           TEXT NOT NULL,
  draw_id      TEXT NOT NULL,
  basis        TEXT NOT NULL CHECK (basis IN ('investigation', 'claim', 'review', 'site_rules')),
  rule         TEXT NOT NULL,
  document     TEXT NOT NULL,
  reason       TEXT NOT NULL,
  days         BIGINT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('proposed', 'active', 'dropped', 'ended')),
  proposed_by  TEXT NOT NULL,
  proposed_at  BIGINT NOT NULL,
  approved_by  TEXT NOT NULL,
  approved_at  BIGINT,
  until        BIGINT NOT NULL,
  renewal_by   TEXT NOT NULL,
  renewal_days BIGINT NOT NULL,
  renewed      BOOLEAN NOT NULL,
  named        BIGINT NOT NULL,
  held         BIGINT NOT NULL,
  ended_at     BIGINT,
  PRIMARY KEY (activity_id, id)
);

-- The tickets that a hold names; they go when it ends.
CREATE TABLE hold_tickets (
  activity_id TEXT NOT NULL,
  hold_id     TEXT NOT NULL,
  position    BIGINT NOT NULL,
  PRIMARY KEY (activity_id, hold_id, position),
  FOREIGN KEY (activity_id, hold_id) REFERENCES holds (activity_id, id)
);

-- Their contacts, sealed again under the key of the hold when the key of the activity was destroyed.
CREATE TABLE held_items (
  activity_id TEXT NOT NULL,
  hold_id     TEXT NOT NULL,
  item        TEXT NOT NULL,
  position    BIGINT NOT NULL,
  sealed      BYTEA NOT NULL,
  notice      BYTEA NOT NULL,
  tag         BYTEA NOT NULL,
  PRIMARY KEY (activity_id, hold_id, item),
  FOREIGN KEY (activity_id, hold_id) REFERENCES holds (activity_id, id)
);

-- The register of what was handed to somebody outside, on the word of two; it names no person and
-- stays.
CREATE TABLE disclosures (
  id          TEXT PRIMARY KEY,
  ground      TEXT NOT NULL CHECK (ground IN ('judicial', 'site_rules', 'government_benefit', 'rights_of_others', 'research')),
  activity_id TEXT NOT NULL REFERENCES activities (id),
  draw_id     TEXT NOT NULL,
  document    TEXT NOT NULL,
  agency      TEXT NOT NULL,
  basis       TEXT NOT NULL,
  reason      TEXT NOT NULL,
  fields      TEXT NOT NULL,
  expires     TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'handed', 'dropped')),
  proposed_by TEXT NOT NULL,
  proposed_at BIGINT NOT NULL,
  approved_by TEXT NOT NULL,
  decided_at  BIGINT,
  named       BIGINT NOT NULL,
  handed      BIGINT NOT NULL
);
CREATE INDEX disclosures_by_time ON disclosures (proposed_at);

-- The tickets whose rows are asked for; they go with the activity.
CREATE TABLE disclosed_rows (
  activity_id   TEXT NOT NULL,
  disclosure_id TEXT NOT NULL REFERENCES disclosures (id),
  position      BIGINT NOT NULL,
  PRIMARY KEY (activity_id, disclosure_id, position)
);

-- What the law has the library keep of payees of prizes: a vault of its own for each year of payment.
CREATE TABLE tax_years (
  year         BIGINT PRIMARY KEY,
  opened_at    BIGINT NOT NULL,
  filed_at     BIGINT,
  filed_by     TEXT NOT NULL,
  delete_after BIGINT,
  erased_small BIGINT NOT NULL,
  erased_at    BIGINT,
  erased       BIGINT NOT NULL
);

-- The key of a row is the year: it outlives its activity. payee_tag sums a person's year.
CREATE TABLE tax_rows (
  year         BIGINT NOT NULL REFERENCES tax_years (year),
  id           TEXT NOT NULL,
  activity_id  TEXT NOT NULL,
  draw_id      TEXT NOT NULL,
  slot         TEXT NOT NULL,
  position     BIGINT NOT NULL,
  prize        TEXT NOT NULL,
  payee_tag    BYTEA NOT NULL,
  sealed       BYTEA NOT NULL,
  value_twd    BIGINT NOT NULL,
  withheld_twd BIGINT NOT NULL,
  resident     BOOLEAN NOT NULL,
  paid_at      BIGINT NOT NULL,
  entered_by   TEXT NOT NULL,
  matched      BOOLEAN NOT NULL,
  confirmed_by TEXT NOT NULL,
  PRIMARY KEY (year, id)
);
CREATE UNIQUE INDEX tax_rows_by_claim ON tax_rows (activity_id, draw_id, slot, position);

-- Incidents with personal data: what happened and what was done about it.
CREATE TABLE incidents (
  id          TEXT PRIMARY KEY,
  noticed_at  BIGINT NOT NULL,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT NOT NULL,
  facts_zh    TEXT NOT NULL,
  facts_en    TEXT NOT NULL,
  measures_zh TEXT NOT NULL,
  measures_en TEXT NOT NULL,
  report_by   BIGINT,
  reported_at BIGINT,
  report_no   TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('open', 'told', 'closed')),
  told_by     TEXT NOT NULL,
  told_at     BIGINT,
  by_mail     BOOLEAN NOT NULL,
  closed_at   BIGINT
);

-- Which activities an incident concerns, and how many people.
CREATE TABLE incident_activities (
  activity_id TEXT NOT NULL REFERENCES activities (id),
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  affected    BIGINT NOT NULL,
  PRIMARY KEY (activity_id, incident_id)
);

-- Letters of an incident, one a box; they go with the activity.
CREATE TABLE incident_letters (
  activity_id TEXT NOT NULL,
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  item        TEXT NOT NULL,
  stage       TEXT NOT NULL CHECK (stage IN ('waiting', 'sent', 'no_address', 'refused', 'uncertain')),
  PRIMARY KEY (activity_id, incident_id, item)
);

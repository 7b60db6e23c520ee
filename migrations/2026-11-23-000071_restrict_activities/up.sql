-- Who may enter: a word of `activity::eligibility`. No CHECK, because the list of words grows.
ALTER TABLE activities ADD COLUMN eligibility TEXT NOT NULL DEFAULT 'everybody';

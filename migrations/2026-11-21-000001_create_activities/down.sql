DROP TABLE questions;
DROP TABLE asked_fields;
DROP TABLE activities;

DROP TABLE external_leavings;
DROP TABLE external_activities;

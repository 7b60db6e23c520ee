DROP TABLE feedback_events;
DROP TABLE feedback_letters;
DROP TABLE feedback;

DROP TABLE admission_cards;

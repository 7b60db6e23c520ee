DROP TABLE vault_freezes;
DROP TABLE looked_through;
DROP TABLE attack_answers;
DROP TABLE attack_signs;

DROP TABLE vault_items;
DROP TABLE vault_keys;

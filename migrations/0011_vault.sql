CREATE TABLE vault_key (
    merchant_id BIGINT NOT NULL,
    check_value TEXT NOT NULL,
    CONSTRAINT vault_key_pkey PRIMARY KEY (merchant_id) -- a key is known already
);

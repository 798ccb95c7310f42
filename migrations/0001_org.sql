CREATE TABLE merchant (
    merchant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    trade TEXT NOT NULL,
    currency TEXT NOT NULL,
    zone TEXT NOT NULL,
    settings TEXT NOT NULL,
    book_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT merchant_pkey PRIMARY KEY (merchant_id) -- a merchant with this number is there already
);

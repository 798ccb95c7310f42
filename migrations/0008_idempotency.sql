CREATE TABLE idempotency (
    merchant_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT idempotency_pkey PRIMARY KEY (merchant_id, key) -- a request with this key was answered already
);

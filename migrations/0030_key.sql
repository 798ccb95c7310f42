-- The token before the last rotation counts until old_until.
ALTER TABLE api_key ADD COLUMN old_hash TEXT;
ALTER TABLE api_key ADD COLUMN old_until BIGINT;
ALTER TABLE api_key ADD COLUMN rotated_at BIGINT;

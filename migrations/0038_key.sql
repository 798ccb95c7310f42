-- The root from which every key is derived, sealed under the master key; without one the root is the
-- master key itself, as it was in the first databases.
ALTER TABLE vault_key ADD COLUMN wrapped TEXT;

-- Runs of imports: how far each has come. The row changes in the transaction of what it brings in.
CREATE TABLE import_run (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    position BIGINT NOT NULL,
    finished BOOLEAN NOT NULL,
    counts TEXT NOT NULL,
    report TEXT NOT NULL,
    report_bytes BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT import_run_pkey PRIMARY KEY (merchant_id, id) -- this import has just been started elsewhere
);

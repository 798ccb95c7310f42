-- Files that people bring to be imported, and how far each is. What a file holds is sealed, in pieces, and
-- goes when it is in. map and report are JSON; bad is the sealed list of rows that could not be used.
CREATE TABLE upload (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    state TEXT NOT NULL,
    map TEXT NOT NULL,
    run_id UUID,
    rows_total BIGINT,
    report TEXT,
    bad TEXT,
    fault TEXT,
    leased_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT upload_pkey PRIMARY KEY (merchant_id, id), -- a file with this id is there already
    CONSTRAINT upload_state CHECK (state IN ('uploaded', 'queued', 'done', 'failed'))
);
CREATE INDEX upload_due ON upload (leased_until) WHERE state = 'queued';
CREATE TABLE upload_part (
    merchant_id BIGINT NOT NULL,
    upload_id UUID NOT NULL,
    place BIGINT NOT NULL,
    data TEXT NOT NULL,
    CONSTRAINT upload_part_pkey PRIMARY KEY (merchant_id, upload_id, place) -- this piece is there already
);

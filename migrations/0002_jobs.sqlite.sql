CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    subject UUID NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    payload TEXT NOT NULL
);
CREATE INDEX event_by_merchant ON event (merchant_id, position, id);
CREATE TABLE event_cursor (
    merchant_id BIGINT NOT NULL,
    reader TEXT NOT NULL,
    position BIGINT NOT NULL,
    id UUID NOT NULL,
    attempts BIGINT NOT NULL,
    CONSTRAINT event_cursor_pkey PRIMARY KEY (merchant_id, reader)
);
CREATE TABLE event_dead (
    merchant_id BIGINT NOT NULL,
    reader TEXT NOT NULL,
    event_id UUID NOT NULL,
    fault TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT event_dead_pkey PRIMARY KEY (merchant_id, reader, event_id)
);
CREATE TABLE job (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    dedup_key TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    last_fault TEXT,
    finished_at BIGINT,
    CONSTRAINT job_pkey PRIMARY KEY (merchant_id, id),
    CONSTRAINT job_state_known CHECK (state IN ('waiting', 'done', 'dead'))
);
CREATE UNIQUE INDEX job_dedup ON job (merchant_id, kind, dedup_key); -- this job is enqueued already
CREATE INDEX job_due ON job (run_at) WHERE state = 'waiting';

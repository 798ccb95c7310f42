-- Analyses that were asked for, and what they found. parameters and report are JSON; the long list lies in the
-- lake's object store under list_name. scheduled names a run of the nightly set, so that it is made once.
CREATE TABLE insight_run (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    analysis TEXT NOT NULL,
    parameters TEXT NOT NULL,
    store_id UUID,
    scheduled TEXT,
    state TEXT NOT NULL,
    step TEXT NOT NULL,
    progress BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    as_of TEXT,
    report TEXT,
    list_name TEXT,
    list_rows BIGINT NOT NULL,
    fault_code TEXT,
    fault TEXT,
    created_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    ended_at BIGINT,
    CONSTRAINT insight_run_pkey PRIMARY KEY (merchant_id, id), -- a run with this id is there already
    CONSTRAINT insight_run_scheduled UNIQUE (merchant_id, scheduled), -- this night's run is there already
    CONSTRAINT insight_run_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled'))
);
CREATE INDEX insight_run_due ON insight_run (due_at) WHERE state IN ('queued', 'running');
CREATE INDEX insight_run_by_analysis ON insight_run (merchant_id, analysis, id);
-- Members of a group that a run found, on their way to a tag, and to a coupon where one is named. position counts the batches that are through.
CREATE TABLE insight_save (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    run_id UUID NOT NULL,
    group_key TEXT NOT NULL,
    tag_id UUID NOT NULL,
    coupon_template_id UUID,
    state TEXT NOT NULL,
    position BIGINT NOT NULL,
    given BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    issued BIGINT NOT NULL,
    passed_over BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    fault_code TEXT,
    fault TEXT,
    created_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    ended_at BIGINT,
    CONSTRAINT insight_save_pkey PRIMARY KEY (merchant_id, id), -- this was saved already
    CONSTRAINT insight_save_state CHECK (state IN ('queued', 'done', 'failed'))
);
CREATE INDEX insight_save_due ON insight_save (due_at) WHERE state = 'queued';
CREATE INDEX insight_save_by_run ON insight_save (merchant_id, run_id, id);

-- Members to be contacted (回访), the tries, and what made many at once. Scripts and notes of one member are sealed; what
-- a batch says it says of nobody in particular.
CREATE TABLE follow_up_batch (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    tag_id UUID NOT NULL,
    store_id UUID,
    run_id UUID,
    reason TEXT NOT NULL,
    script TEXT,
    due_on TEXT NOT NULL,
    assigned_to UUID,
    made BIGINT NOT NULL,
    had_one BIGINT NOT NULL,
    unwelcome BIGINT NOT NULL,
    without_store BIGINT NOT NULL,
    elsewhere BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT follow_up_batch_pkey PRIMARY KEY (merchant_id, id) -- these follow-ups were made already
);

CREATE TABLE follow_up (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    store_id UUID NOT NULL,
    reason TEXT NOT NULL,
    script TEXT,
    batch_id UUID,
    due_on TEXT NOT NULL,
    assigned_to UUID,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    outcome TEXT,
    ended_how TEXT,
    ended_at BIGINT,
    ended_by TEXT,
    end_note TEXT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    CONSTRAINT follow_up_pkey PRIMARY KEY (merchant_id, id), -- a follow-up with this id is there already
    CONSTRAINT follow_up_state CHECK (state IN ('open', 'done', 'given_up')),
    CONSTRAINT follow_up_ended_whole CHECK ((state = 'open') = (ended_at IS NULL) AND (state = 'open') = (ended_how IS NULL)), -- a follow-up that has ended says when and how
    CONSTRAINT follow_up_member_unknown FOREIGN KEY (merchant_id, member_id) REFERENCES member (merchant_id, id) -- there is no such member
);
CREATE UNIQUE INDEX follow_up_open ON follow_up (merchant_id, member_id, reason) WHERE state = 'open'; -- this member is to be followed up for this reason already
CREATE INDEX follow_up_by_due ON follow_up (merchant_id, state, due_on, id);
CREATE INDEX follow_up_by_store ON follow_up (merchant_id, store_id, state, due_on, id);
CREATE INDEX follow_up_by_staff ON follow_up (merchant_id, assigned_to, state, due_on, id);
CREATE INDEX follow_up_by_member ON follow_up (merchant_id, member_id, due_on, id);
CREATE INDEX follow_up_by_batch ON follow_up (merchant_id, batch_id, id);

CREATE TABLE follow_up_attempt (
    merchant_id BIGINT NOT NULL,
    follow_up_id UUID NOT NULL,
    number BIGINT NOT NULL,
    how TEXT NOT NULL,
    outcome TEXT NOT NULL,
    note TEXT,
    next_on TEXT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT follow_up_attempt_pkey PRIMARY KEY (merchant_id, follow_up_id, number), -- this try was recorded already
    CONSTRAINT follow_up_attempt_unknown FOREIGN KEY (merchant_id, follow_up_id) REFERENCES follow_up (merchant_id, id) -- there is no such follow-up
);

-- A write above the merchant's limit needs a second person. A row is bound to one kind of write, one
-- thing and one amount; it is used once.
CREATE TABLE approval (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    subject UUID NOT NULL,
    amount BIGINT NOT NULL,
    store_id UUID,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    used_at BIGINT,
    CONSTRAINT approval_pkey PRIMARY KEY (merchant_id, id), -- this approval was asked for already
    CONSTRAINT approval_own CHECK (decided_by IS NULL OR decided_by <> asked_by), -- nobody approves what they asked for themselves; ask somebody else
    CONSTRAINT approval_state CHECK (state IN ('waiting', 'given', 'declined', 'used')),
    CONSTRAINT approval_undecided CHECK (state = 'waiting' OR decided_by IS NOT NULL) -- nobody has decided about this yet
);
CREATE INDEX approval_by_state ON approval (merchant_id, state, id);

CREATE TABLE account (
    merchant_id BIGINT NOT NULL,
    owner UUID NOT NULL,
    kind TEXT NOT NULL,
    balance BIGINT NOT NULL,
    held BIGINT NOT NULL,
    CONSTRAINT account_pkey PRIMARY KEY (merchant_id, owner, kind),
    CONSTRAINT balance_insufficient CHECK (balance >= held OR kind = 'points_debt'), -- the account holds less than is to be taken
    CONSTRAINT account_held_negative CHECK (held >= 0), -- more was released than was held
    CONSTRAINT account_debt_positive CHECK (kind <> 'points_debt' OR balance <= 0) -- more debt was settled than there was
);
CREATE TABLE lot (
    merchant_id BIGINT NOT NULL,
    owner UUID NOT NULL,
    kind TEXT NOT NULL,
    id UUID NOT NULL,
    granted BIGINT NOT NULL,
    remaining BIGINT NOT NULL,
    short BIGINT NOT NULL,
    expired BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    available_at BIGINT NOT NULL,
    expires_at BIGINT,
    expires_on TEXT,
    source_id UUID NOT NULL,
    source_line BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT lot_pkey PRIMARY KEY (merchant_id, owner, kind, id),
    CONSTRAINT lot_insufficient CHECK (remaining >= 0), -- what is to be taken has just been used elsewhere; look again
    CONSTRAINT lot_overfull CHECK (remaining <= granted) -- more was given back than was taken
);
CREATE INDEX lot_expiry ON lot (merchant_id, expires_at, owner) WHERE is_open;
CREATE TABLE transfer (
    position BIGINT NOT NULL DEFAULT (CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)),
    merchant_id BIGINT NOT NULL,
    source_id UUID NOT NULL,
    source_line BIGINT NOT NULL,
    source_kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    debit_kind TEXT NOT NULL,
    debit_owner UUID NOT NULL,
    credit_kind TEXT NOT NULL,
    credit_owner UUID NOT NULL,
    member_id UUID,
    store_id UUID,
    actor TEXT NOT NULL,
    why TEXT NOT NULL,
    CONSTRAINT transfer_source_taken PRIMARY KEY (merchant_id, source_id, source_line), -- this was booked already
    CONSTRAINT transfer_amount_positive CHECK (amount > 0) -- a transfer moves more than nothing
);
CREATE INDEX transfer_by_position ON transfer (merchant_id, position);
CREATE INDEX transfer_by_member ON transfer (merchant_id, member_id, at) WHERE member_id IS NOT NULL;
CREATE TABLE allocation (
    merchant_id BIGINT NOT NULL,
    origin_id UUID NOT NULL,
    source_id UUID NOT NULL,
    source_line BIGINT NOT NULL,
    lot_id UUID NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT allocation_pkey PRIMARY KEY (merchant_id, origin_id, source_id, source_line, lot_id) -- this was booked already
);
CREATE TABLE hold (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    owner UUID NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    open_count BIGINT NOT NULL,
    CONSTRAINT hold_pkey PRIMARY KEY (merchant_id, id), -- this hold is there already
    CONSTRAINT hold_ended CHECK (open_count >= 0), -- the hold was used or released already
    CONSTRAINT hold_amount_positive CHECK (amount > 0) -- a hold holds more than nothing
);
CREATE INDEX hold_expiry ON hold (merchant_id, expires_at) WHERE open_count > 0;
CREATE TABLE seal (
    merchant_id BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    last_position BIGINT NOT NULL,
    last_source_id UUID NOT NULL,
    last_source_line BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT seal_pkey PRIMARY KEY (merchant_id, sequence) -- another server sealed this batch
);

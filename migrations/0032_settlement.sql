-- What one store owes another for prepaid value: the debtor issued it, the creditor served for it. A row
-- for each lot that an entry took from (above zero) or gave back to (below zero); settled is what of it is
-- paid between the stores. It belongs to no statement, or to one.
CREATE TABLE settlement_entry (
    merchant_id BIGINT NOT NULL,
    source_id UUID NOT NULL,
    source_line BIGINT NOT NULL,
    lot_id UUID NOT NULL,
    origin_id UUID NOT NULL,
    source_kind TEXT NOT NULL,
    kind TEXT NOT NULL,
    debtor_id UUID NOT NULL,
    creditor_id UUID NOT NULL,
    amount BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    day TEXT NOT NULL,
    at BIGINT NOT NULL,
    settlement_id UUID,
    CONSTRAINT settlement_entry_pkey PRIMARY KEY (merchant_id, source_id, source_line, lot_id), -- this entry is settled already
    CONSTRAINT settlement_entry_own CHECK (debtor_id <> creditor_id) -- a store owes itself nothing
);
CREATE INDEX settlement_entry_open ON settlement_entry (merchant_id, debtor_id, creditor_id, day) WHERE settlement_id IS NULL;
CREATE INDEX settlement_entry_of ON settlement_entry (merchant_id, settlement_id, at) WHERE settlement_id IS NOT NULL;
CREATE INDEX settlement_entry_origin ON settlement_entry (merchant_id, origin_id, lot_id);
-- Until when two stores have settled, the one with the smaller id first.
CREATE TABLE settlement_pair (
    merchant_id BIGINT NOT NULL,
    first_id UUID NOT NULL,
    second_id UUID NOT NULL,
    settled_until TEXT NOT NULL,
    CONSTRAINT settlement_pair_pkey PRIMARY KEY (merchant_id, first_id, second_id),
    CONSTRAINT settlement_pair_order CHECK (first_id < second_id) -- the store with the smaller id comes first
);
CREATE TABLE settlement (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    first_id UUID NOT NULL,
    second_id UUID NOT NULL,
    from_on TEXT NOT NULL,
    to_on TEXT NOT NULL,
    state TEXT NOT NULL,
    payer_id UUID,
    payee_id UUID,
    amount BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    first_at BIGINT,
    first_by TEXT,
    second_at BIGINT,
    second_by TEXT,
    paid_at BIGINT,
    paid_by TEXT,
    reference TEXT NOT NULL,
    CONSTRAINT settlement_taken PRIMARY KEY (merchant_id, id), -- a settlement with this id is there already
    CONSTRAINT settlement_period_taken UNIQUE (merchant_id, first_id, second_id, from_on), -- these stores have a settlement of this period already
    CONSTRAINT settlement_state CHECK (state IN ('made', 'confirmed', 'paid')),
    CONSTRAINT settlement_amount CHECK (amount >= 0) -- who pays is the payer
);
CREATE INDEX settlement_by_state ON settlement (merchant_id, state, id);
-- What a settlement adds up, by who owes and by what.
CREATE TABLE settlement_line (
    merchant_id BIGINT NOT NULL,
    settlement_id UUID NOT NULL,
    debtor_id UUID NOT NULL,
    kind TEXT NOT NULL,
    used BIGINT NOT NULL,
    given_back BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    CONSTRAINT settlement_line_pkey PRIMARY KEY (merchant_id, settlement_id, debtor_id, kind)
);

-- The open shift of a till stands on the till's row: a sale reads and locks it there, and every transfer
-- of the shift carries its id, so that its report is read from the ledger.
ALTER TABLE till ADD COLUMN shift_id UUID;
ALTER TABLE transfer ADD COLUMN shift_id UUID;
CREATE INDEX transfer_by_shift ON transfer (merchant_id, shift_id) WHERE shift_id IS NOT NULL;
CREATE TABLE shift (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    store_id UUID NOT NULL,
    till_id UUID NOT NULL,
    state TEXT NOT NULL,
    opening BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    opened_by TEXT NOT NULL,
    closed_at BIGINT,
    closed_by TEXT,
    counted BIGINT,
    expected BIGINT,
    deposit BIGINT NOT NULL,
    CONSTRAINT shift_pkey PRIMARY KEY (merchant_id, id), -- a shift with this id is there already
    CONSTRAINT shift_state CHECK (state IN ('open', 'closed')),
    CONSTRAINT shift_amounts CHECK (opening >= 0 AND deposit >= 0 AND COALESCE(counted, 0) >= 0), -- a drawer holds nothing below zero
    CONSTRAINT shift_till_unknown FOREIGN KEY (merchant_id, till_id) REFERENCES till (merchant_id, id) -- there is no such till
);
CREATE INDEX shift_by_store ON shift (merchant_id, store_id, opened_at);
CREATE TABLE cash_move (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    shift_id UUID NOT NULL,
    direction TEXT NOT NULL,
    amount BIGINT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT cash_move_pkey PRIMARY KEY (merchant_id, id), -- this cash was moved already
    CONSTRAINT cash_move_direction CHECK (direction IN ('in', 'out')),
    CONSTRAINT cash_move_empty CHECK (amount > 0) -- more than nothing is put in or taken out
);
CREATE INDEX cash_move_by_shift ON cash_move (merchant_id, shift_id, at);
-- A cart that waits, as JSON, until somebody goes on with it or the day ends.
CREATE TABLE held_cart (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    store_id UUID NOT NULL,
    label TEXT NOT NULL,
    cart TEXT NOT NULL,
    state TEXT NOT NULL,
    held_by TEXT NOT NULL,
    held_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    resumed_by TEXT,
    CONSTRAINT held_cart_pkey PRIMARY KEY (merchant_id, id), -- this cart is held already
    CONSTRAINT held_cart_state CHECK (state IN ('held', 'resumed', 'discarded'))
);
CREATE INDEX held_cart_by_store ON held_cart (merchant_id, store_id, state, id);
CREATE INDEX held_cart_by_end ON held_cart (merchant_id, expires_at);
-- How often a document was printed: every print but the first is marked as a copy.
CREATE TABLE receipt_print (
    merchant_id BIGINT NOT NULL,
    document_id UUID NOT NULL,
    prints BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    last_by TEXT NOT NULL,
    CONSTRAINT receipt_print_pkey PRIMARY KEY (merchant_id, document_id) -- this document was printed already
);

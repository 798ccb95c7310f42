CREATE TABLE gift_card_batch (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    face BIGINT NOT NULL,
    cards BIGINT NOT NULL,
    months BIGINT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT gift_card_batch_taken PRIMARY KEY (merchant_id, id) -- a batch of gift cards with this id is there already
);

-- What a card holds is in the ledger. The code itself is nowhere: hash is a keyed hash of it.
CREATE TABLE gift_card (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    batch_id UUID NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    face BIGINT NOT NULL,
    months BIGINT,
    sales_left BIGINT NOT NULL,
    sold_at BIGINT,
    sold_store UUID,
    buyer_id UUID,
    payments TEXT NOT NULL,
    expires_on TEXT,
    blocked_at BIGINT,
    returned_at BIGINT,
    CONSTRAINT gift_card_taken PRIMARY KEY (merchant_id, id), -- a gift card with this id is there already
    CONSTRAINT gift_card_number_taken UNIQUE (merchant_id, batch_id, number), -- this number of the batch is there already
    CONSTRAINT gift_card_hash_taken UNIQUE (merchant_id, hash), -- another gift card has this code; try again
    CONSTRAINT gift_card_sold CHECK (sales_left >= 0) -- this gift card was sold already
);

-- What a card paid of an order, and what of it was given back.
CREATE TABLE gift_card_use (
    merchant_id BIGINT NOT NULL,
    order_id UUID NOT NULL,
    card_id UUID NOT NULL,
    amount BIGINT NOT NULL,
    amount_back BIGINT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT gift_card_use_taken PRIMARY KEY (merchant_id, order_id, card_id), -- this payment was booked already
    CONSTRAINT gift_card_use_exceeds CHECK (amount_back <= amount) -- more would be given back than the gift card paid
);
CREATE INDEX gift_card_use_by_card ON gift_card_use (merchant_id, card_id, at);

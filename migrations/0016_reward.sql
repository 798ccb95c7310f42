-- What points buy. stock is what is left, none for without limit; redeemed counts the pieces that were
-- redeemed and not cancelled.
CREATE TABLE reward (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    terms TEXT NOT NULL,
    state TEXT NOT NULL,
    stock BIGINT,
    redeemed BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT reward_taken PRIMARY KEY (merchant_id, id), -- a reward with this id is there already
    CONSTRAINT reward_state CHECK (state IN ('draft', 'published', 'stopped')),
    CONSTRAINT reward_out_of_stock CHECK (stock >= 0), -- less of this reward is left than is asked for
    CONSTRAINT reward_redeemed_negative CHECK (redeemed >= 0) -- more was cancelled than was redeemed
);

-- A redemption froze the reward's terms. uses_left counts what can still be handed over or used.
CREATE TABLE reward_order (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    reward_id UUID NOT NULL,
    member_id UUID NOT NULL,
    store_id UUID NOT NULL,
    name TEXT NOT NULL,
    terms TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    points BIGINT NOT NULL,
    money BIGINT NOT NULL,
    tender TEXT,
    state TEXT NOT NULL,
    uses BIGINT NOT NULL,
    uses_left BIGINT NOT NULL,
    valid_until TEXT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT,
    reason TEXT,
    CONSTRAINT reward_order_taken PRIMARY KEY (merchant_id, id), -- this redemption was booked already
    CONSTRAINT reward_order_state CHECK (state IN ('reserved', 'handed_over', 'cancelled')),
    CONSTRAINT reward_order_positive CHECK (quantity > 0 AND points >= 0 AND money >= 0), -- a redemption is of one piece or more
    CONSTRAINT reward_order_used CHECK (uses_left >= 0), -- it was handed over or used up already
    CONSTRAINT reward_order_overfull CHECK (uses_left <= uses) -- more uses were given back than there were
);
CREATE INDEX reward_order_by_member ON reward_order (merchant_id, member_id, at);
CREATE INDEX reward_order_by_reward ON reward_order (merchant_id, reward_id, id);

-- What a stamp card's order gave: lines holds, as JSON, what of the order counts and what of it was
-- taken back; lapsed is what ran out of time before a card was full.
CREATE TABLE stamp_entry (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    card_id UUID NOT NULL,
    order_id UUID NOT NULL,
    lines TEXT NOT NULL,
    stamps BIGINT NOT NULL,
    lapsed BIGINT NOT NULL,
    stamped_on TEXT NOT NULL,
    expires_on TEXT,
    CONSTRAINT stamp_entry_pkey PRIMARY KEY (merchant_id, member_id, card_id, order_id), -- this order is stamped already
    CONSTRAINT stamp_entry_lapsed CHECK (lapsed >= 0 AND lapsed <= stamps) -- more stamps ran out than there were
);
CREATE INDEX stamp_entry_by_order ON stamp_entry (merchant_id, order_id);
CREATE INDEX stamp_entry_by_expiry ON stamp_entry (merchant_id, expires_on, member_id) WHERE expires_on IS NOT NULL;

-- A member's card: stamps that count, and how many full cards were rewarded.
CREATE TABLE stamp_card (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    card_id UUID NOT NULL,
    stamps BIGINT NOT NULL,
    rounds BIGINT NOT NULL,
    CONSTRAINT stamp_card_pkey PRIMARY KEY (merchant_id, member_id, card_id), -- this card is there already
    CONSTRAINT stamp_card_negative CHECK (stamps >= 0 AND rounds >= 0) -- more stamps were taken back than there were
);

-- What rules gave beyond a purchase: a full stamp card, a streak of visits, a new tier. cause and its
-- place name what it was for; a gift that was taken back may be given again under another source.
CREATE TABLE gift (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    cause TEXT NOT NULL,
    cause_id UUID NOT NULL,
    place TEXT NOT NULL,
    source_id UUID NOT NULL,
    points BIGINT NOT NULL,
    coupons BIGINT NOT NULL,
    skipped TEXT NOT NULL,
    taken_back BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT gift_pkey PRIMARY KEY (merchant_id, member_id, cause, cause_id, place) -- this was given already
);

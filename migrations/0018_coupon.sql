-- To whom a coupon was issued, where its member has given it to another since.
ALTER TABLE coupon ADD COLUMN issued_to UUID;

-- Uses of coupons that are counted one by one: those without a sale, and those of coupons with a limit
-- in a period. uses_back is what was undone of them.
CREATE TABLE coupon_use (
    merchant_id BIGINT NOT NULL,
    source_id UUID NOT NULL,
    coupon_id UUID NOT NULL,
    source_kind TEXT NOT NULL,
    member_id UUID NOT NULL,
    template_id UUID NOT NULL,
    store_id UUID NOT NULL,
    uses BIGINT NOT NULL,
    uses_back BIGINT NOT NULL,
    used_on TEXT NOT NULL,
    period TEXT,
    starts_on TEXT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT coupon_use_taken PRIMARY KEY (merchant_id, source_id, coupon_id), -- this use was booked already
    CONSTRAINT coupon_use_undone CHECK (uses_back <= uses) -- this use was undone already
);
CREATE INDEX coupon_use_by_coupon ON coupon_use (merchant_id, coupon_id);

-- How often a member has used coupons of a template in a period. used_max is the limit at the last use.
CREATE TABLE coupon_period (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    template_id UUID NOT NULL,
    period TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    used BIGINT NOT NULL,
    used_max BIGINT NOT NULL,
    CONSTRAINT coupon_period_pkey PRIMARY KEY (merchant_id, member_id, template_id, period, starts_on), -- this period is counted already
    CONSTRAINT coupon_period_negative CHECK (used >= 0), -- more uses were given back than were taken
    CONSTRAINT coupon_period_limit CHECK (used <= used_max) -- the member has used as many of these coupons as one may in this period
);

-- Codes to be printed or sent, which a member turns into a coupon.
CREATE TABLE coupon_batch (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    template_id UUID NOT NULL,
    name TEXT NOT NULL,
    codes BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT coupon_batch_taken PRIMARY KEY (merchant_id, id) -- a batch of codes with this id is there already
);

-- The code itself is nowhere: hash is a keyed hash of it.
CREATE TABLE coupon_code (
    merchant_id BIGINT NOT NULL,
    batch_id UUID NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    claims_left BIGINT NOT NULL,
    coupon_id UUID,
    claimed_at BIGINT,
    CONSTRAINT coupon_code_pkey PRIMARY KEY (merchant_id, batch_id, number), -- this code is there already
    CONSTRAINT coupon_code_hash_taken UNIQUE (merchant_id, hash), -- another code is the same; try again
    CONSTRAINT coupon_code_claimed CHECK (claims_left >= 0) -- this code was turned into a coupon already
);

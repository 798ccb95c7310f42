-- What members have grown by, for tiers on growth: by purchases (money is what of the order is left, and
-- the rate that it was entered at), or by hand.
CREATE TABLE growth (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    source_id UUID NOT NULL,
    kind TEXT NOT NULL,
    grown_on TEXT NOT NULL,
    money BIGINT NOT NULL,
    rate TEXT NOT NULL,
    growth BIGINT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT growth_taken PRIMARY KEY (merchant_id, member_id, source_id), -- this growth was entered already
    CONSTRAINT growth_kind CHECK (kind IN ('purchase', 'by_hand'))
);

-- A paid membership's tier beside the one that is earned, and the validity for which a warning was sent.
ALTER TABLE member_tier ADD COLUMN overlay_tier UUID;
ALTER TABLE member_tier ADD COLUMN overlay_until TEXT;
ALTER TABLE member_tier ADD COLUMN warned_for TEXT;

CREATE TABLE membership_plan (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    terms TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT membership_plan_taken PRIMARY KEY (merchant_id, id), -- a membership plan with this id is there already
    CONSTRAINT membership_plan_state CHECK (state IN ('published', 'stopped'))
);

-- A term that was bought or tried. ends_on is moved when it is refunded; notice says what the member was
-- told about its end.
CREATE TABLE membership (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    plan_id UUID NOT NULL,
    store_id UUID NOT NULL,
    terms TEXT NOT NULL,
    is_trial BOOLEAN NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    price BIGINT NOT NULL,
    tender TEXT,
    state TEXT NOT NULL,
    refunded BIGINT NOT NULL,
    notice TEXT NOT NULL,
    remind_on TEXT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT,
    CONSTRAINT membership_taken PRIMARY KEY (merchant_id, id), -- this membership was booked already
    CONSTRAINT membership_state CHECK (state IN ('active', 'refunded')),
    CONSTRAINT membership_notice CHECK (notice IN ('none', 'reminded', 'ended')),
    CONSTRAINT membership_refund_exceeds CHECK (refunded >= 0 AND refunded <= price) -- more would be given back than was paid
);
CREATE INDEX membership_by_member ON membership (merchant_id, member_id, ends_on);
CREATE INDEX membership_by_reminder ON membership (merchant_id, remind_on, id) WHERE remind_on IS NOT NULL;
CREATE UNIQUE INDEX membership_tried ON membership (merchant_id, plan_id, member_id) WHERE is_trial; -- the member tried this membership already

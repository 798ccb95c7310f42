-- The terms are the plan as JSON; the state is what lists select by.
CREATE TABLE top_up_plan (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    terms TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT top_up_plan_pkey PRIMARY KEY (merchant_id, id), -- a top-up plan with this id is there already
    CONSTRAINT top_up_plan_state CHECK (state IN ('published', 'stopped'))
);

CREATE TABLE top_up (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    store_id UUID NOT NULL,
    plan_id UUID,
    principal BIGINT NOT NULL,
    bonus BIGINT NOT NULL,
    tender TEXT NOT NULL,
    expires_on TEXT,
    coupons BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT top_up_taken PRIMARY KEY (merchant_id, id), -- this top-up was booked already
    CONSTRAINT top_up_amount_positive CHECK (principal > 0 AND bonus >= 0) -- a top-up pays in more than nothing
);
CREATE INDEX top_up_by_member ON top_up (merchant_id, member_id, at);

-- issued counts the coupons that were issued and not taken back unused.
CREATE TABLE coupon_template (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    terms TEXT NOT NULL,
    state TEXT NOT NULL,
    issued BIGINT NOT NULL,
    issued_max BIGINT,
    member_max BIGINT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT coupon_template_taken PRIMARY KEY (merchant_id, id), -- a coupon template with this id is there already
    CONSTRAINT coupon_template_state CHECK (state IN ('draft', 'published', 'stopped')),
    CONSTRAINT coupon_issued_negative CHECK (issued >= 0), -- more coupons were taken back than were issued
    CONSTRAINT coupon_budget_exhausted CHECK (issued <= issued_max) -- all coupons of this template have been issued
);

-- How many of a template a member has had. issued_max is the limit at the last issue.
CREATE TABLE coupon_quota (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    template_id UUID NOT NULL,
    issued BIGINT NOT NULL,
    issued_max BIGINT,
    CONSTRAINT coupon_quota_pkey PRIMARY KEY (merchant_id, member_id, template_id), -- this member is counted already
    CONSTRAINT coupon_quota_negative CHECK (issued >= 0), -- more coupons were taken back than were issued
    CONSTRAINT coupon_member_limit CHECK (issued <= issued_max) -- the member has had as many of these coupons as one member may have
);

-- Taking a coupon back leaves no use and keeps what was left in uses_revoked, so that one check
-- guards against the used and the revoked. A use that another order's hold forbids sets held_until
-- below zero, which is refused.
CREATE TABLE coupon (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    code TEXT NOT NULL,
    template_id UUID NOT NULL,
    member_id UUID NOT NULL,
    name TEXT NOT NULL,
    terms TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    uses BIGINT NOT NULL,
    uses_left BIGINT NOT NULL,
    uses_revoked BIGINT,
    revoked_at BIGINT,
    held_order UUID,
    held_until BIGINT,
    issued_at BIGINT NOT NULL,
    source_kind TEXT NOT NULL,
    source_id UUID NOT NULL,
    place BIGINT NOT NULL,
    CONSTRAINT coupon_taken PRIMARY KEY (merchant_id, id), -- a coupon with this id is there already
    CONSTRAINT coupon_code_taken UNIQUE (merchant_id, code), -- another coupon has this code; try again
    CONSTRAINT coupon_used CHECK (uses_left >= 0), -- the coupon was used or taken back already
    CONSTRAINT coupon_overfull CHECK (uses_left <= uses), -- more uses were given back than were taken
    CONSTRAINT coupon_held CHECK (held_until >= 0) -- another order that is being paid holds the coupon
);
CREATE INDEX coupon_by_member ON coupon (merchant_id, member_id, expires_on);
CREATE INDEX coupon_by_template ON coupon (merchant_id, template_id, id);
CREATE UNIQUE INDEX coupon_issued_already ON coupon (merchant_id, source_id, member_id, template_id, place); -- this coupon was issued already

-- Where a member stands. rises holds, as JSON, the upgrades that a refund may take back, the last
-- one last; changes numbers the member's history.
CREATE TABLE member_tier (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    tier_id UUID,
    since TEXT NOT NULL,
    valid_until TEXT,
    locked_until TEXT,
    due_on TEXT,
    rises TEXT NOT NULL,
    changes BIGINT NOT NULL,
    CONSTRAINT member_tier_pkey PRIMARY KEY (merchant_id, member_id) -- this member's tier is there already
);
CREATE INDEX member_tier_by_due ON member_tier (merchant_id, due_on, member_id);
CREATE INDEX member_tier_by_tier ON member_tier (merchant_id, tier_id, member_id);

CREATE TABLE tier_change (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    kind TEXT NOT NULL,
    tier_from UUID,
    tier_to UUID,
    changed_on TEXT NOT NULL,
    valid_until TEXT,
    snapshot TEXT,
    note TEXT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT tier_change_pkey PRIMARY KEY (merchant_id, member_id, sequence) -- this change is recorded already
);

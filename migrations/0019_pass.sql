-- The terms are the plan as JSON; the state is what lists select by.
CREATE TABLE pass_plan (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    terms TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT pass_plan_taken PRIMARY KEY (merchant_id, id), -- a pass plan with this id is there already
    CONSTRAINT pass_plan_state CHECK (state IN ('published', 'stopped'))
);

-- What is left of a pass is in the ledger: terms names the lots of its items. uses counts the visits
-- that were made and not undone.
CREATE TABLE pass (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    plan_id UUID NOT NULL,
    name TEXT NOT NULL,
    member_id UUID NOT NULL,
    store_id UUID NOT NULL,
    price BIGINT NOT NULL,
    payments TEXT NOT NULL,
    terms TEXT NOT NULL,
    starts_on TEXT,
    expires_on TEXT,
    frozen_on TEXT,
    ended_on TEXT,
    uses BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    origin_id UUID,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT pass_taken PRIMARY KEY (merchant_id, id), -- a pass with this id is there already
    CONSTRAINT pass_uses_negative CHECK (uses >= 0), -- more visits were undone than were made
    CONSTRAINT pass_refund_exceeds CHECK (refunded <= price) -- more would be given back than was paid
);
CREATE INDEX pass_by_member ON pass (merchant_id, member_id, id);

-- A visit: an order's line that a pass paid, or one without a sale. counted is what was taken from the
-- lot of visits, value what was recognised; the columns ending in back are what was undone of them.
CREATE TABLE pass_visit (
    merchant_id BIGINT NOT NULL,
    source_id UUID NOT NULL,
    line BIGINT NOT NULL,
    source_kind TEXT NOT NULL,
    pass_id UUID NOT NULL,
    member_id UUID NOT NULL,
    item BIGINT NOT NULL,
    visits BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    value BIGINT NOT NULL,
    visits_back BIGINT NOT NULL,
    counted_back BIGINT NOT NULL,
    value_back BIGINT NOT NULL,
    store_id UUID NOT NULL,
    visited_on TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT pass_visit_taken PRIMARY KEY (merchant_id, source_id, line), -- this visit was booked already
    CONSTRAINT pass_visit_undone CHECK (visits_back <= visits AND counted_back <= counted AND value_back <= value) -- this visit was undone already
);
CREATE INDEX pass_visit_by_pass ON pass_visit (merchant_id, pass_id, at);

-- How many visits of an item were made on a local day, where that is limited.
CREATE TABLE pass_day (
    merchant_id BIGINT NOT NULL,
    pass_id UUID NOT NULL,
    item BIGINT NOT NULL,
    visited_on TEXT NOT NULL,
    used BIGINT NOT NULL,
    used_max BIGINT NOT NULL,
    CONSTRAINT pass_day_pkey PRIMARY KEY (merchant_id, pass_id, item, visited_on), -- this day is counted already
    CONSTRAINT pass_day_negative CHECK (used >= 0), -- more visits were undone than were made
    CONSTRAINT pass_day_limit CHECK (used <= used_max) -- no more visits can be made with this pass today
);

CREATE TABLE pass_refund (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    pass_id UUID NOT NULL,
    member_id UUID NOT NULL,
    store_id UUID NOT NULL,
    amount BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    payments TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT pass_refund_taken PRIMARY KEY (merchant_id, id) -- this refund was booked already
);

-- What offers give is counted, so that sales at once can't give more than they may. The column kind of
-- offer is what the first version knew; which kind an offer is stands in its terms.

-- A row for each offer that has, or had, a budget. A limit that is not set is NULL.
CREATE TABLE offer_budget (
    merchant_id BIGINT NOT NULL,
    offer_id UUID NOT NULL,
    count_used BIGINT NOT NULL,
    money_used BIGINT NOT NULL,
    count_max BIGINT,
    money_max BIGINT,
    CONSTRAINT offer_budget_pkey PRIMARY KEY (merchant_id, offer_id), -- this offer's budget is there already
    CONSTRAINT offer_budget_exhausted CHECK (count_used <= count_max AND money_used <= money_max), -- the budget of an offer is used up; ask for the price again
    CONSTRAINT offer_budget_negative CHECK (count_used >= 0 AND money_used >= 0) -- more of an offer was given back than was used
);

-- How often a member has used an offer in a period: ever, a year, a month, a week, a day, or a birthday.
-- The nil offer is what all first-purchase offers share. used_max is the limit at the last use.
CREATE TABLE offer_member (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    offer_id UUID NOT NULL,
    period TEXT NOT NULL,
    used BIGINT NOT NULL,
    used_max BIGINT NOT NULL,
    CONSTRAINT offer_member_pkey PRIMARY KEY (merchant_id, member_id, offer_id, period), -- this use is counted already
    CONSTRAINT offer_member_limit CHECK (used <= used_max), -- the member has used an offer as often as one member may; ask for the price again
    CONSTRAINT offer_member_negative CHECK (used >= 0) -- more of an offer was given back than was used
);

-- Every counted use by an order. The period budget stands for the offer's budget, all others for the
-- member's counter. live is 1 until everything that the offer lowered is taken back.
CREATE TABLE offer_use (
    merchant_id BIGINT NOT NULL,
    order_id UUID NOT NULL,
    offer_id UUID NOT NULL,
    period TEXT NOT NULL,
    member_id UUID,
    money BIGINT NOT NULL,
    money_back BIGINT NOT NULL,
    live BIGINT NOT NULL,
    CONSTRAINT offer_use_pkey PRIMARY KEY (merchant_id, order_id, offer_id, period), -- this use is counted already
    CONSTRAINT offer_use_exceeds CHECK (money_back <= money), -- more of an offer would be given back than it gave
    CONSTRAINT offer_use_live CHECK (live IN (0, 1))
);
CREATE INDEX offer_use_by_offer ON offer_use (merchant_id, offer_id, order_id);

-- How often a member's birthday was changed after it was known. edits_max is the limit at the last change.
CREATE TABLE birthday_edit (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    edits BIGINT NOT NULL,
    edits_max BIGINT NOT NULL,
    CONSTRAINT birthday_edit_pkey PRIMARY KEY (merchant_id, member_id), -- this member's birthday was changed at the same time; try again
    CONSTRAINT birthday_edits_used_up CHECK (edits <= edits_max) -- this member's birthday was changed as often as the member settings allow
);

-- Since when an offer was in which state, so that what ran on a day can be told later; rows are never changed.
CREATE TABLE offer_state (
    merchant_id BIGINT NOT NULL,
    offer_id UUID NOT NULL,
    at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT offer_state_pkey PRIMARY KEY (merchant_id, offer_id, at) -- the offer was changed at this very moment; try again
);
INSERT INTO offer_state (merchant_id, offer_id, at, version, state)
    SELECT merchant_id, id, changed_at, version, state FROM offer;

-- The offers that applied to an order, with the versions that priced it, as JSON; NULL for none.
ALTER TABLE sales_order ADD COLUMN offers TEXT;

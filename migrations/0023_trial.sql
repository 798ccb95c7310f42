-- A rule that is tried on past orders: how far it has come, and what it came to. rule, progress and result
-- are JSON; step rises with every page, so that of two workers one goes on.
CREATE TABLE trial (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    rule TEXT NOT NULL,
    from_date TEXT NOT NULL,
    to_date TEXT NOT NULL,
    state TEXT NOT NULL,
    step BIGINT NOT NULL,
    progress TEXT NOT NULL,
    orders_total BIGINT NOT NULL,
    orders_done BIGINT NOT NULL,
    result TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    actor TEXT NOT NULL,
    CONSTRAINT trial_taken PRIMARY KEY (merchant_id, id), -- a trial with this id is there already
    CONSTRAINT trial_state CHECK (state IN ('waiting', 'running', 'done', 'cancelled'))
);

-- What a trial does to each member, so that no worker keeps them all in memory. uses is JSON.
CREATE TABLE trial_member (
    merchant_id BIGINT NOT NULL,
    trial_id UUID NOT NULL,
    member_id UUID NOT NULL,
    orders BIGINT NOT NULL,
    money_before BIGINT NOT NULL,
    money_after BIGINT NOT NULL,
    points_before BIGINT NOT NULL,
    points_after BIGINT NOT NULL,
    tier_from UUID,
    tier_to UUID,
    uses TEXT NOT NULL,
    CONSTRAINT trial_member_pkey PRIMARY KEY (merchant_id, trial_id, member_id) -- this member is counted already
);

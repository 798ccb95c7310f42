-- How much of a limit a member has used in a period. used_max is the limit at the last use; give-backs
-- leave it alone.
CREATE TABLE quota (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    period TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    used BIGINT NOT NULL,
    used_max BIGINT NOT NULL,
    CONSTRAINT quota_pkey PRIMARY KEY (merchant_id, member_id, subject_id, period, starts_on), -- this limit is counted already
    CONSTRAINT quota_negative CHECK (used >= 0), -- more was given back than was used
    CONSTRAINT quota_exhausted CHECK (used <= used_max) -- the member has reached the limit of this period; take less, or wait for the next
);

-- What each cause has used of which limit, and what of it was given back.
CREATE TABLE quota_use (
    merchant_id BIGINT NOT NULL,
    source_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    period TEXT NOT NULL,
    member_id UUID NOT NULL,
    starts_on TEXT NOT NULL,
    amount BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    CONSTRAINT quota_use_pkey PRIMARY KEY (merchant_id, source_id, subject_id, period), -- this use is counted already
    CONSTRAINT quota_use_overfull CHECK (returned <= amount) -- more was given back than was used
);

-- What keeps points alive where they end by inactivity.
CREATE TABLE points_activity (
    merchant_id BIGINT NOT NULL,
    owner UUID NOT NULL,
    source_id UUID NOT NULL,
    activity TEXT NOT NULL,
    active_on TEXT NOT NULL,
    undone BOOLEAN NOT NULL,
    CONSTRAINT points_activity_pkey PRIMARY KEY (merchant_id, owner, source_id, activity) -- this activity is recorded already
);

-- The last day of points that end by inactivity; none while the clock stands.
CREATE TABLE points_clock (
    merchant_id BIGINT NOT NULL,
    owner UUID NOT NULL,
    last_on TEXT NOT NULL,
    due_on TEXT,
    CONSTRAINT points_clock_pkey PRIMARY KEY (merchant_id, owner) -- this clock runs already
);
CREATE INDEX points_clock_by_due ON points_clock (merchant_id, due_on, owner) WHERE due_on IS NOT NULL;

CREATE TABLE points_transfer (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    from_member UUID NOT NULL,
    to_member UUID NOT NULL,
    points BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    store_id UUID,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT points_transfer_taken PRIMARY KEY (merchant_id, id), -- this transfer was booked already
    CONSTRAINT points_transfer_positive CHECK (points > 0 AND fee >= 0), -- a transfer moves more than nothing
    CONSTRAINT points_transfer_to_self CHECK (from_member <> to_member) -- a member can't transfer points to themselves
);
CREATE INDEX points_transfer_by_sender ON points_transfer (merchant_id, from_member, at);
CREATE INDEX points_transfer_by_receiver ON points_transfer (merchant_id, to_member, at);

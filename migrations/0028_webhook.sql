-- Where a merchant wants to hear of events. kinds is a JSON list of kinds or beginnings such as
-- sale.*; the secrets are sealed; the old one signs beside the new one until old_until.
CREATE TABLE webhook (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    kinds TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_until BIGINT,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT webhook_pkey PRIMARY KEY (merchant_id, id), -- a webhook with this id is there already
    CONSTRAINT webhook_merchant_unknown FOREIGN KEY (merchant_id) REFERENCES merchant (merchant_id) -- there is no such merchant
);

-- One event on its way to one webhook. A lease is a time until which no other server sends it.
CREATE TABLE webhook_delivery (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    webhook_id UUID NOT NULL,
    event_id UUID NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    last_status BIGINT,
    last_fault TEXT,
    last_at BIGINT,
    created_at BIGINT NOT NULL,
    CONSTRAINT webhook_delivery_pkey PRIMARY KEY (merchant_id, id), -- a delivery with this id is there already
    CONSTRAINT webhook_delivery_twice UNIQUE (merchant_id, webhook_id, event_id), -- this event is on its way to this webhook already
    CONSTRAINT webhook_delivery_state CHECK (state IN ('waiting', 'delivered', 'dead'))
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (due_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery (merchant_id, webhook_id, id);

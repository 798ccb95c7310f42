-- Sales that a till made without a network, each as the till sent it. Waiting ones are no orders yet.
CREATE TABLE offline_sale (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    store_id UUID NOT NULL,
    till_id UUID NOT NULL,
    sold_at BIGINT NOT NULL,
    total BIGINT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    conflicts TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    received_by TEXT NOT NULL,
    settled_at BIGINT,
    settled_by TEXT,
    note TEXT,
    CONSTRAINT offline_sale_pkey PRIMARY KEY (merchant_id, id), -- this sale was sent already
    CONSTRAINT offline_sale_state CHECK (state IN ('accepted', 'booked', 'waiting', 'settled', 'declined'))
);
CREATE INDEX offline_sale_by_state ON offline_sale (merchant_id, state, id);

-- What an order keeps beside its price: tax, who sold a line, what a kit is made of. tax_added is the
-- part of a line's tax that is paid on top of its net; parts is a list as JSON.
ALTER TABLE sales_order ADD COLUMN tax BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sales_order ADD COLUMN tax_mode TEXT NOT NULL DEFAULT 'none';
ALTER TABLE order_line ADD COLUMN tax BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_line ADD COLUMN tax_added BIGINT NOT NULL DEFAULT 0;
ALTER TABLE order_line ADD COLUMN tax_rate BIGINT;
ALTER TABLE order_line ADD COLUMN seller_id UUID;
ALTER TABLE order_line ADD COLUMN parts TEXT;
ALTER TABLE refund ADD COLUMN tax BIGINT NOT NULL DEFAULT 0;
ALTER TABLE variant ADD COLUMN is_kit BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE kit_part (
    merchant_id BIGINT NOT NULL,
    kit_id UUID NOT NULL,
    part_id UUID NOT NULL,
    place BIGINT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    CONSTRAINT kit_part_pkey PRIMARY KEY (merchant_id, kit_id, part_id), -- this part is in the kit already; give one quantity for it
    CONSTRAINT kit_part_quantity CHECK (quantity_milli > 0) -- a kit holds more than nothing of each part
);
CREATE INDEX kit_part_by_part ON kit_part (merchant_id, part_id);
-- One refund and one sale that belong together. What was given back and stayed in the shop is carried;
-- paid came on top, or given_back went out.
CREATE TABLE exchange (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    refund_id UUID NOT NULL,
    order_id UUID NOT NULL,
    returned_order_id UUID NOT NULL,
    store_id UUID NOT NULL,
    carried BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    given_back BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT exchange_pkey PRIMARY KEY (merchant_id, id), -- an exchange with this id is there already
    CONSTRAINT exchange_refund_taken UNIQUE (merchant_id, refund_id), -- this refund belongs to another exchange
    CONSTRAINT exchange_order_taken UNIQUE (merchant_id, order_id), -- this order belongs to another exchange
    CONSTRAINT exchange_amounts CHECK (carried >= 0 AND paid >= 0 AND given_back >= 0) -- what an exchange moves is not below zero
);
CREATE INDEX exchange_by_store ON exchange (merchant_id, store_id, at);
CREATE INDEX exchange_by_returned ON exchange (merchant_id, returned_order_id);

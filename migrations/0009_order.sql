CREATE TABLE sales_order (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    store_id UUID NOT NULL,
    till_id UUID,
    member_id UUID,
    channel TEXT NOT NULL,
    at BIGINT NOT NULL,
    business_date TEXT NOT NULL,
    gross BIGINT NOT NULL,
    total BIGINT NOT NULL,
    payments TEXT NOT NULL,
    points_spent BIGINT NOT NULL,
    points_earned BIGINT NOT NULL,
    savings TEXT NOT NULL,
    actor TEXT NOT NULL,
    refunds BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    points_returned BIGINT NOT NULL,
    points_clawed BIGINT NOT NULL,
    import_id UUID,
    external_number TEXT,
    CONSTRAINT sales_order_pkey PRIMARY KEY (merchant_id, id), -- an order with this id is there already
    CONSTRAINT sales_order_refund_exceeds CHECK (refunded <= total) -- more would be refunded than was paid
);
CREATE INDEX sales_order_by_store ON sales_order (merchant_id, store_id, at);
CREATE INDEX sales_order_by_member ON sales_order (merchant_id, member_id, at) WHERE member_id IS NOT NULL;
CREATE TABLE order_line (
    merchant_id BIGINT NOT NULL,
    order_id UUID NOT NULL,
    line BIGINT NOT NULL,
    product_id UUID NOT NULL,
    variant_id UUID NOT NULL,
    name TEXT NOT NULL,
    sku TEXT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    gross BIGINT NOT NULL,
    share_activity BIGINT NOT NULL,
    share_member BIGINT NOT NULL,
    share_threshold BIGINT NOT NULL,
    share_coupon BIGINT NOT NULL,
    share_points BIGINT NOT NULL,
    share_rounding BIGINT NOT NULL,
    net BIGINT NOT NULL,
    points_earned BIGINT NOT NULL,
    cost BIGINT,
    tracked BOOLEAN NOT NULL,
    refunded_milli BIGINT NOT NULL,
    CONSTRAINT order_line_pkey PRIMARY KEY (merchant_id, order_id, line),
    CONSTRAINT order_line_refund_exceeds CHECK (refunded_milli <= quantity_milli) -- more would be taken back than was sold
);
CREATE TABLE refund (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    order_id UUID,
    store_id UUID NOT NULL,
    member_id UUID,
    at BIGINT NOT NULL,
    business_date TEXT NOT NULL,
    amount BIGINT NOT NULL,
    points_returned BIGINT NOT NULL,
    points_clawed BIGINT NOT NULL,
    lines TEXT NOT NULL,
    payments TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    import_id UUID,
    external_number TEXT,
    CONSTRAINT refund_pkey PRIMARY KEY (merchant_id, id) -- a refund with this id is there already
);
CREATE INDEX refund_by_order ON refund (merchant_id, order_id);
CREATE INDEX refund_by_store ON refund (merchant_id, store_id, at);
-- The goods of a return without its order; those of other refunds are lines of the order.
CREATE TABLE return_line (
    merchant_id BIGINT NOT NULL,
    refund_id UUID NOT NULL,
    line BIGINT NOT NULL,
    product_id UUID NOT NULL,
    variant_id UUID NOT NULL,
    name TEXT NOT NULL,
    sku TEXT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT return_line_pkey PRIMARY KEY (merchant_id, refund_id, line) -- this line is there already
);

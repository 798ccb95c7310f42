-- What a store sold, hour by local hour; undone counts the orders of that hour that were wholly taken back
-- since, refunds and refunded stand in the hour of the refund.
CREATE TABLE figure_hour (
    merchant_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    store_id UUID NOT NULL,
    hour BIGINT NOT NULL,
    orders BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    undone BIGINT NOT NULL,
    refunds BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    CONSTRAINT figure_hour_pkey PRIMARY KEY (merchant_id, day, store_id, hour)
);
-- What was sold of a product on a day, less what came back on that day.
CREATE TABLE figure_goods (
    merchant_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    store_id UUID NOT NULL,
    product_id UUID NOT NULL,
    quantity_milli BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT figure_goods_pkey PRIMARY KEY (merchant_id, day, store_id, product_id)
);
-- The orders of a member in a store on a day that were not wholly taken back, and what they come to now.
CREATE TABLE figure_buyer (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    day TEXT NOT NULL,
    store_id UUID NOT NULL,
    orders BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT figure_buyer_pkey PRIMARY KEY (merchant_id, member_id, day, store_id)
);
CREATE INDEX figure_buyer_by_day ON figure_buyer (merchant_id, day, store_id, member_id, orders, amount);
CREATE INDEX member_by_joined ON member (merchant_id, joined_on, home_store, state, merged_into);
CREATE INDEX consent_granted ON consent (merchant_id, channel, member_id) WHERE granted;
-- What was imported before: it has no event that would tell of it. Of these the hour is not known, and stands as 0.
INSERT INTO figure_hour (merchant_id, day, store_id, hour, orders, amount, undone, refunds, refunded)
    SELECT merchant_id, business_date, store_id, 0, COUNT(*), CAST(SUM(total) AS BIGINT), 0, 0, 0 FROM sales_order
    WHERE import_id IS NOT NULL GROUP BY merchant_id, business_date, store_id;
INSERT INTO figure_hour (merchant_id, day, store_id, hour, orders, amount, undone, refunds, refunded)
    SELECT merchant_id, business_date, store_id, 0, 0, 0, 0, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM refund
    WHERE import_id IS NOT NULL GROUP BY merchant_id, business_date, store_id
    ON CONFLICT (merchant_id, day, store_id, hour) DO UPDATE SET refunds = excluded.refunds, refunded = excluded.refunded;
INSERT INTO figure_goods (merchant_id, day, store_id, product_id, quantity_milli, amount)
    SELECT merchant_id, day, store_id, product_id, CAST(SUM(quantity_milli) AS BIGINT), CAST(SUM(amount) AS BIGINT) FROM (
        SELECT l.merchant_id AS merchant_id, o.business_date AS day, o.store_id AS store_id, l.product_id AS product_id,
            l.quantity_milli AS quantity_milli, l.net + l.tax_added AS amount
        FROM order_line l JOIN sales_order o ON o.merchant_id = l.merchant_id AND o.id = l.order_id WHERE o.import_id IS NOT NULL
        UNION ALL SELECT l.merchant_id, r.business_date, r.store_id, l.product_id, -l.quantity_milli, -l.amount
        FROM return_line l JOIN refund r ON r.merchant_id = l.merchant_id AND r.id = l.refund_id WHERE r.import_id IS NOT NULL) AS past
    GROUP BY merchant_id, day, store_id, product_id;
INSERT INTO figure_buyer (merchant_id, member_id, day, store_id, orders, amount)
    SELECT merchant_id, member_id, business_date, store_id, COUNT(*), CAST(SUM(total - refunded) AS BIGINT) FROM sales_order
    WHERE import_id IS NOT NULL AND member_id IS NOT NULL GROUP BY merchant_id, member_id, business_date, store_id;

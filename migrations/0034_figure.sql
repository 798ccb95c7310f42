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

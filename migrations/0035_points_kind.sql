-- What a member has of a kind of points beside the merchant's own: the purse owns accounts and lots.
CREATE TABLE points_purse (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    kind_id UUID NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT points_purse_pkey PRIMARY KEY (merchant_id, member_id, kind_id) -- the member has a purse of this kind already
);
CREATE UNIQUE INDEX points_purse_taken ON points_purse (merchant_id, id); -- this purse is another member's

-- What an order earned of a kind. lines holds, as JSON, the points of each line and what of it was taken back;
-- clawed is what of the points goes with that.
CREATE TABLE points_accrual (
    merchant_id BIGINT NOT NULL,
    order_id UUID NOT NULL,
    kind_id UUID NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    lines TEXT NOT NULL,
    points BIGINT NOT NULL,
    clawed BIGINT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT points_accrual_pkey PRIMARY KEY (merchant_id, order_id, kind_id), -- this order has earned already
    CONSTRAINT points_accrual_overfull CHECK (clawed >= 0 AND clawed <= points) -- more was taken back than was earned
);
CREATE INDEX points_accrual_by_member ON points_accrual (merchant_id, member_id, order_id);

-- Which kind of points an account counts, an order was paid with, and a member gave; none for the merchant's own.
ALTER TABLE account ADD COLUMN points_kind UUID;
ALTER TABLE sales_order ADD COLUMN points_kind UUID;
ALTER TABLE points_transfer ADD COLUMN kind_id UUID;

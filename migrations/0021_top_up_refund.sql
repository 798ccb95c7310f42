-- Which pass paid a line.
ALTER TABLE order_line ADD COLUMN pass_id UUID;

-- Principal of a top-up that was given up and paid out, less the fee and the bonus that was spent.
CREATE TABLE top_up_refund (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    top_up_id UUID NOT NULL,
    member_id UUID NOT NULL,
    store_id UUID NOT NULL,
    principal BIGINT NOT NULL,
    bonus BIGINT NOT NULL,
    bonus_expired BIGINT NOT NULL,
    bonus_spent BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT top_up_refund_taken PRIMARY KEY (merchant_id, id), -- this refund was booked already
    CONSTRAINT top_up_refund_adds_up CHECK (amount = principal - fee - bonus_spent AND amount > 0) -- a refund pays out what is given up, less what is kept
);
CREATE INDEX top_up_refund_by_top_up ON top_up_refund (merchant_id, top_up_id);

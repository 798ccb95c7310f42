-- How far below zero a store may sell a variant. Without a limit `oversell` alone says whether it may.
ALTER TABLE stock ADD COLUMN oversell_max_milli BIGINT
    CONSTRAINT stock_oversold CHECK (oversell_max_milli IS NULL OR on_hand_milli >= -oversell_max_milli); -- this store has sold as far below zero as it may; receive or count the goods first
-- What a store allows: for one variant, or (nil) for all that have no rule of their own. 0 forbids, none is without end.
CREATE TABLE stock_limit (
    merchant_id BIGINT NOT NULL,
    store_id UUID NOT NULL,
    variant_id UUID NOT NULL,
    max_milli BIGINT,
    CONSTRAINT stock_limit_pkey PRIMARY KEY (merchant_id, store_id, variant_id), -- this store has a rule for this variant already
    CONSTRAINT stock_limit_negative CHECK (COALESCE(max_milli, 0) >= 0) -- a limit is so many thousandths of a piece below zero, and not below zero itself
);

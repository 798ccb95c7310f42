-- What was sold to a member and counted only after they had been merged into another: it counts for the survivor, and
-- goes back with everything else when the merge is undone. `source_id` is an order or a pass.
CREATE TABLE merge_late (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    source_id UUID NOT NULL,
    CONSTRAINT merge_late_pkey PRIMARY KEY (merchant_id, member_id, source_id) -- this late order is noted already
);

-- A refund finds what its order left, whoever has it by now.
CREATE INDEX purchase_by_order ON purchase (merchant_id, order_id);
CREATE INDEX growth_by_source ON growth (merchant_id, source_id);
CREATE INDEX points_activity_by_source ON points_activity (merchant_id, source_id);

-- Who of a group, or of those who share a card, used the member's card; and when an order that had
-- no buyer was claimed by one.
ALTER TABLE sales_order ADD COLUMN used_by UUID;
CREATE TABLE order_claim (
    merchant_id BIGINT NOT NULL,
    order_id UUID NOT NULL,
    member_id UUID NOT NULL,
    points BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT order_claimed PRIMARY KEY (merchant_id, order_id) -- this order belongs to a member already
);
CREATE INDEX order_claim_by_member ON order_claim (merchant_id, member_id, at);

-- What staff write about a member, sealed.
CREATE TABLE member_note (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    id UUID NOT NULL,
    text TEXT NOT NULL,
    pinned BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT member_note_pkey PRIMARY KEY (merchant_id, member_id, id) -- this note is there already
);

-- What a member said they like: one sealed document each.
CREATE TABLE member_preference (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    declared TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT member_preference_pkey PRIMARY KEY (merchant_id, member_id) -- this member's preferences are there already
);

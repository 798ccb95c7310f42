-- Households and companies. people counts the rows of group_person that have not left.
CREATE TABLE member_group (
    merchant_id BIGINT NOT NULL,
    group_id UUID NOT NULL,
    people BIGINT NOT NULL,
    people_max BIGINT NOT NULL,
    CONSTRAINT member_group_pkey PRIMARY KEY (merchant_id, group_id), -- this group is there already
    CONSTRAINT group_full CHECK (people <= people_max), -- the group has as many people as may share its cards; raise its limit first
    CONSTRAINT group_people_negative CHECK (people >= 0) -- more people left the group than belonged to it
);

CREATE TABLE group_person (
    merchant_id BIGINT NOT NULL,
    group_id UUID NOT NULL,
    person_id UUID NOT NULL,
    part TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT group_person_taken PRIMARY KEY (merchant_id, group_id, person_id), -- this person belongs to the group already
    CONSTRAINT group_person_part CHECK (part IN ('head', 'person'))
);
CREATE INDEX group_person_by_person ON group_person (merchant_id, person_id, group_id);

-- A PIN's hash is sealed: six digits are guessed from a bare hash in hours. Without a hash the row
-- only counts guesses. tries counts those since the last right one, in the window that began at tried_at.
CREATE TABLE member_pin (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    hash TEXT,
    tries BIGINT NOT NULL,
    tried_at BIGINT NOT NULL,
    set_at BIGINT,
    CONSTRAINT member_pin_pkey PRIMARY KEY (merchant_id, member_id) -- this member has a PIN already
);

-- The last code that a member showed to spend, and the order it was for: a code pays once.
CREATE TABLE member_code_use (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    step BIGINT NOT NULL,
    order_id UUID NOT NULL,
    CONSTRAINT member_code_use_pkey PRIMARY KEY (merchant_id, member_id) -- this member's last code is known already
);

-- Printed cards before they belong to somebody.
CREATE TABLE card_design (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    design TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT card_design_pkey PRIMARY KEY (merchant_id, id), -- a card design with this id is there already
    CONSTRAINT card_design_name_taken UNIQUE (merchant_id, name) -- another card design has this name
);

-- left_over counts the blank cards.
CREATE TABLE card_batch (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    design_id UUID,
    store_id UUID,
    prefix TEXT NOT NULL,
    first BIGINT NOT NULL,
    cards BIGINT NOT NULL,
    left_over BIGINT NOT NULL,
    shared_max BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT card_batch_pkey PRIMARY KEY (merchant_id, id), -- a card batch with this id is there already
    CONSTRAINT card_batch_left CHECK (left_over >= 0 AND left_over <= cards), -- more cards of the batch were used than there are
    CONSTRAINT card_batch_design_unknown FOREIGN KEY (merchant_id, design_id) REFERENCES card_design (merchant_id, id) -- there is no such card design
);

CREATE TABLE card_stock (
    merchant_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    batch_id UUID NOT NULL,
    state TEXT NOT NULL,
    card_id UUID,
    changed_at BIGINT NOT NULL,
    CONSTRAINT card_stock_number_taken PRIMARY KEY (merchant_id, number), -- a card with one of these numbers is in stock already; begin with another number
    CONSTRAINT card_stock_state CHECK (state IN ('blank', 'bound', 'void'))
);
CREATE INDEX card_stock_by_batch ON card_stock (merchant_id, batch_id, state, number);

-- Who else may use a card beside its owner.
ALTER TABLE card ADD COLUMN shared BIGINT NOT NULL DEFAULT 0;
ALTER TABLE card ADD COLUMN shared_max BIGINT NOT NULL DEFAULT 0
    CONSTRAINT card_shared_full CHECK (shared <= shared_max AND shared >= 0); -- the card is shared by as many members as may use it
CREATE TABLE card_share (
    merchant_id BIGINT NOT NULL,
    card_id UUID NOT NULL,
    member_id UUID NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT card_share_taken PRIMARY KEY (merchant_id, card_id, member_id) -- this member may use the card already
);
CREATE INDEX card_share_by_member ON card_share (merchant_id, member_id, card_id);

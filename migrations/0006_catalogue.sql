CREATE TABLE category (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    above TEXT NOT NULL,
    name TEXT NOT NULL,
    sort BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT category_pkey PRIMARY KEY (merchant_id, id), -- a category with this id is there already
    CONSTRAINT category_name_taken UNIQUE (merchant_id, above, name) -- a category beside it has this name
);

CREATE TABLE product (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    initials TEXT NOT NULL,
    category_id UUID,
    category_path TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT NOT NULL,
    brand TEXT NOT NULL,
    tax_rate BIGINT,
    special BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT product_pkey PRIMARY KEY (merchant_id, id), -- a product with this id is there already
    CONSTRAINT product_code_taken UNIQUE (merchant_id, code), -- another product has this code
    CONSTRAINT product_category_unknown FOREIGN KEY (merchant_id, category_id) REFERENCES category (merchant_id, id) -- there is no such category, or products are still in it
);
CREATE INDEX product_by_initials ON product (merchant_id, initials, id);
CREATE INDEX product_by_category ON product (merchant_id, category_id);

CREATE TABLE variant (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    product_id UUID NOT NULL,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    attributes TEXT NOT NULL,
    price BIGINT NOT NULL,
    member_price BIGINT,
    activity_id UUID,
    activity_price BIGINT,
    activity_from BIGINT,
    activity_until BIGINT,
    cost BIGINT,
    track_stock BOOLEAN NOT NULL,
    oversell BOOLEAN NOT NULL,
    duration_minutes BIGINT,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT variant_pkey PRIMARY KEY (merchant_id, id), -- a variant with this id is there already
    CONSTRAINT variant_sku_taken UNIQUE (merchant_id, sku), -- another variant has this SKU
    CONSTRAINT variant_price_negative CHECK (price >= 0 AND COALESCE(member_price, 0) >= 0 AND COALESCE(activity_price, 0) >= 0 AND COALESCE(cost, 0) >= 0), -- prices and costs are not below zero
    CONSTRAINT variant_product_unknown FOREIGN KEY (merchant_id, product_id) REFERENCES product (merchant_id, id) -- there is no such product
);
CREATE INDEX variant_by_product ON variant (merchant_id, product_id);

CREATE TABLE barcode (
    merchant_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    variant_id UUID NOT NULL,
    CONSTRAINT barcode_taken PRIMARY KEY (merchant_id, code), -- another variant has this barcode
    CONSTRAINT barcode_variant_unknown FOREIGN KEY (merchant_id, variant_id) REFERENCES variant (merchant_id, id) -- there is no such variant
);
CREATE INDEX barcode_by_variant ON barcode (merchant_id, variant_id);

CREATE TABLE variant_price (
    merchant_id BIGINT NOT NULL,
    store_id UUID NOT NULL,
    variant_id UUID NOT NULL,
    price BIGINT NOT NULL,
    CONSTRAINT variant_price_pkey PRIMARY KEY (merchant_id, store_id, variant_id), -- this store has a price for this variant already
    CONSTRAINT store_price_negative CHECK (price >= 0), -- a store's price is not below zero
    CONSTRAINT variant_price_variant_unknown FOREIGN KEY (merchant_id, variant_id) REFERENCES variant (merchant_id, id) -- there is no such variant
);

CREATE TABLE stock (
    merchant_id BIGINT NOT NULL,
    store_id UUID NOT NULL,
    variant_id UUID NOT NULL,
    on_hand_milli BIGINT NOT NULL,
    oversell BOOLEAN NOT NULL,
    CONSTRAINT stock_pkey PRIMARY KEY (merchant_id, store_id, variant_id), -- this store keeps this variant already
    CONSTRAINT stock_insufficient CHECK (on_hand_milli >= 0 OR oversell) -- the store has fewer pieces on hand than are to be taken
);

CREATE TABLE stock_movement (
    merchant_id BIGINT NOT NULL,
    source_id UUID NOT NULL,
    line BIGINT NOT NULL,
    kind TEXT NOT NULL,
    store_id UUID NOT NULL,
    variant_id UUID NOT NULL,
    delta_milli BIGINT NOT NULL,
    unit_cost BIGINT,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT stock_movement_twice PRIMARY KEY (merchant_id, source_id, line, kind), -- this line has moved its stock already
    CONSTRAINT stock_movement_empty CHECK (delta_milli <> 0) -- a movement moves something
);
CREATE INDEX stock_movement_by_variant ON stock_movement (merchant_id, variant_id, at);

CREATE TABLE stock_document (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    store_id UUID NOT NULL,
    to_store_id UUID,
    supplier TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT stock_document_pkey PRIMARY KEY (merchant_id, id) -- a stock document with this id is there already
);

-- The analysis lake. What changed is counted here by data set and month, and which files hold it up to which
-- count: the manifest, swapped in the transaction that moves the watermark. The files themselves lie in the
-- object store.
CREATE TABLE lake (
    merchant_id BIGINT NOT NULL,
    due_at BIGINT,
    leased_until BIGINT NOT NULL,
    members_next BIGINT NOT NULL,
    refreshed_at BIGINT,
    fault TEXT,
    CONSTRAINT lake_pkey PRIMARY KEY (merchant_id) -- this merchant has a lake already
);
CREATE INDEX lake_due ON lake (due_at) WHERE due_at IS NOT NULL;
-- changed counts what happened to a month (empty for the members); written is the count that the files hold.
CREATE TABLE lake_part (
    merchant_id BIGINT NOT NULL,
    data_set TEXT NOT NULL,
    month TEXT NOT NULL,
    changed BIGINT NOT NULL,
    written BIGINT NOT NULL,
    written_at BIGINT,
    CONSTRAINT lake_part_pkey PRIMARY KEY (merchant_id, data_set, month), -- this month is counted already
    CONSTRAINT lake_part_ahead CHECK (written <= changed), -- files can't hold more than happened
    CONSTRAINT lake_part_data_set CHECK (data_set IN ('lines', 'members'))
);
CREATE TABLE lake_file (
    merchant_id BIGINT NOT NULL,
    data_set TEXT NOT NULL,
    month TEXT NOT NULL,
    place BIGINT NOT NULL,
    name TEXT NOT NULL,
    rows_total BIGINT NOT NULL,
    quantity_milli BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    CONSTRAINT lake_file_pkey PRIMARY KEY (merchant_id, data_set, month, place), -- this piece of the month is there already
    CONSTRAINT lake_file_name_taken UNIQUE (merchant_id, name) -- a file is named once
);
-- Files that no manifest names: about to be written, replaced, or left behind by a worker that died.
CREATE TABLE lake_scrap (
    merchant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    since BIGINT NOT NULL,
    CONSTRAINT lake_scrap_pkey PRIMARY KEY (merchant_id, name) -- this file is to go already
);
-- Who a number of the lake is; gone with the member's erasure.
CREATE TABLE lake_member (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    number BIGINT NOT NULL,
    CONSTRAINT lake_member_pkey PRIMARY KEY (merchant_id, member_id), -- this member has a number already
    CONSTRAINT lake_member_number_taken UNIQUE (merchant_id, number) -- another member has this number
);
-- What was imported before has no event that names its months.
INSERT INTO lake_part (merchant_id, data_set, month, changed, written)
    SELECT merchant_id, 'lines', month, 1, 0 FROM (
        SELECT DISTINCT merchant_id, SUBSTR(business_date, 1, 7) AS month FROM sales_order WHERE import_id IS NOT NULL
        UNION SELECT DISTINCT merchant_id, SUBSTR(business_date, 1, 7) FROM refund WHERE import_id IS NOT NULL) AS past;

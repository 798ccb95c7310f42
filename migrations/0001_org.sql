CREATE TABLE merchant (
    merchant_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    trade TEXT NOT NULL,
    currency TEXT NOT NULL,
    zone TEXT NOT NULL,
    book_version BIGINT NOT NULL,
    owners BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT merchant_pkey PRIMARY KEY (merchant_id), -- a merchant with this number is there already
    CONSTRAINT owner_last CHECK (owners >= 1) -- the last owner can't be removed; make somebody else an owner first
);
CREATE TABLE setting (
    merchant_id BIGINT NOT NULL,
    section TEXT NOT NULL,
    value TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT setting_pkey PRIMARY KEY (merchant_id, section) -- this section is set already
);
CREATE TABLE store (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    region TEXT NOT NULL,
    address TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT store_pkey PRIMARY KEY (merchant_id, id), -- a store with this id is there already
    CONSTRAINT store_name_taken UNIQUE (merchant_id, name), -- another store has this name
    CONSTRAINT store_merchant_unknown FOREIGN KEY (merchant_id) REFERENCES merchant (merchant_id) -- there is no such merchant
);
CREATE TABLE till (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    store_id UUID NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT till_pkey PRIMARY KEY (merchant_id, id), -- a till with this id is there already
    CONSTRAINT till_number_taken UNIQUE (merchant_id, number), -- another till has this number
    CONSTRAINT till_store_unknown FOREIGN KEY (merchant_id, store_id) REFERENCES store (merchant_id, id) -- there is no such store
);
CREATE TABLE staff (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    stores TEXT,
    password_hash TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT staff_pkey PRIMARY KEY (merchant_id, id), -- a member of staff with this id is there already
    CONSTRAINT staff_username_taken UNIQUE (merchant_id, username), -- somebody else signs in with this name
    CONSTRAINT staff_merchant_unknown FOREIGN KEY (merchant_id) REFERENCES merchant (merchant_id) -- there is no such merchant
);
CREATE TABLE session (
    merchant_id BIGINT NOT NULL,
    secret_hash TEXT NOT NULL,
    staff_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    CONSTRAINT session_pkey PRIMARY KEY (merchant_id, secret_hash), -- this session is there already
    CONSTRAINT session_staff_unknown FOREIGN KEY (merchant_id, staff_id) REFERENCES staff (merchant_id, id) -- there is no such member of staff
);
CREATE INDEX session_by_staff ON session (merchant_id, staff_id);
CREATE TABLE api_key (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    scopes TEXT NOT NULL,
    stores TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    CONSTRAINT api_key_pkey PRIMARY KEY (merchant_id, id), -- an API key with this id is there already
    CONSTRAINT api_key_merchant_unknown FOREIGN KEY (merchant_id) REFERENCES merchant (merchant_id) -- there is no such merchant
);
CREATE TABLE audit (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    old_value TEXT,
    new_value TEXT,
    CONSTRAINT audit_pkey PRIMARY KEY (merchant_id, id) -- this entry is there already
);
CREATE INDEX audit_by_subject ON audit (merchant_id, subject, id);

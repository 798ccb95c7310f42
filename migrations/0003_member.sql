-- Members and what is known about them. Personal texts (name, phone, email, birthday, note) are
-- sealed; *_index columns are blind indexes; what is plain besides them is what lists need.
CREATE TABLE member (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    phone TEXT,
    phone_index TEXT,
    phone_last4 TEXT,
    name TEXT,
    name_index TEXT,
    name_initials TEXT,
    email TEXT,
    note TEXT,
    birthday TEXT,
    birthday_month_day TEXT,
    birthday_lunar BOOLEAN NOT NULL,
    gender TEXT,
    province TEXT,
    city TEXT,
    district TEXT,
    source TEXT,
    home_store UUID,
    joined_on TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT member_pkey PRIMARY KEY (merchant_id, id), -- a member with this id is there already
    CONSTRAINT member_number_taken UNIQUE (merchant_id, number), -- another member has this number; try again
    CONSTRAINT member_phone_taken UNIQUE (merchant_id, phone_index), -- another member has this phone number
    CONSTRAINT member_kind CHECK (kind IN ('individual', 'group')),
    CONSTRAINT member_state CHECK (state IN ('active', 'frozen', 'erased'))
);
CREATE INDEX member_by_phone_last4 ON member (merchant_id, phone_last4, id);
CREATE INDEX member_by_name ON member (merchant_id, name_index, id);
CREATE INDEX member_by_initials ON member (merchant_id, name_initials, id);
CREATE INDEX member_by_store ON member (merchant_id, home_store, id);
CREATE INDEX member_by_region ON member (merchant_id, province, city, district, id);
CREATE INDEX member_by_birthday ON member (merchant_id, birthday_lunar, birthday_month_day, id);

-- One row per member: what the purchases add up to, and the stage that follows from it.
CREATE TABLE member_stat (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    orders BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    first_purchase_on TEXT,
    last_purchase_on TEXT,
    stage TEXT NOT NULL,
    stage_since TEXT NOT NULL,
    stage_due_on TEXT,
    CONSTRAINT member_stat_pkey PRIMARY KEY (merchant_id, member_id), -- this member's figures are there already
    CONSTRAINT member_stat_stage CHECK (stage IN ('prospect', 'new', 'active', 'loyal', 'marginal', 'dormant', 'lost'))
);
CREATE INDEX member_stat_by_stage ON member_stat (merchant_id, stage, member_id);
CREATE INDEX member_stat_by_due ON member_stat (merchant_id, stage_due_on, member_id);

CREATE TABLE member_tag (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    tag_id UUID NOT NULL,
    by_rule BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT member_tag_pkey PRIMARY KEY (merchant_id, member_id, tag_id) -- the member has this tag already
);
CREATE INDEX member_tag_by_tag ON member_tag (merchant_id, tag_id, member_id);

CREATE TABLE tag (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    rule TEXT,
    archived BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT tag_pkey PRIMARY KEY (merchant_id, id), -- a tag with this id is there already
    CONSTRAINT tag_name_taken UNIQUE (merchant_id, name) -- another tag has this name
);

CREATE TABLE card (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    nfc_uid TEXT,
    state TEXT NOT NULL,
    bound_at BIGINT NOT NULL,
    ended_at BIGINT,
    replaced_by UUID,
    CONSTRAINT card_pkey PRIMARY KEY (merchant_id, id), -- a card with this id is there already
    CONSTRAINT card_number_taken UNIQUE (merchant_id, number), -- another card has this number
    CONSTRAINT card_nfc_taken UNIQUE (merchant_id, nfc_uid), -- another card has this chip
    CONSTRAINT card_kind CHECK (kind IN ('digital', 'physical')),
    CONSTRAINT card_state CHECK (state IN ('active', 'lost', 'replaced'))
);
CREATE INDEX card_by_member ON card (merchant_id, member_id, id);

-- A dependent's name is sealed; the dates are plain, because journeys and lists select by them, and
-- without a name they tell of nobody outside.
CREATE TABLE dependent (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT,
    relation TEXT NOT NULL,
    gender TEXT,
    born_on TEXT,
    due_on TEXT,
    created_at BIGINT NOT NULL,
    CONSTRAINT dependent_pkey PRIMARY KEY (merchant_id, member_id, id), -- this dependent is there already
    CONSTRAINT dependent_one_date CHECK (born_on IS NULL OR due_on IS NULL) -- a dependent has a birth date or a due date, not both
);
CREATE INDEX dependent_by_birth ON dependent (merchant_id, born_on, member_id);
CREATE INDEX dependent_by_due ON dependent (merchant_id, due_on, member_id);

CREATE TABLE field (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    subject TEXT NOT NULL,
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    kind TEXT NOT NULL,
    options TEXT NOT NULL,
    scale BIGINT NOT NULL,
    archived BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT field_pkey PRIMARY KEY (merchant_id, id), -- a field with this id is there already
    CONSTRAINT field_key_taken UNIQUE (merchant_id, subject, key) -- another field has this key
);

-- One row per value; a multiple choice has several, counted by place.
CREATE TABLE field_value (
    merchant_id BIGINT NOT NULL,
    subject_id UUID NOT NULL,
    field_id UUID NOT NULL,
    place BIGINT NOT NULL,
    text_value TEXT,
    int_value BIGINT,
    CONSTRAINT field_value_pkey PRIMARY KEY (merchant_id, subject_id, field_id, place) -- this value is there already
);
CREATE INDEX field_value_by_text ON field_value (merchant_id, field_id, text_value, subject_id);
CREATE INDEX field_value_by_int ON field_value (merchant_id, field_id, int_value, subject_id);

CREATE TABLE terms (
    merchant_id BIGINT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT terms_version_taken PRIMARY KEY (merchant_id, version) -- terms with this version are published; they never change, publish a new version
);

CREATE TABLE terms_acceptance (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    version TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT terms_acceptance_pkey PRIMARY KEY (merchant_id, member_id, version) -- the member has accepted this version already
);

CREATE TABLE consent (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    channel TEXT NOT NULL,
    granted BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT consent_pkey PRIMARY KEY (merchant_id, member_id, channel), -- this consent is recorded already
    CONSTRAINT consent_channel CHECK (channel IN ('sms', 'wechat', 'email', 'phone'))
);

CREATE TABLE consent_change (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    id UUID NOT NULL,
    channel TEXT NOT NULL,
    granted BOOLEAN NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT consent_change_pkey PRIMARY KEY (merchant_id, member_id, id) -- this change is recorded already
);

CREATE TABLE stage_change (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    id UUID NOT NULL,
    stage_from TEXT NOT NULL,
    stage_to TEXT NOT NULL,
    changed_on TEXT NOT NULL,
    cause TEXT NOT NULL,
    at BIGINT NOT NULL,
    CONSTRAINT stage_change_pkey PRIMARY KEY (merchant_id, member_id, id) -- this change is recorded already
);
CREATE INDEX stage_change_by_date ON stage_change (merchant_id, changed_on, stage_to, member_id);

-- What the sales events said, one row per order: the stage and the figures can be recomputed from it.
-- A return without its order is a row with a negative amount that does not count.
CREATE TABLE purchase (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    order_id UUID NOT NULL,
    store_id UUID,
    purchased_on TEXT,
    amount BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    counts BOOLEAN NOT NULL,
    undone BOOLEAN NOT NULL,
    CONSTRAINT purchase_pkey PRIMARY KEY (merchant_id, member_id, order_id) -- this order is counted already
);
CREATE INDEX purchase_by_date ON purchase (merchant_id, member_id, purchased_on);

-- Every contact with a member: a message, a coupon, a campaign, a call. Append-only.
CREATE TABLE contact (
    merchant_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    id UUID NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT contact_pkey PRIMARY KEY (merchant_id, member_id, id) -- this contact is recorded already
);

-- Messages on their way to people; address and text are sealed. A lease is a time until which no other
-- server sends it; after ends_at it is of no use any more.
CREATE TABLE message (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    channel TEXT NOT NULL,
    purpose TEXT NOT NULL,
    address TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    to_log BOOLEAN NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    last_fault TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    CONSTRAINT message_pkey PRIMARY KEY (merchant_id, id), -- a message with this id is there already
    CONSTRAINT message_state CHECK (state IN ('waiting', 'sent', 'failed', 'withheld'))
);
CREATE INDEX message_due ON message (due_at) WHERE state = 'waiting';

-- The program of the merchant's that sends messages of a channel. The secret signs, sealed.
CREATE TABLE message_gateway (
    merchant_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT message_gateway_pkey PRIMARY KEY (merchant_id, channel) -- this channel has a gateway already
);

-- The one code that a phone can sign in with now. The phone is a blind index, the code a hash.
CREATE TABLE sign_in_code (
    merchant_id BIGINT NOT NULL,
    phone_index TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    tries_left BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT sign_in_code_pkey PRIMARY KEY (merchant_id, phone_index), -- this phone has a code already
    CONSTRAINT sign_in_code_tries CHECK (tries_left >= 0) -- this code was tried too often; ask for a new one
);

-- Members who are signed in on their own phones.
CREATE TABLE member_session (
    merchant_id BIGINT NOT NULL,
    secret_hash TEXT NOT NULL,
    member_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    CONSTRAINT member_session_pkey PRIMARY KEY (merchant_id, secret_hash) -- this session is there already
);
CREATE INDEX member_session_by_member ON member_session (merchant_id, member_id);

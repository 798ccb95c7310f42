-- A session that was begun without the second factor that its role needs may only set one up.
ALTER TABLE session ADD COLUMN limited BOOLEAN NOT NULL DEFAULT FALSE;

-- The secret of an authenticator app, sealed. pending waits to be confirmed by its first code.
-- last_step is the time step of the last code that was taken: none counts twice.
CREATE TABLE staff_totp (
    merchant_id BIGINT NOT NULL,
    staff_id UUID NOT NULL,
    secret TEXT,
    pending TEXT,
    last_step BIGINT NOT NULL,
    confirmed_at BIGINT,
    CONSTRAINT staff_totp_pkey PRIMARY KEY (merchant_id, staff_id), -- this person has an authenticator already
    CONSTRAINT staff_totp_staff_unknown FOREIGN KEY (merchant_id, staff_id) REFERENCES staff (merchant_id, id) -- there is no such member of staff
);

-- Codes for the day the phone is lost; each goes with its use.
CREATE TABLE recovery_code (
    merchant_id BIGINT NOT NULL,
    staff_id UUID NOT NULL,
    code_hash TEXT NOT NULL,
    CONSTRAINT recovery_code_pkey PRIMARY KEY (merchant_id, staff_id, code_hash), -- this code is there already
    CONSTRAINT recovery_code_staff_unknown FOREIGN KEY (merchant_id, staff_id) REFERENCES staff (merchant_id, id) -- there is no such member of staff
);

-- When an address or an account may try again, for all servers; due_at is the theoretical arrival time
-- of the next attempt. Under merchant 0, since nobody is known yet; subjects are blind indexes.
CREATE TABLE sign_in_attempt (
    merchant_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    CONSTRAINT sign_in_attempt_pkey PRIMARY KEY (merchant_id, subject) -- this subject is counted already
);
CREATE INDEX sign_in_attempt_by_due ON sign_in_attempt (merchant_id, due_at);

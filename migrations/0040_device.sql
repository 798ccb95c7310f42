-- A device that stands at a till: what its cookie holds, as a hash.
CREATE TABLE device (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    till_id UUID NOT NULL,
    name TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT device_pkey PRIMARY KEY (merchant_id, id), -- a device with this id is there already
    CONSTRAINT device_till_unknown FOREIGN KEY (merchant_id, till_id) REFERENCES till (merchant_id, id) -- there is no such till
);

-- What staff sign in with at a known device: a hash, sealed. tries counts wrong ones since tried_at.
CREATE TABLE staff_pin (
    merchant_id BIGINT NOT NULL,
    staff_id UUID NOT NULL,
    hash TEXT NOT NULL,
    tries BIGINT NOT NULL,
    tried_at BIGINT NOT NULL,
    set_at BIGINT NOT NULL,
    CONSTRAINT staff_pin_pkey PRIMARY KEY (merchant_id, staff_id), -- this person has a PIN already
    CONSTRAINT staff_pin_staff_unknown FOREIGN KEY (merchant_id, staff_id) REFERENCES staff (merchant_id, id) -- there is no such member of staff
);

-- A session that was begun at a till's device ends with the device, and after the idle time of its own.
ALTER TABLE session ADD COLUMN device_id UUID;
ALTER TABLE session ADD COLUMN idle_ms BIGINT;

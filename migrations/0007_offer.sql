CREATE TABLE offer (
    merchant_id BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT offer_taken PRIMARY KEY (merchant_id, id), -- an offer with this id is there already
    CONSTRAINT offer_kind CHECK (kind IN ('threshold')),
    CONSTRAINT offer_state CHECK (state IN ('draft', 'published', 'stopped'))
);

-- What an offer said, version by version; rows are never changed.
CREATE TABLE offer_version (
    merchant_id BIGINT NOT NULL,
    offer_id UUID NOT NULL,
    version BIGINT NOT NULL,
    terms TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    CONSTRAINT offer_version_taken PRIMARY KEY (merchant_id, offer_id, version), -- somebody else has just changed this offer; look again
    CONSTRAINT offer_version_unknown FOREIGN KEY (merchant_id, offer_id) REFERENCES offer (merchant_id, id) -- there is no such offer
);

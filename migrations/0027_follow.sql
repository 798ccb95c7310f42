-- Whoever took the money for prepaid value owes whoever serves for it: every lot of money says which store
-- issued it. Points have no issuer.
ALTER TABLE lot ADD COLUMN issuer_id UUID;
UPDATE lot SET issuer_id = (SELECT granted_by.store_id FROM transfer granted_by WHERE granted_by.merchant_id = lot.merchant_id
    AND granted_by.source_id = lot.source_id AND granted_by.source_line = lot.source_line)
    WHERE kind IN ('principal', 'bonus', 'pass_value', 'gift_card');
-- What a gift card brought into a wallet was issued by the store that sold the card.
UPDATE lot SET issuer_id = (SELECT card.issuer_id FROM transfer spent JOIN lot card ON card.merchant_id = spent.merchant_id
        AND card.owner = spent.debit_owner AND card.kind = 'gift_card'
    WHERE spent.merchant_id = lot.merchant_id AND spent.source_id = lot.source_id AND spent.debit_kind = 'gift_card' LIMIT 1)
    WHERE kind = 'principal' AND issuer_id IS NULL;
-- What a refund gave back, found by the refund: what a sale took is found by its origin.
CREATE INDEX allocation_by_source ON allocation (merchant_id, source_id) WHERE origin_id <> source_id;
-- How far those who follow the ledger have come.
CREATE TABLE ledger_cursor (
    merchant_id BIGINT NOT NULL,
    reader TEXT NOT NULL,
    position BIGINT NOT NULL,
    source_id UUID NOT NULL,
    source_line BIGINT NOT NULL,
    CONSTRAINT ledger_cursor_pkey PRIMARY KEY (merchant_id, reader)
);
-- The ledger added up by local day, store (nil where there was none), cause and the kinds it moved between.
CREATE TABLE ledger_day (
    merchant_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    store_id UUID NOT NULL,
    source_kind TEXT NOT NULL,
    debit_kind TEXT NOT NULL,
    credit_kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    CONSTRAINT ledger_day_pkey PRIMARY KEY (merchant_id, day, store_id, source_kind, debit_kind, credit_kind)
);

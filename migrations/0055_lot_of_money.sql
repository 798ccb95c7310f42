-- A lot of money by its id alone: what checks and reports find through an allocation.
CREATE INDEX lot_of_money ON lot (merchant_id, id) WHERE kind IN ('principal', 'bonus', 'pass_value', 'gift_card');

-- The list of members stays quick however many there are: each filter and sort goes along one index.
CREATE INDEX member_by_province ON member (merchant_id, province, id);
CREATE INDEX member_by_city ON member (merchant_id, province, city, id);
CREATE INDEX member_stat_by_spend ON member_stat (merchant_id, stage, amount, member_id);
CREATE INDEX member_stat_by_visit ON member_stat (merchant_id, stage, last_purchase_on, member_id);

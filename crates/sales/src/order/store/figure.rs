//! What figures count of orders: selects whose `$1` is the merchant.

macro_rules! bought {
    ($rest:literal) => {
        concat!(
            "SELECT o.merchant_id, o.member_id, o.business_date AS day, o.store_id, o.total - o.refunded AS amount FROM sales_order o
             WHERE o.merchant_id = $1 AND o.member_id IS NOT NULL AND (o.refunds = 0 OR EXISTS (SELECT 1 FROM order_line l
                 WHERE l.merchant_id = o.merchant_id AND l.order_id = o.id AND l.refunded_milli < l.quantity_milli))",
            $rest
        )
    };
}

/// `merchant_id, member_id, day, store_id, amount` of every member's order that was not wholly taken back.
pub(crate) const BOUGHT: &str = bought!("");

/// The same of member `$2` on day `$3` in store `$4`.
pub(crate) const BOUGHT_ON: &str = bought!(" AND o.member_id = $2 AND o.business_date = $3 AND o.store_id = $4");

/// For `verify`: `day, store_id, orders, amount, undone` of every order.
pub(crate) const MADE: &str = "SELECT o.business_date AS day, o.store_id, 1 AS orders, o.total AS amount,
         CASE WHEN o.refunds > 0 AND NOT EXISTS (SELECT 1 FROM order_line l WHERE l.merchant_id = o.merchant_id AND l.order_id = o.id
             AND l.refunded_milli < l.quantity_milli) THEN 1 ELSE 0 END AS undone
     FROM sales_order o WHERE o.merchant_id = $1";

/// For `verify`: `product_id, store_id, quantity_milli` of every line, less what was taken back of it.
pub(crate) const KEPT: &str = "SELECT l.product_id, o.store_id, l.quantity_milli - l.refunded_milli AS quantity_milli
     FROM order_line l JOIN sales_order o ON o.merchant_id = l.merchant_id AND o.id = l.order_id WHERE l.merchant_id = $1";

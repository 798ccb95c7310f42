//! What `verify` adds up of refunds: selects whose `$1` is the merchant.

/// `id, order_id, member_id, import_id, amount, points_returned, points_clawed`.
pub(crate) const REFUNDS: &str =
    "SELECT id, order_id, member_id, import_id, amount, points_returned, points_clawed FROM refund WHERE merchant_id = $1";

/// `refund_id, amount` of every line of a return without an order.
pub(crate) const RETURN_LINES: &str = "SELECT refund_id, amount FROM return_line WHERE merchant_id = $1";

/// `day, store_id, amount` of every refund and return.
pub(crate) const GIVEN_BACK: &str = "SELECT business_date AS day, store_id, amount FROM refund WHERE merchant_id = $1";

/// `product_id, store_id, quantity_milli` of every line of a return without an order.
pub(crate) const BROUGHT: &str = "SELECT l.product_id, r.store_id, l.quantity_milli FROM return_line l
     JOIN refund r ON r.merchant_id = l.merchant_id AND r.id = l.refund_id WHERE l.merchant_id = $1";

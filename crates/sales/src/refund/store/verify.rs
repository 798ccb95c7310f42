//! What `verify` adds up of refunds: selects whose `$1` is the merchant.

/// `id, order_id, member_id, import_id, amount, points_returned, points_clawed`.
pub(crate) const REFUNDS: &str =
    "SELECT id, order_id, member_id, import_id, amount, points_returned, points_clawed FROM refund WHERE merchant_id = $1";

/// `refund_id, amount` of every line of a return without an order.
pub(crate) const RETURN_LINES: &str = "SELECT refund_id, amount FROM return_line WHERE merchant_id = $1";

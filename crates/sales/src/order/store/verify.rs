//! What `verify` adds up of orders: selects whose `$1` is the merchant.

/// `id, member_id, import_id, gross, total, points_spent, points_earned, refunds, refunded, points_returned, points_clawed, payments, savings, tax, tax_mode`.
pub(crate) const ORDERS: &str = "SELECT id, member_id, import_id, gross, total, points_spent, points_earned, refunds, refunded,
     points_returned, points_clawed, payments, savings, tax, tax_mode FROM sales_order WHERE merchant_id = $1";

/// `order_id, gross, net, points_earned, shares, tax, tax_added, parts` of every line.
pub(crate) const LINES: &str = "SELECT order_id, gross, net, points_earned,
     share_activity + share_member + share_threshold + share_coupon + share_points + share_rounding AS shares, tax, tax_added, parts
     FROM order_line WHERE merchant_id = $1";

//! What figures count of orders: selects whose `$1` is the merchant.

use crate::product::store::placeholders;
use shuke_db::{Stmt, ToValue as _, Tx};
use shuke_kernel::{Date, Instant, MerchantId, Result, Uuid};

/// Member, day, moment, store.
pub(crate) type Visit = (Uuid, Date, Instant, Uuid);

/// When and where members bought at tills of some days, where it was not wholly taken back. At least one member.
pub(crate) async fn visits(tx: &mut Tx, merchant: MerchantId, members: &[Uuid], (from, to): (Date, Date)) -> Result<Vec<Visit>> {
    let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
    params.extend(members.iter().map(|member| member.to_value()));
    let text = format!(
        "SELECT o.member_id, o.business_date, o.at, o.store_id FROM sales_order o
         WHERE o.merchant_id = $1 AND o.business_date >= $2 AND o.business_date <= $3 AND o.member_id IN ({})
             AND o.channel = 'till' AND o.import_id IS NULL AND (o.refunds = 0 OR EXISTS (SELECT 1 FROM order_line l
                 WHERE l.merchant_id = o.merchant_id AND l.order_id = o.id AND l.refunded_milli < l.quantity_milli))",
        placeholders(4, members.len())
    );
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).collect()
}

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

//! SQL of the figures.

use super::model::{BuyerSums, GoodsFigures, HourFigures, OrderSums};
use crate::order::store::figure::{BOUGHT, BOUGHT_ON};
use crate::product::store::placeholders;
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, sql};
use shuke_kernel::{Date, MerchantId, Money, Result, Uuid};
use std::collections::BTreeMap;

/// Rows of one statement.
const ROWS_MAX: usize = 400;

/// Day, store, hour.
pub(super) type HourKey = (Date, Uuid, i64);
/// Day, store, product.
pub(super) type GoodsKey = (Date, Uuid, Uuid);
/// Member, day, store.
pub(super) type BuyerKey = (Uuid, Date, Uuid);

/// Adds rows to those that are there: key columns, then columns that add up.
async fn add(tx: &mut Tx, merchant: MerchantId, head: (&str, &[&str], &[&str]), rows: Vec<Vec<Value>>) -> Result<()> {
    let (table, key, sums) = head;
    let columns: Vec<&str> = key.iter().chain(sums).copied().collect();
    for rows in rows.chunks(ROWS_MAX) {
        let mut params = vec![merchant.to_value()];
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            places.push(format!("($1, {})", placeholders(params.len() + 1, row.len())));
            params.extend(row.iter().cloned());
        }
        let set: Vec<String> = sums.iter().map(|column| format!("{column} = {table}.{column} + excluded.{column}")).collect();
        let text = format!(
            "INSERT INTO {table} (merchant_id, {}) VALUES {} ON CONFLICT (merchant_id, {}) DO UPDATE SET {}",
            columns.join(", "),
            places.join(", "),
            key.join(", "),
            set.join(", ")
        );
        tx.queue(Stmt::built(text, params)).await?;
    }
    Ok(())
}

/// Adds to hours, in the order of their keys.
pub(super) async fn add_hours(tx: &mut Tx, merchant: MerchantId, hours: &BTreeMap<HourKey, OrderSums>) -> Result<()> {
    let row = |((day, store, hour), sums): (&HourKey, &OrderSums)| {
        let own = [day.to_value(), store.to_value(), Value::Int(*hour)];
        let counts = [sums.orders, sums.amount.0, sums.undone, sums.refunds, sums.refunded.0];
        own.into_iter().chain(counts.map(Value::Int)).collect()
    };
    let sums = ["orders", "amount", "undone", "refunds", "refunded"];
    add(tx, merchant, ("figure_hour", &["day", "store_id", "hour"], &sums), hours.iter().map(row).collect()).await
}

/// Adds to products, in the order of their keys.
pub(super) async fn add_goods(tx: &mut Tx, merchant: MerchantId, goods: &BTreeMap<GoodsKey, (i64, i64)>) -> Result<()> {
    let row = |((day, store, product), (quantity, amount)): (&GoodsKey, &(i64, i64))| {
        vec![day.to_value(), store.to_value(), product.to_value(), Value::Int(*quantity), Value::Int(*amount)]
    };
    let head = ("figure_goods", ["day", "store_id", "product_id"], ["quantity_milli", "amount"]);
    add(tx, merchant, (head.0, &head.1, &head.2), goods.iter().map(row).collect()).await
}

/// Adds orders to buyers, in the order of their keys: orders of an import.
pub(super) async fn add_buyers(tx: &mut Tx, merchant: MerchantId, buyers: &BTreeMap<BuyerKey, (i64, i64)>) -> Result<()> {
    let row = |((member, day, store), (orders, amount)): (&BuyerKey, &(i64, i64))| {
        vec![member.to_value(), day.to_value(), store.to_value(), Value::Int(*orders), Value::Int(*amount)]
    };
    let head = ("figure_buyer", ["member_id", "day", "store_id"], ["orders", "amount"]);
    add(tx, merchant, (head.0, &head.1, &head.2), buyers.iter().map(row).collect()).await
}

/// Counts a member's orders of a day in a store again. The row is taken first, so that the orders are read
/// after whoever had it before.
pub(super) async fn recount(tx: &mut Tx, merchant: MerchantId, (member, day, store): BuyerKey) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO figure_buyer (merchant_id, member_id, day, store_id, orders, amount) VALUES ($1, $2, $3, $4, 0, 0)
         ON CONFLICT (merchant_id, member_id, day, store_id) DO UPDATE SET orders = figure_buyer.orders",
        merchant,
        member,
        day,
        store
    ))
    .await?;
    let text = format!(
        "UPDATE figure_buyer SET orders = (SELECT COUNT(*) FROM ({BOUGHT_ON}) AS counted),
             amount = (SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM ({BOUGHT_ON}) AS summed)
         WHERE merchant_id = $1 AND member_id = $2 AND day = $3 AND store_id = $4"
    );
    tx.queue(Stmt::built(text, vec![merchant.to_value(), member.to_value(), day.to_value(), store.to_value()])).await
}

/// Counts all orders of a member again.
pub(super) async fn recount_all(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<()> {
    tx.queue(sql!("DELETE FROM figure_buyer WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await?;
    let text = format!(
        "INSERT INTO figure_buyer (merchant_id, member_id, day, store_id, orders, amount)
         SELECT merchant_id, member_id, day, store_id, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM ({BOUGHT}) AS bought
         WHERE member_id = $2 GROUP BY merchant_id, member_id, day, store_id
         ON CONFLICT (merchant_id, member_id, day, store_id) DO UPDATE SET orders = excluded.orders, amount = excluded.amount"
    );
    tx.queue(Stmt::built(text, vec![merchant.to_value(), member.to_value()])).await
}

/// Of which days, in which stores: none for all.
pub(super) type Scope<'s> = ((Date, Date), Option<&'s [Uuid]>);

/// The condition of a scope, with the parameters from `$1` on.
fn within(merchant: MerchantId, ((from, to), stores): Scope<'_>) -> (String, Vec<Value>) {
    let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
    let mut text = "merchant_id = $1 AND day >= $2 AND day <= $3".to_owned();
    if let Some(stores) = stores {
        text.push_str(&format!(" AND store_id IN ({})", placeholders(4, stores.len())));
        params.extend(stores.iter().map(|id| id.to_value()));
    }
    (text, params)
}

const SUMS: &str = "CAST(SUM(orders) AS BIGINT), CAST(SUM(amount) AS BIGINT), CAST(SUM(undone) AS BIGINT), CAST(SUM(refunds) AS BIGINT),
     CAST(SUM(refunded) AS BIGINT)";

fn sums(row: &Row, from: usize) -> Result<OrderSums> {
    Ok(OrderSums {
        orders: row.get(from)?,
        amount: row.get(from + 1)?,
        undone: row.get(from + 2)?,
        refunds: row.get(from + 3)?,
        refunded: row.get(from + 4)?,
    })
}

/// What orders come to, by day and store.
pub(super) async fn by_day(tx: &mut Tx, merchant: MerchantId, scope: Scope<'_>) -> Result<Vec<(Date, Uuid, OrderSums)>> {
    let (condition, params) = within(merchant, scope);
    let text = format!("SELECT day, store_id, {SUMS} FROM figure_hour WHERE {condition} GROUP BY day, store_id ORDER BY day, store_id");
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, sums(row, 2)?))).collect()
}

/// What orders come to, by hour.
pub(super) async fn by_hour(tx: &mut Tx, merchant: MerchantId, scope: Scope<'_>) -> Result<Vec<HourFigures>> {
    let (condition, params) = within(merchant, scope);
    let text = format!("SELECT hour, {SUMS} FROM figure_hour WHERE {condition} GROUP BY hour ORDER BY hour");
    let read = |row: &Row| Ok(HourFigures { hour: row.get(0)?, orders: sums(row, 1)? });
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// What sold best, by amount; without names.
pub(super) async fn best(tx: &mut Tx, merchant: MerchantId, scope: Scope<'_>, limit: i64) -> Result<Vec<GoodsFigures>> {
    let (condition, mut params) = within(merchant, scope);
    params.push(Value::Int(limit));
    let text = format!(
        "SELECT product_id, CAST(SUM(quantity_milli) AS BIGINT), CAST(SUM(amount) AS BIGINT) FROM figure_goods WHERE {condition}
         GROUP BY product_id HAVING SUM(quantity_milli) > 0 ORDER BY 3 DESC, product_id LIMIT ${}",
        params.len()
    );
    let read = |row: &Row| {
        Ok(GoodsFigures { product: row.get(0)?, name: String::new(), quantity_milli: row.get(1)?, amount: row.get::<Money>(2)? })
    };
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// Who bought.
pub(super) async fn buyers(tx: &mut Tx, merchant: MerchantId, scope: Scope<'_>) -> Result<BuyerSums> {
    let (condition, params) = within(merchant, scope);
    let text = format!(
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN orders > 1 THEN 1 ELSE 0 END), 0) AS BIGINT),
             CAST(COALESCE(SUM(orders), 0) AS BIGINT), CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM (
             SELECT member_id, SUM(orders) AS orders, SUM(amount) AS amount FROM figure_buyer WHERE {condition} AND orders > 0
             GROUP BY member_id) AS members"
    );
    let row = tx.need(Stmt::built(text, params), || shuke_kernel::Error::internal("a count has no row")).await?;
    Ok(BuyerSums { buyers: row.get(0)?, repeat_buyers: row.get(1)?, orders: row.get(2)?, amount: row.get(3)? })
}

/// Member and day of those who bought more often than so on one day, or in more than one store, the last day and who
/// bought most often first.
pub(super) async fn frequent(tx: &mut Tx, merchant: MerchantId, scope: Scope<'_>, often: i64, limit: i64) -> Result<Vec<(Uuid, Date)>> {
    let (condition, mut params) = within(merchant, scope);
    params.extend([Value::Int(often), Value::Int(limit)]);
    let text = format!(
        "SELECT member_id, day FROM figure_buyer WHERE {condition} AND orders > 0 GROUP BY member_id, day
         HAVING CAST(SUM(orders) AS BIGINT) > ${} OR COUNT(*) > 1 ORDER BY day DESC, SUM(orders) DESC, member_id LIMIT ${}",
        params.len() - 1,
        params.len()
    );
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// For `verify`: `day, store_id, orders, amount, undone, refunds, refunded` of every hour.
pub(super) const HOURS: &str = "SELECT day, store_id, orders, amount, undone, refunds, refunded FROM figure_hour WHERE merchant_id = $1";

/// For `verify`: `product_id, store_id, quantity_milli` of every day.
pub(super) const GOODS: &str = "SELECT product_id, store_id, quantity_milli FROM figure_goods WHERE merchant_id = $1";

/// For `verify`: `day, store_id, member_id, orders, amount` of every buyer.
pub(super) const BUYERS: &str = "SELECT day, store_id, member_id, orders, amount FROM figure_buyer WHERE merchant_id = $1";

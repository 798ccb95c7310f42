//! SQL of lists: each goes along one index, newest first, and on from the last row's moment and id.

use super::super::model::Order;
use super::{SELECT, read};
use crate::product::store::placeholders;
use shuke_db::{Stmt, ToValue as _, Tx, Value, sql};
use shuke_kernel::{Instant, MerchantId, Result, Uuid, Zone};
use shuke_offer::price::Saving;

/// Most stores whose orders are merged; whoever has more is to name one.
const STORES_MAX: usize = 200;

/// A store and the part of its time that counts: from a moment on, until before another.
pub(crate) type Span = (Uuid, Option<Instant>, Option<Instant>);

/// Which orders a list shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) store: Option<Uuid>,
    pub(crate) member: Option<Uuid>,
    pub(crate) from: Option<Instant>,
    pub(crate) until: Option<Instant>,
    pub(crate) before: Option<(Instant, Uuid)>,
}

/// Orders without their lines, newest first: of a member, or of a store.
pub(crate) async fn list(
    tx: &mut Tx,
    merchant: MerchantId,
    filter: &Filter,
    limit: i64,
    zone: impl Fn(Uuid) -> Zone,
) -> Result<Vec<Order>> {
    let mut params = vec![merchant.to_value()];
    let mut text = format!("{SELECT} WHERE merchant_id = $1");
    let mut and = |condition: &str, value: Value| {
        params.push(value);
        text.push_str(&condition.replace('?', &format!("${}", params.len())));
    };
    if let Some(member) = filter.member {
        and(" AND member_id = ?", member.to_value());
    }
    if let Some(store) = filter.store {
        and(" AND store_id = ?", store.to_value());
    }
    if let Some(from) = filter.from {
        and(" AND at >= ?", from.to_value());
    }
    if let Some(until) = filter.until {
        and(" AND at < ?", until.to_value());
    }
    if let Some((at, id)) = filter.before {
        and(" AND (at, id) < (?, ", at.to_value());
        and("?)", id.to_value());
    }
    and(" ORDER BY at DESC, id DESC LIMIT ?", limit.to_value());
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| read(row, &zone)).collect()
}

/// Orders of some stores, newest first: the first rows of each store, which its index has in order, and of these
/// the first.
pub(crate) fn of_stores_stmt(merchant: MerchantId, spans: &[Span], before: Option<(Instant, Uuid)>, limit: i64) -> Stmt {
    let mut params = vec![merchant.to_value(), limit.to_value()];
    let mut beyond = String::new();
    if let Some((at, id)) = before {
        params.extend([at.to_value(), id.to_value()]);
        // The first condition is what the index is entered by.
        beyond = " AND at <= $3 AND (at, id) < ($3, $4)".to_owned();
    }
    let mut parts = Vec::with_capacity(spans.len());
    for (place, (store, from, until)) in spans.iter().enumerate() {
        let mut part = format!("SELECT * FROM ({SELECT} WHERE merchant_id = $1{beyond}");
        let bounds = [
            (" AND store_id =", Some(store.to_value())),
            (" AND at >=", from.map(|at| at.to_value())),
            (" AND at <", until.map(|at| at.to_value())),
        ];
        for (condition, value) in bounds {
            if let Some(value) = value {
                params.push(value);
                part.push_str(&format!("{condition} ${}", params.len()));
            }
        }
        part.push_str(&format!(" ORDER BY at DESC, id DESC LIMIT $2) AS store_{place}"));
        parts.push(part);
    }
    Stmt::built(format!("{} ORDER BY at DESC, id DESC LIMIT $2", parts.join(" UNION ALL ")), params)
}

/// Orders of some stores; see [`of_stores_stmt`]. Of very many stores the table is walked.
pub(crate) async fn of_stores(
    tx: &mut Tx,
    merchant: MerchantId,
    spans: &[Span],
    before: Option<(Instant, Uuid)>,
    limit: i64,
    zone: impl Fn(Uuid) -> Zone,
) -> Result<Vec<Order>> {
    match spans {
        [] => Ok(Vec::new()),
        [(_, from, until), ..] if spans.len() > STORES_MAX => {
            let filter = Filter { from: *from, until: *until, before, ..Filter::default() };
            list(tx, merchant, &filter, limit, zone).await
        }
        _ => tx.rows(of_stores_stmt(merchant, spans, before, limit)).await?.iter().map(|row| read(row, &zone)).collect(),
    }
}

/// Orders of some members, newest first, in one store or all; the members must be few.
pub(crate) async fn of_members(
    tx: &mut Tx,
    merchant: MerchantId,
    (members, filter): (&[Uuid], &Filter),
    limit: i64,
    zone: impl Fn(Uuid) -> Zone,
) -> Result<Vec<Order>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let mut params: Vec<Value> = std::iter::once(merchant.to_value()).chain(members.iter().map(|id| id.to_value())).collect();
    let mut text = format!("{SELECT} WHERE merchant_id = $1 AND member_id IN ({})", placeholders(2, members.len()));
    let bounds = [
        (" AND store_id =", filter.store.map(|store| store.to_value())),
        (" AND at >=", filter.from.map(|at| at.to_value())),
        (" AND at <", filter.until.map(|at| at.to_value())),
    ];
    for (condition, value) in bounds {
        if let Some(value) = value {
            params.push(value);
            text.push_str(&format!("{condition} ${}", params.len()));
        }
    }
    if let Some((at, id)) = filter.before {
        params.extend([at.to_value(), id.to_value()]);
        text.push_str(&format!(" AND (at, id) < (${}, ${})", params.len() - 1, params.len()));
    }
    params.push(limit.to_value());
    text.push_str(&format!(" ORDER BY at DESC, id DESC LIMIT ${}", params.len()));
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| read(row, &zone)).collect()
}

/// Most orders of one member that are looked through.
const OF_MEMBER_MAX: i64 = 2_000;

/// The newest orders of one member within the span of their store.
pub(crate) async fn of_member(
    tx: &mut Tx,
    merchant: MerchantId,
    member: Uuid,
    spans: &[Span],
    before: Option<(Instant, Uuid)>,
    zone: impl Fn(Uuid) -> Zone,
) -> Result<Vec<Order>> {
    let Some(from) = spans.iter().map(|(_, from, _)| *from).min() else { return Ok(Vec::new()) };
    let until = spans.iter().filter_map(|(_, _, until)| *until).max();
    let filter = Filter { member: Some(member), from, until, before, ..Filter::default() };
    let mut found = list(tx, merchant, &filter, OF_MEMBER_MAX, zone).await?;
    let within = |store: Uuid, at: Instant| {
        let span = spans.iter().find(|(of, _, _)| *of == store);
        span.is_some_and(|(_, from, until)| from.is_none_or(|from| from <= at) && until.is_none_or(|until| at < until))
    };
    found.retain(|order| within(order.store, order.at));
    Ok(found)
}

/// What each order of a member saved, since a moment, newest first: id, store, moment, savings. Orders that were taken
/// back whole are left out.
pub(crate) fn savings_since_stmt(merchant: MerchantId, member: Uuid, from: Instant) -> Stmt {
    sql!(
        "SELECT id, store_id, at, savings FROM sales_order
         WHERE merchant_id = $1 AND member_id = $2 AND at >= $3 AND (refunds = 0 OR refunded < total) ORDER BY at DESC LIMIT $4",
        merchant,
        member,
        from,
        OF_MEMBER_MAX
    )
}

/// Reads what an order saved.
pub(crate) fn savings(text: &str) -> Result<Vec<Saving>> {
    super::parsed(text)
}

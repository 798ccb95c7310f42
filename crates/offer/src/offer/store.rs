//! SQL of offers, their versions, and the counters of their use.

use super::usage::Counter;
use super::{BudgetLeft, BudgetUsed, Offer, OfferId, OfferState, OfferView, Used};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Money, Result, Uuid};
use std::fmt::Write as _;

/// The period that stands for an offer's budget in `offer_use`.
pub(super) const BUDGET: &str = "budget";

/// The offers that run, in the order of their ids; pipelined with other reads of the book.
pub fn published_stmt(merchant: MerchantId) -> Stmt {
    sql!(
        "SELECT v.terms, v.version FROM offer o JOIN offer_version v ON v.merchant_id = o.merchant_id AND v.offer_id = o.id AND v.version = o.version
         WHERE o.merchant_id = $1 AND o.state = 'published' ORDER BY o.id",
        merchant
    )
}

/// Reads the answer of [`published_stmt`].
pub fn published_read(rows: &[Row]) -> Result<Vec<Offer>> {
    rows.iter().map(|row| terms(&row.get::<String>(0)?, row.get(1)?)).collect()
}

/// The offers that run.
pub async fn published(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<Offer>> {
    published_read(&tx.rows(published_stmt(merchant)).await?)
}

fn terms(text: &str, version: i64) -> Result<Offer> {
    let offer: Offer = serde_json::from_str(text).map_err(|error| Error::internal(format!("an offer can't be read: {error}")))?;
    Ok(Offer { version, ..offer })
}

pub(super) fn insert_stmt(cx: &Cx, id: OfferId, state: OfferState) -> Stmt {
    sql!(
        "INSERT INTO offer (merchant_id, id, kind, state, version, created_at, changed_at) VALUES ($1, $2, 'threshold', $3, 1, $4, $4)",
        cx.merchant,
        id,
        state,
        cx.now
    )
}

/// Sets the state, and the version where it is a later one: who only stops an offer undoes no edit.
pub(super) fn change_stmt(cx: &Cx, id: OfferId, state: OfferState, version: i64) -> Stmt {
    sql!(
        "UPDATE offer SET state = $3, version = CASE WHEN version < $4 THEN $4 ELSE version END, changed_at = $5 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        id,
        state,
        version,
        cx.now
    )
}

pub(super) fn version_stmt(cx: &Cx, id: OfferId, version: i64, terms: &str) -> Stmt {
    sql!(
        "INSERT INTO offer_version (merchant_id, offer_id, version, terms, at, actor) VALUES ($1, $2, $3, $4, $5, $6)",
        cx.merchant,
        id,
        version,
        terms,
        cx.now,
        cx.actor.text()
    )
}

/// Notes since when an offer is in a state. Two changes at one moment are one.
pub(super) fn state_stmt(cx: &Cx, id: OfferId, version: i64, state: OfferState) -> Stmt {
    sql!(
        "INSERT INTO offer_state (merchant_id, offer_id, at, version, state) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (merchant_id, offer_id, at) DO UPDATE SET version = excluded.version, state = excluded.state",
        cx.merchant,
        id,
        cx.now,
        version,
        state
    )
}

/// What an offer was from a moment on.
#[derive(Clone, Debug)]
pub struct Era {
    /// Since when.
    pub at: Instant,
    /// Whether it ran.
    pub runs: bool,
    /// What it said.
    pub offer: Offer,
}

/// Everything that offers ever were, by offer, oldest first; at most so many rows.
pub async fn eras(tx: &mut Tx, merchant: MerchantId, limit: i64) -> Result<Vec<Era>> {
    let stmt = sql!(
        "SELECT s.at, s.state, s.version, v.terms FROM offer_state s
         JOIN offer_version v ON v.merchant_id = s.merchant_id AND v.offer_id = s.offer_id AND v.version = s.version
         WHERE s.merchant_id = $1 ORDER BY s.offer_id, s.at LIMIT $2",
        merchant,
        limit
    );
    let read = |row: &Row| {
        let state: OfferState = row.get(1)?;
        Ok(Era { at: row.get(0)?, runs: state == OfferState::Published, offer: terms(&row.get::<String>(3)?, row.get(2)?)? })
    };
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// The offers that ran at a moment, of all that they ever were.
pub fn running_at(eras: &[Era], at: Instant) -> Vec<Offer> {
    let mut running: Vec<&Era> = Vec::new();
    for era in eras.iter().filter(|era| era.at <= at) {
        running.retain(|other| other.offer.id != era.offer.id);
        running.push(era);
    }
    running.into_iter().filter(|era| era.runs).map(|era| era.offer.clone()).collect()
}

macro_rules! offers {
    ($rest:literal) => {
        concat!(
            "SELECT v.terms, o.state, o.version, o.created_at, o.changed_at, COALESCE(b.count_used, 0), COALESCE(b.money_used, 0)
             FROM offer o
             JOIN offer_version v ON v.merchant_id = o.merchant_id AND v.offer_id = o.id AND v.version = o.version
             LEFT JOIN offer_budget b ON b.merchant_id = o.merchant_id AND b.offer_id = o.id
             WHERE o.merchant_id = $1 AND ",
            $rest
        )
    };
}

/// One offer as it is now.
pub(super) fn by_id_stmt(merchant: MerchantId, id: OfferId) -> Stmt {
    sql!(offers!("o.id = $2"), merchant, id)
}

/// Offers, newest first, after one of them.
pub(super) fn list_stmt(merchant: MerchantId, state: Option<OfferState>, after: Option<OfferId>, limit: i64) -> Stmt {
    let after = after.unwrap_or(OfferId(Uuid::max()));
    match state {
        Some(state) => sql!(offers!("o.id < $2 AND o.state = $3 ORDER BY o.id DESC LIMIT $4"), merchant, after, state, limit),
        None => sql!(offers!("o.id < $2 ORDER BY o.id DESC LIMIT $3"), merchant, after, limit),
    }
}

pub(super) fn read(row: &Row) -> Result<OfferView> {
    let version = row.get(2)?;
    Ok(OfferView {
        offer: terms(&row.get::<String>(0)?, version)?,
        state: row.get(1)?,
        version,
        created_at: row.get(3)?,
        changed_at: row.get(4)?,
        used: BudgetUsed { count: row.get(5)?, money: row.get(6)? },
    })
}

/// What an offer said: version, terms, since when, by whom.
pub(super) struct Version {
    pub(super) version: i64,
    pub(super) offer: Offer,
    pub(super) at: Instant,
    pub(super) actor: String,
}

/// An offer's versions, the latest first, before one of them.
pub(super) async fn versions(tx: &mut Tx, merchant: MerchantId, id: OfferId, before: Option<i64>, limit: i64) -> Result<Vec<Version>> {
    let stmt = sql!(
        "SELECT version, terms, at, actor FROM offer_version WHERE merchant_id = $1 AND offer_id = $2 AND version < $3
         ORDER BY version DESC LIMIT $4",
        merchant,
        id,
        before.unwrap_or(i64::MAX),
        limit
    );
    let read = |row: &Row| {
        let version = row.get(0)?;
        Ok(Version { version, offer: terms(&row.get::<String>(1)?, version)?, at: row.get(2)?, actor: row.get(3)? })
    };
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Sets what an offer may give in all. A limit below what it gave already refuses.
pub(super) fn budget_stmt(merchant: MerchantId, offer: &Offer) -> Stmt {
    sql!(
        "INSERT INTO offer_budget (merchant_id, offer_id, count_used, money_used, count_max, money_max) VALUES ($1, $2, 0, 0, $3, $4)
         ON CONFLICT (merchant_id, offer_id) DO UPDATE SET count_max = excluded.count_max, money_max = excluded.money_max",
        merchant,
        offer.id,
        offer.budget.count,
        offer.budget.money
    )
}

/// Writes `$from, $from+1, …` for an IN list.
fn placeholders(from: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 4);
    for number in from..from + count {
        let _ = write!(text, "{}${number}", if number == from { "" } else { ", " });
    }
    text
}

/// What the budgets of some offers have left; at least one. Pipelined with a sale's first reads.
pub fn budgets_stmt(merchant: MerchantId, offers: &[OfferId]) -> Stmt {
    let text = format!(
        "SELECT offer_id, count_used, money_used, count_max, money_max FROM offer_budget WHERE merchant_id = $1 AND offer_id IN ({})",
        placeholders(2, offers.len())
    );
    Stmt::built(text, std::iter::once(merchant.to_value()).chain(offers.iter().map(|id| id.to_value())).collect())
}

/// Reads the answer of [`budgets_stmt`].
pub fn budgets_read(rows: &[Row]) -> Result<Vec<BudgetLeft>> {
    let read = |row: &Row| {
        let (count, money): (i64, Money) = (row.get(1)?, row.get(2)?);
        let (count_max, money_max): (Option<i64>, Option<Money>) = (row.get(3)?, row.get(4)?);
        let money = money_max.map(|max| Money(max.0 - money.0));
        Ok(BudgetLeft { offer: row.get(0)?, count: count_max.map(|max| max - count), money })
    };
    rows.iter().map(read).collect()
}

/// How often a member has used offers in some periods; at least one. Pipelined with a sale's first reads.
pub fn used_stmt(merchant: MerchantId, member: Uuid, periods: &[String]) -> Stmt {
    let text = format!(
        "SELECT offer_id, period, used FROM offer_member WHERE merchant_id = $1 AND member_id = $2 AND used > 0 AND period IN ({})",
        placeholders(3, periods.len())
    );
    let head = [merchant.to_value(), member.to_value()];
    Stmt::built(text, head.into_iter().chain(periods.iter().map(|period| period.to_value())).collect())
}

/// Reads the answer of [`used_stmt`].
pub fn used_read(rows: &[Row]) -> Result<Vec<Used>> {
    rows.iter().map(|row| Ok(Used { offer: row.get(0)?, period: row.get(1)?, used: row.get(2)? })).collect()
}

/// One INSERT for the counted uses of an order.
pub(super) fn uses_stmt(merchant: MerchantId, order: Uuid, member: Option<Uuid>, counters: &[Counter]) -> Stmt {
    let row = |counter: &Counter| {
        vec![
            merchant.to_value(),
            order.to_value(),
            counter.offer.to_value(),
            counter.period.to_value(),
            member.to_value(),
            counter.money.to_value(),
            Value::Int(0),
            Value::Int(1),
        ]
    };
    let columns = ["merchant_id", "order_id", "offer_id", "period", "member_id", "money", "money_back", "live"];
    insert("offer_use", &columns, counters.iter().map(row).collect())
}

/// Takes from a budget, or gives back to it.
pub(super) fn spend_stmt(merchant: MerchantId, offer: OfferId, count: i64, money: Money) -> Stmt {
    sql!(
        "UPDATE offer_budget SET count_used = count_used + $3, money_used = money_used + $4 WHERE merchant_id = $1 AND offer_id = $2",
        merchant,
        offer,
        count,
        money
    )
}

/// Counts a use of each of a member's counters.
pub(super) fn count_stmt(merchant: MerchantId, member: Uuid, counters: &[&Counter]) -> Stmt {
    let mut text = "INSERT INTO offer_member (merchant_id, member_id, offer_id, period, used, used_max) VALUES ".to_owned();
    let mut params = Vec::with_capacity(counters.len() * 6);
    for (index, counter) in counters.iter().enumerate() {
        let _ = write!(text, "{}({})", if index == 0 { "" } else { ", " }, placeholders(params.len() + 1, 6));
        params.extend([
            merchant.to_value(),
            member.to_value(),
            counter.offer.to_value(),
            counter.period.to_value(),
            Value::Int(1),
            Value::Int(counter.max),
        ]);
    }
    text.push_str(
        " ON CONFLICT (merchant_id, member_id, offer_id, period) DO UPDATE SET used = offer_member.used + 1, used_max = excluded.used_max",
    );
    Stmt::built(text, params)
}

/// Gives a use back to a member's counter.
pub(super) fn free_stmt(merchant: MerchantId, member: Uuid, counter: &Counter) -> Stmt {
    sql!(
        "UPDATE offer_member SET used = used - 1 WHERE merchant_id = $1 AND member_id = $2 AND offer_id = $3 AND period = $4",
        merchant,
        member,
        counter.offer,
        counter.period
    )
}

/// Notes on a use what was given back of it, and whether all of it was.
pub(super) fn back_stmt(merchant: MerchantId, order: Uuid, counter: &Counter, whole: bool) -> Stmt {
    sql!(
        "UPDATE offer_use SET money_back = money_back + $5, live = live - $6
         WHERE merchant_id = $1 AND order_id = $2 AND offer_id = $3 AND period = $4",
        merchant,
        order,
        counter.offer,
        counter.period,
        counter.money,
        i64::from(whole)
    )
}

/// The first budget that is not what its uses add up to: offer, count and money stored and computed.
pub(super) async fn wrong_budget(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(OfferId, [i64; 4])>> {
    let stmt = sql!(
        "SELECT offer_id, CAST(SUM(a) AS BIGINT), CAST(SUM(b) AS BIGINT), CAST(SUM(c) AS BIGINT), CAST(SUM(d) AS BIGINT) FROM (
             SELECT offer_id, count_used AS a, 0 AS b, money_used AS c, 0 AS d FROM offer_budget WHERE merchant_id = $1
             UNION ALL SELECT offer_id, 0, live, 0, money - money_back FROM offer_use WHERE merchant_id = $1 AND period = 'budget'
         ) AS sides GROUP BY offer_id HAVING SUM(a) <> SUM(b) OR SUM(c) <> SUM(d) ORDER BY offer_id LIMIT 1",
        merchant
    );
    let read = |row: Row| Ok((row.get(0)?, [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?]));
    tx.row(stmt).await?.map(read).transpose()
}

/// The first member's counter that is not what its uses add up to: member, offer, period, stored and computed.
pub(super) async fn wrong_member(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, OfferId, String, [i64; 2])>> {
    let stmt = sql!(
        "SELECT member_id, offer_id, period, CAST(SUM(a) AS BIGINT), CAST(SUM(b) AS BIGINT) FROM (
             SELECT member_id, offer_id, period, used AS a, 0 AS b FROM offer_member WHERE merchant_id = $1
             UNION ALL SELECT member_id, offer_id, period, 0, live FROM offer_use WHERE merchant_id = $1 AND period <> 'budget'
         ) AS sides GROUP BY member_id, offer_id, period HAVING SUM(a) <> SUM(b) ORDER BY member_id, offer_id, period LIMIT 1",
        merchant
    );
    let read = |row: Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, [row.get(3)?, row.get(4)?]));
    tx.row(stmt).await?.map(read).transpose()
}

/// A use of an offer by an order, by its key.
pub(crate) type UseKey = (Uuid, OfferId, String);

/// The uses that count for a member, and whether each is still live.
pub(crate) async fn counted_for(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<Vec<(UseKey, i64)>> {
    let stmt = sql!(
        "SELECT order_id, offer_id, period, live FROM offer_use WHERE merchant_id = $1 AND member_id = $2 ORDER BY order_id, offer_id, period",
        merchant,
        member
    );
    tx.rows(stmt).await?.iter().map(|row| Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?))).collect()
}

/// Counts a use for another member. Who has more than the limit by it is held against it the next time.
pub(crate) async fn give(tx: &mut Tx, merchant: MerchantId, (from, to): (Uuid, Uuid), key: &UseKey, live: i64) -> Result<()> {
    let (order, offer, period) = key;
    tx.queue(sql!(
        "UPDATE offer_use SET member_id = $5 WHERE merchant_id = $1 AND order_id = $2 AND offer_id = $3 AND period = $4",
        merchant,
        order,
        offer,
        period,
        to
    ))
    .await?;
    if period == BUDGET || live == 0 {
        return Ok(());
    }
    tx.queue(sql!(
        "UPDATE offer_member SET used = used - $5 WHERE merchant_id = $1 AND member_id = $2 AND offer_id = $3 AND period = $4",
        merchant,
        from,
        offer,
        period,
        live
    ))
    .await?;
    tx.queue(sql!(
        "INSERT INTO offer_member (merchant_id, member_id, offer_id, period, used, used_max) VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (merchant_id, member_id, offer_id, period) DO UPDATE SET used = offer_member.used + excluded.used,
             used_max = CASE WHEN offer_member.used + excluded.used > offer_member.used_max
                 THEN offer_member.used + excluded.used ELSE offer_member.used_max END",
        merchant,
        to,
        offer,
        period,
        live
    ))
    .await
}

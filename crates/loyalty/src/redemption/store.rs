//! SQL of uses and of what they come to in a period.

use super::{PeriodFrom, Redemption};
use crate::coupon::{CouponId, CouponTemplateId};
use crate::rule::Period;
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Cx, Date, Instant, MerchantId, Result, Uuid};
use std::fmt::Write as _;

pub(super) struct Use<'a> {
    pub(super) of: &'a Redemption,
    pub(super) period: Option<PeriodFrom>,
}

/// Books uses; to be queued. A second booking by one source refuses with `coupon_use_taken`.
pub(super) fn insert_stmt(cx: &Cx, uses: &[Use<'_>]) -> Stmt {
    let actor = cx.actor.text();
    let row = |new: &Use<'_>| {
        vec![
            cx.merchant.to_value(),
            new.of.id.to_value(),
            new.of.coupon.to_value(),
            new.of.kind.to_value(),
            new.of.member.to_value(),
            new.of.template.to_value(),
            new.of.store.to_value(),
            Value::Int(new.of.uses),
            Value::Int(0),
            new.of.on.to_value(),
            new.period.map(|(period, _)| period).to_value(),
            new.period.map(|(_, starts_on)| starts_on).to_value(),
            new.of.at.to_value(),
            actor.to_value(),
        ]
    };
    let columns = [
        "merchant_id",
        "source_id",
        "coupon_id",
        "source_kind",
        "member_id",
        "template_id",
        "store_id",
        "uses",
        "uses_back",
        "used_on",
        "period",
        "starts_on",
        "at",
        "actor",
    ];
    insert("coupon_use", &columns, uses.iter().map(row).collect())
}

/// Counts uses in a period; to be queued. `coupon_period_limit` refuses.
pub(super) fn count_stmt(
    merchant: MerchantId,
    member: Uuid,
    template: CouponTemplateId,
    (period, starts_on): PeriodFrom,
    uses: i64,
    max: i64,
) -> Stmt {
    sql!(
        "INSERT INTO coupon_period (merchant_id, member_id, template_id, period, starts_on, used, used_max) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (merchant_id, member_id, template_id, period, starts_on)
         DO UPDATE SET used = coupon_period.used + excluded.used, used_max = excluded.used_max",
        merchant,
        member,
        template,
        period,
        starts_on,
        uses,
        max
    )
}

/// Frees places in a period; to be queued.
pub(super) fn free_stmt(
    merchant: MerchantId,
    member: Uuid,
    template: CouponTemplateId,
    (period, starts_on): PeriodFrom,
    uses: i64,
) -> Stmt {
    sql!(
        "UPDATE coupon_period SET used = used - $6
         WHERE merchant_id = $1 AND member_id = $2 AND template_id = $3 AND period = $4 AND starts_on = $5",
        merchant,
        member,
        template,
        period,
        starts_on,
        uses
    )
}

/// What a member has used in the periods that a day lies in: template, period, uses.
pub(super) async fn used(tx: &mut Tx, merchant: MerchantId, member: Uuid, today: Date) -> Result<Vec<(CouponTemplateId, Period, i64)>> {
    let starts = |period: Period| period.start(today);
    let stmt = sql!(
        "SELECT template_id, period, used FROM coupon_period WHERE merchant_id = $1 AND member_id = $2
             AND ((period = 'day' AND starts_on = $3) OR (period = 'week' AND starts_on = $4) OR (period = 'month' AND starts_on = $5))",
        merchant,
        member,
        starts(Period::Day),
        starts(Period::Week),
        starts(Period::Month)
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

const COLUMNS: &str =
    "source_id, source_kind, coupon_id, template_id, member_id, store_id, uses, uses_back, used_on, at, period, starts_on";

fn read(row: &Row) -> Result<(Redemption, Option<PeriodFrom>)> {
    let of = Redemption {
        id: row.get(0)?,
        kind: row.get(1)?,
        coupon: row.get(2)?,
        template: row.get(3)?,
        member: row.get(4)?,
        store: row.get(5)?,
        uses: row.get(6)?,
        uses_back: row.get(7)?,
        on: row.get(8)?,
        at: row.get(9)?,
    };
    Ok((of, row.get::<Option<Period>>(10)?.zip(row.get::<Option<Date>>(11)?)))
}

/// What a source used and has not given back, locked; of these coupons, or of all.
pub(super) async fn open(
    tx: &mut Tx,
    merchant: MerchantId,
    source: Uuid,
    coupons: Option<&[CouponId]>,
) -> Result<Vec<(Redemption, Option<PeriodFrom>)>> {
    let mut params = vec![merchant.to_value(), source.to_value()];
    let mut list = String::new();
    for id in coupons.unwrap_or_default() {
        params.push(id.to_value());
        let _ = write!(list, "{}${}", if list.is_empty() { " AND coupon_id IN (" } else { ", " }, params.len());
    }
    let end = if list.is_empty() { "" } else { ")" };
    let text = format!(
        "SELECT {COLUMNS} FROM coupon_use WHERE merchant_id = $1 AND source_id = $2 AND uses_back < uses{list}{end} ORDER BY coupon_id FOR UPDATE"
    );
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// A use by its source, locked.
pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, source: Uuid) -> Result<Option<(Redemption, Option<PeriodFrom>)>> {
    let text = format!(
        "SELECT {COLUMNS} FROM coupon_use WHERE merchant_id = $1 AND source_id = $2 AND source_kind = 'redemption' ORDER BY coupon_id FOR UPDATE"
    );
    tx.row(Stmt::built(text, vec![merchant.to_value(), source.to_value()])).await?.as_ref().map(read).transpose()
}

/// Marks a use as undone; to be queued. A second time refuses with `coupon_use_undone`.
pub(super) fn undo_stmt(merchant: MerchantId, source: Uuid, coupon: CouponId, uses: i64) -> Stmt {
    sql!(
        "UPDATE coupon_use SET uses_back = uses_back + $4 WHERE merchant_id = $1 AND source_id = $2 AND coupon_id = $3",
        merchant,
        source,
        coupon,
        uses
    )
}

/// The uses of a coupon that are counted, newest first, before a place in the list.
pub(super) async fn of_coupon(
    tx: &mut Tx,
    merchant: MerchantId,
    coupon: CouponId,
    before: Option<(Instant, Uuid)>,
    limit: i64,
) -> Result<Vec<Redemption>> {
    let (at, id) = before.unwrap_or((Instant(i64::MAX), Uuid::max()));
    let text = format!(
        "SELECT {COLUMNS} FROM coupon_use WHERE merchant_id = $1 AND coupon_id = $2 AND (at, source_id) < ($3, $4)
         ORDER BY at DESC, source_id DESC LIMIT $5"
    );
    let params = vec![merchant.to_value(), coupon.to_value(), at.to_value(), id.to_value(), Value::Int(limit)];
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| read(row).map(|(of, _)| of)).collect()
}

/// The last use of each of these coupons that is counted here and was not undone: coupon, store, moment. At least one id.
pub(super) async fn last(tx: &mut Tx, merchant: MerchantId, coupons: &[CouponId]) -> Result<Vec<(CouponId, Uuid, Instant)>> {
    let mut params = vec![merchant.to_value()];
    let mut list = String::new();
    for id in coupons {
        params.push(id.to_value());
        let _ = write!(list, "{}${}", if list.is_empty() { "" } else { ", " }, params.len());
    }
    let text = format!(
        "SELECT coupon_id, store_id, at FROM (
             SELECT coupon_id, store_id, at, ROW_NUMBER() OVER (PARTITION BY coupon_id ORDER BY at DESC, source_id DESC) AS place
             FROM coupon_use WHERE merchant_id = $1 AND coupon_id IN ({list}) AND source_kind = 'redemption' AND uses_back < uses) AS uses
         WHERE place = 1"
    );
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// The first member and period whose count is not the sum of its uses: member, template, counted, summed.
pub(super) async fn differing(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, CouponTemplateId, i64, i64)>> {
    let stmt = sql!(
        "SELECT member_id, template_id, CAST(SUM(counted) AS BIGINT), CAST(SUM(summed) AS BIGINT) FROM (
             SELECT member_id, template_id, period, starts_on, used AS counted, 0 AS summed FROM coupon_period WHERE merchant_id = $1
             UNION ALL SELECT member_id, template_id, period, starts_on, 0, uses - uses_back FROM coupon_use
             WHERE merchant_id = $1 AND period IS NOT NULL) AS sides
         GROUP BY member_id, template_id, period, starts_on HAVING SUM(counted) <> SUM(summed) ORDER BY member_id, template_id LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).transpose()
}

/// How often each coupon was used by redemptions and not given back.
pub(super) async fn redeemed(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(CouponId, i64)>> {
    let stmt = sql!(
        "SELECT coupon_id, CAST(SUM(uses - uses_back) AS BIGINT) FROM coupon_use WHERE merchant_id = $1 GROUP BY coupon_id ORDER BY coupon_id",
        merchant
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// A use of a coupon, by its key.
pub(crate) type UseKey = (Uuid, CouponId);

/// A use that counts for a member, and what of it was not undone.
pub(crate) struct Counted {
    pub(crate) key: UseKey,
    template: CouponTemplateId,
    period: Option<(String, Date)>,
    uses: i64,
}

/// The uses that count for a member.
pub(crate) async fn counted_for(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<Vec<Counted>> {
    let stmt = sql!(
        "SELECT source_id, coupon_id, template_id, period, starts_on, uses - uses_back FROM coupon_use
         WHERE merchant_id = $1 AND member_id = $2 ORDER BY source_id, coupon_id",
        merchant,
        member
    );
    let read = |row: &Row| {
        let period = row.get::<Option<String>>(3)?.zip(row.get::<Option<Date>>(4)?);
        Ok(Counted { key: (row.get(0)?, row.get(1)?), template: row.get(2)?, period, uses: row.get(5)? })
    };
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Counts a use for another member. Who has more than the limit by it is held against it the next time.
pub(crate) async fn give(tx: &mut Tx, merchant: MerchantId, (from, to): (Uuid, Uuid), used: &Counted) -> Result<()> {
    tx.queue(sql!(
        "UPDATE coupon_use SET member_id = $4 WHERE merchant_id = $1 AND source_id = $2 AND coupon_id = $3",
        merchant,
        used.key.0,
        used.key.1,
        to
    ))
    .await?;
    let Some((period, starts_on)) = used.period.as_ref().filter(|_| used.uses > 0) else { return Ok(()) };
    tx.queue(sql!(
        "UPDATE coupon_period SET used = used - $6
         WHERE merchant_id = $1 AND member_id = $2 AND template_id = $3 AND period = $4 AND starts_on = $5",
        merchant,
        from,
        used.template,
        period,
        starts_on,
        used.uses
    ))
    .await?;
    tx.queue(sql!(
        "INSERT INTO coupon_period (merchant_id, member_id, template_id, period, starts_on, used, used_max) VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (merchant_id, member_id, template_id, period, starts_on) DO UPDATE SET used = coupon_period.used + excluded.used,
             used_max = CASE WHEN coupon_period.used + excluded.used > coupon_period.used_max
                 THEN coupon_period.used + excluded.used ELSE coupon_period.used_max END",
        merchant,
        to,
        used.template,
        period,
        starts_on,
        used.uses
    ))
    .await
}

//! SQL of quotas and their uses.

use super::{QuotaPeriod, Take};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, insert_or_ignore, sql};
use shuke_kernel::{Date, MerchantId, Result, Uuid};
use std::fmt::Write as _;

/// What a member has used of their limits in the periods of a day.
pub(super) fn used_stmt(merchant: MerchantId, member: Uuid, today: Date, lock: bool) -> Stmt {
    let mut params = vec![merchant.to_value(), member.to_value()];
    let mut periods = String::new();
    for period in QuotaPeriod::ALL {
        params.extend([period.to_value(), period.starts_on(today).to_value()]);
        let or = if periods.is_empty() { "" } else { " OR " };
        let _ = write!(periods, "{or}(period = ${} AND starts_on = ${})", params.len() - 1, params.len());
    }
    let tail = if lock { " FOR UPDATE" } else { "" };
    Stmt::built(
        format!(
            "SELECT subject_id, period, used FROM quota WHERE merchant_id = $1 AND member_id = $2 AND ({periods})
             ORDER BY subject_id, period{tail}"
        ),
        params,
    )
}

pub(super) fn used_read(row: &Row) -> Result<(Uuid, QuotaPeriod, i64)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Makes the counters that are missing, so that they can be locked. At least one limit.
pub(super) fn begin_stmt(merchant: MerchantId, member: Uuid, today: Date, limits: &[(Uuid, QuotaPeriod, i64)]) -> Stmt {
    let mut limits = limits.to_vec();
    limits.sort_unstable();
    let row = |(subject, period, max): &(Uuid, QuotaPeriod, i64)| {
        vec![
            merchant.to_value(),
            member.to_value(),
            subject.to_value(),
            period.to_value(),
            period.starts_on(today).to_value(),
            Value::Int(0),
            Value::Int(*max),
        ]
    };
    insert_or_ignore("quota", &COLUMNS, limits.iter().map(row).collect())
}

const COLUMNS: [&str; 7] = ["merchant_id", "member_id", "subject_id", "period", "starts_on", "used", "used_max"];

/// Uses limits; `quota_exhausted` refuses. At least one, each once.
pub(super) fn take_stmt(merchant: MerchantId, member: Uuid, today: Date, takes: &[Take]) -> Stmt {
    let mut params = vec![merchant.to_value(), member.to_value()];
    let mut rows = String::new();
    for take in takes {
        params.extend([
            take.subject.to_value(),
            take.period.to_value(),
            take.period.starts_on(today).to_value(),
            Value::Int(take.amount),
            Value::Int(take.max),
        ]);
        let comma = if rows.is_empty() { "" } else { ", " };
        let last = params.len();
        let _ = write!(rows, "{comma}($1, $2, ${}, ${}, ${}, ${}, ${last})", last - 4, last - 3, last - 2, last - 1);
    }
    Stmt::built(
        format!(
            "INSERT INTO quota (merchant_id, member_id, subject_id, period, starts_on, used, used_max) VALUES {rows}
             ON CONFLICT (merchant_id, member_id, subject_id, period, starts_on)
             DO UPDATE SET used = quota.used + excluded.used, used_max = excluded.used_max"
        ),
        params,
    )
}

pub(super) fn uses_stmt(merchant: MerchantId, member: Uuid, source: Uuid, today: Date, takes: &[Take]) -> Stmt {
    let row = |take: &Take| {
        vec![
            merchant.to_value(),
            source.to_value(),
            take.subject.to_value(),
            take.period.to_value(),
            member.to_value(),
            take.period.starts_on(today).to_value(),
            Value::Int(take.amount),
            Value::Int(0),
        ]
    };
    let columns = ["merchant_id", "source_id", "subject_id", "period", "member_id", "starts_on", "amount", "returned"];
    insert("quota_use", &columns, takes.iter().map(row).collect())
}

/// A use of a limit.
pub(super) struct Use {
    pub(super) subject: Uuid,
    pub(super) period: QuotaPeriod,
    pub(super) member: Uuid,
    pub(super) starts_on: Date,
    pub(super) amount: i64,
    pub(super) returned: i64,
}

/// The uses of a cause, locked, in the order in which counters are locked.
pub(super) async fn uses(tx: &mut Tx, merchant: MerchantId, source: Uuid) -> Result<Vec<Use>> {
    let stmt = sql!(
        "SELECT subject_id, period, member_id, starts_on, amount, returned FROM quota_use
         WHERE merchant_id = $1 AND source_id = $2 ORDER BY subject_id, period FOR UPDATE",
        merchant,
        source
    );
    let read = |row: &Row| {
        Ok(Use {
            subject: row.get(0)?,
            period: row.get(1)?,
            member: row.get(2)?,
            starts_on: row.get(3)?,
            amount: row.get(4)?,
            returned: row.get(5)?,
        })
    };
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Gives part of a use back.
pub(super) async fn give_back(tx: &mut Tx, merchant: MerchantId, source: Uuid, of: &Use, amount: i64) -> Result<()> {
    tx.queue(sql!(
        "UPDATE quota SET used = used - $6
         WHERE merchant_id = $1 AND member_id = $2 AND subject_id = $3 AND period = $4 AND starts_on = $5",
        merchant,
        of.member,
        of.subject,
        of.period,
        of.starts_on,
        amount
    ))
    .await?;
    tx.queue(sql!(
        "UPDATE quota_use SET returned = returned + $5 WHERE merchant_id = $1 AND source_id = $2 AND subject_id = $3 AND period = $4",
        merchant,
        source,
        of.subject,
        of.period,
        amount
    ))
    .await
}

/// The first counter that is not what its uses add up to: subject, what it says, what they say.
pub(super) async fn first_difference(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, Uuid, i64, i64)>> {
    let stmt = sql!(
        "SELECT member_id, subject_id, CAST(SUM(used) AS BIGINT), CAST(SUM(counted) AS BIGINT) FROM (
             SELECT member_id, subject_id, period, starts_on, used, 0 AS counted FROM quota WHERE merchant_id = $1
             UNION ALL SELECT member_id, subject_id, period, starts_on, 0, amount - returned FROM quota_use WHERE merchant_id = $1) AS sides
         GROUP BY member_id, subject_id, period, starts_on HAVING SUM(used) <> SUM(counted) ORDER BY member_id, subject_id LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).transpose()
}

/// A use, by its key.
pub(crate) type UseKey = (Uuid, Uuid, QuotaPeriod);

/// What a member used and did not give back: key, first day of the period, how much.
pub(crate) async fn uses_of(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<Vec<(UseKey, Date, i64)>> {
    let stmt = sql!(
        "SELECT source_id, subject_id, period, starts_on, amount - returned FROM quota_use WHERE merchant_id = $1 AND member_id = $2
         ORDER BY source_id, subject_id, period",
        merchant,
        member
    );
    tx.rows(stmt).await?.iter().map(|row| Ok(((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?, row.get(4)?))).collect()
}

/// Counts a use for another member. Who has more than the limit by it is held against it the next time.
pub(crate) async fn give(
    tx: &mut Tx,
    merchant: MerchantId,
    (from, to): (Uuid, Uuid),
    key: UseKey,
    starts_on: Date,
    amount: i64,
) -> Result<()> {
    let (source, subject, period) = key;
    tx.queue(sql!(
        "UPDATE quota_use SET member_id = $5 WHERE merchant_id = $1 AND source_id = $2 AND subject_id = $3 AND period = $4",
        merchant,
        source,
        subject,
        period,
        to
    ))
    .await?;
    if amount == 0 {
        return Ok(());
    }
    tx.queue(sql!(
        "UPDATE quota SET used = used - $6 WHERE merchant_id = $1 AND member_id = $2 AND subject_id = $3 AND period = $4 AND starts_on = $5",
        merchant,
        from,
        subject,
        period,
        starts_on,
        amount
    ))
    .await?;
    tx.queue(sql!(
        "INSERT INTO quota (merchant_id, member_id, subject_id, period, starts_on, used, used_max) VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (merchant_id, member_id, subject_id, period, starts_on) DO UPDATE SET used = quota.used + excluded.used,
             used_max = CASE WHEN quota.used + excluded.used > quota.used_max THEN quota.used + excluded.used ELSE quota.used_max END",
        merchant,
        to,
        subject,
        period,
        starts_on,
        amount
    ))
    .await
}

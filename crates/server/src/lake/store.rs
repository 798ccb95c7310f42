//! SQL of the lake's manifest, watermarks and numbers.

use super::model::{Behind, DataSet, HeldLake, LakeFile, LakeMonth};
use shuke_db::{Stmt, ToValue as _, Tx, insert, sql};
use shuke_kernel::{Error, Instant, MerchantId, Result};
use shuke_member::MemberId;

fn places(from: usize, count: usize) -> String {
    (from..from + count).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ")
}

/// Counts that something of a month changed.
pub(super) async fn mark(tx: &mut Tx, merchant: MerchantId, data_set: DataSet, month: &str) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO lake_part (merchant_id, data_set, month, changed, written) VALUES ($1, $2, $3, 1, 0)
         ON CONFLICT (merchant_id, data_set, month) DO UPDATE SET changed = lake_part.changed + 1",
        merchant,
        data_set,
        month
    ))
    .await
}

/// Asks for a refresh not later than at a moment; one that is under way is followed by another.
pub(super) async fn ask(tx: &mut Tx, merchant: MerchantId, due: Instant) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO lake (merchant_id, due_at, leased_until, members_next) VALUES ($1, $2, 0, 1)
         ON CONFLICT (merchant_id) DO UPDATE SET due_at = CASE WHEN lake.due_at IS NULL OR lake.due_at > excluded.due_at
             OR lake.leased_until > excluded.due_at THEN excluded.due_at ELSE lake.due_at END",
        merchant,
        due
    ))
    .await
}

/// Makes the row of a merchant's lake where it is missing.
pub(super) async fn begin(tx: &mut Tx, merchant: MerchantId) -> Result<()> {
    tx.queue(sql!("INSERT INTO lake (merchant_id, leased_until, members_next) VALUES ($1, 0, 1) ON CONFLICT DO NOTHING", merchant)).await
}

/// Whether any lake is due.
pub(crate) async fn any_due(tx: &mut Tx, now: Instant) -> Result<bool> {
    let stmt = sql!("SELECT due_at FROM lake WHERE due_at IS NOT NULL AND due_at <= $1 AND leased_until <= $1 LIMIT 1", now);
    Ok(tx.row(stmt).await?.is_some())
}

/// Takes a lake that is due, of any merchant.
pub(crate) async fn lease(tx: &mut Tx, now: Instant, until: Instant) -> Result<Option<HeldLake>> {
    let due = sql!(
        "SELECT merchant_id, due_at, leased_until FROM lake WHERE due_at IS NOT NULL AND due_at <= $1 AND leased_until <= $1 ORDER BY due_at LIMIT 1",
        now
    );
    let Some(row) = tx.row(due).await? else { return Ok(None) };
    let (merchant, due_at, held): (MerchantId, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let stmt = sql!("UPDATE lake SET leased_until = $2 WHERE merchant_id = $1 AND leased_until = $3", merchant, until, held);
    Ok((tx.exec(stmt).await? == 1).then_some(HeldLake { merchant, due_at, leased_until: until.0 }))
}

/// Keeps a lake for longer; false where another worker has it.
pub(super) async fn hold(tx: &mut Tx, held: &HeldLake, until: Instant) -> Result<bool> {
    let stmt =
        sql!("UPDATE lake SET leased_until = $3 WHERE merchant_id = $1 AND leased_until = $2", held.merchant, held.leased_until, until);
    Ok(tx.exec(stmt).await? == 1)
}

/// Says how a refresh ended. One that was asked for again meanwhile stays asked for.
pub(super) async fn end(tx: &mut Tx, held: &HeldLake, fault: Option<&str>, again: Option<Instant>, now: Instant) -> Result<()> {
    tx.queue(sql!(
        "UPDATE lake SET leased_until = 0, fault = CAST($3 AS TEXT), due_at = CASE WHEN due_at > $4 THEN due_at ELSE $5 END,
             refreshed_at = CASE WHEN CAST($3 AS TEXT) IS NULL THEN $6 ELSE refreshed_at END
         WHERE merchant_id = $1 AND leased_until = $2",
        held.merchant,
        held.leased_until,
        fault.map(str::to_owned),
        held.due_at,
        again,
        now
    ))
    .await
}

/// What was written down about a merchant's refreshes: the last one, whether one is asked for, the last fault.
pub(super) async fn head(tx: &mut Tx, merchant: MerchantId) -> Result<(Option<Instant>, bool, Option<String>)> {
    let row = tx.row(sql!("SELECT refreshed_at, due_at, fault FROM lake WHERE merchant_id = $1", merchant)).await?;
    row.map_or(Ok((None, false, None)), |row| Ok((row.get(0)?, row.get::<Option<i64>>(1)?.is_some(), row.get(2)?)))
}

/// The months that are behind, oldest first.
pub(super) async fn behind(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<Behind>> {
    let stmt = sql!(
        "SELECT data_set, month, changed, written FROM lake_part WHERE merchant_id = $1 AND written < changed ORDER BY data_set, month",
        merchant
    );
    let rows = tx.rows(stmt).await?;
    rows.iter().map(|row| Ok(Behind { data_set: row.get(0)?, month: row.get(1)?, changed: row.get(2)?, written: row.get(3)? })).collect()
}

/// Every month with what its files come to, newest first.
pub(super) async fn months(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<LakeMonth>> {
    let stmt = sql!(
        "SELECT p.data_set, p.month, CAST(COALESCE(SUM(f.rows_total), 0) AS BIGINT), CAST(COALESCE(SUM(f.bytes), 0) AS BIGINT), COUNT(f.name),
             p.changed - p.written, p.written_at
         FROM lake_part p LEFT JOIN lake_file f ON f.merchant_id = p.merchant_id AND f.data_set = p.data_set AND f.month = p.month
         WHERE p.merchant_id = $1 GROUP BY p.data_set, p.month, p.changed, p.written, p.written_at ORDER BY p.data_set, p.month DESC",
        merchant
    );
    let rows = tx.rows(stmt).await?;
    rows.iter()
        .map(|row| {
            Ok(LakeMonth {
                data_set: row.get(0)?,
                month: row.get(1)?,
                rows: row.get(2)?,
                bytes: row.get(3)?,
                files: row.get(4)?,
                behind: row.get::<i64>(5)? > 0,
                written_at: row.get(6)?,
            })
        })
        .collect()
}

/// The manifest: every file, by data set and month.
pub(super) async fn files(tx: &mut Tx, merchant: MerchantId, data_set: Option<DataSet>) -> Result<Vec<LakeFile>> {
    let text = "SELECT data_set, month, name, rows_total, quantity_milli, amount, bytes FROM lake_file WHERE merchant_id = $1";
    let (tail, mut params) = (" ORDER BY data_set, month, place", vec![merchant.to_value()]);
    let of = data_set.map_or("", |data_set| {
        params.push(data_set.to_value());
        " AND data_set = $2"
    });
    let rows = tx.rows(Stmt::built(format!("{text}{of}{tail}"), params)).await?;
    rows.iter()
        .map(|row| {
            Ok(LakeFile {
                data_set: row.get(0)?,
                month: row.get(1)?,
                name: row.get(2)?,
                rows: row.get(3)?,
                quantity_milli: row.get(4)?,
                amount: row.get(5)?,
                bytes: row.get(6)?,
            })
        })
        .collect()
}

/// Writes names down as scrap.
pub(super) async fn scrap(tx: &mut Tx, merchant: MerchantId, names: &[String], since: Instant) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let rows = names.iter().map(|name| vec![merchant.to_value(), name.to_value(), since.to_value()]).collect();
    tx.queue(insert("lake_scrap", &["merchant_id", "name", "since"], rows)).await
}

/// Takes names out of the scrap. Answers how many were there.
pub(super) async fn unscrap(tx: &mut Tx, merchant: MerchantId, names: &[String]) -> Result<u64> {
    if names.is_empty() {
        return Ok(0);
    }
    let mut params = vec![merchant.to_value()];
    params.extend(names.iter().map(|name| name.to_value()));
    let text = format!("DELETE FROM lake_scrap WHERE merchant_id = $1 AND name IN ({})", places(2, names.len()));
    tx.exec(Stmt::built(text, params)).await
}

/// Scrap since before a moment.
pub(super) async fn old_scrap(tx: &mut Tx, merchant: MerchantId, before: Instant) -> Result<Vec<String>> {
    let stmt = sql!("SELECT name FROM lake_scrap WHERE merchant_id = $1 AND since < $2 ORDER BY name LIMIT 200", merchant, before);
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

/// Exchanges a month's files for new ones and moves its watermark from what it was. The replaced files become scrap.
///
/// Errors: `lake_part_moved` (conflict) where another worker was first, or the new files were swept meanwhile.
pub(super) async fn exchange(tx: &mut Tx, merchant: MerchantId, of: &Behind, files: &[LakeFile], now: Instant) -> Result<()> {
    let moved = || Error::conflict("lake_part_moved", "another worker wrote this month meanwhile");
    let stmt = sql!(
        "UPDATE lake_part SET written = $4, written_at = $6 WHERE merchant_id = $1 AND data_set = $2 AND month = $3 AND written = $5",
        merchant,
        of.data_set,
        of.month,
        of.changed,
        of.written,
        now
    );
    if tx.exec(stmt).await? != 1 {
        return Err(moved());
    }
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    if unscrap(tx, merchant, &names).await? != names.len() as u64 {
        return Err(moved());
    }
    let old = sql!("SELECT name FROM lake_file WHERE merchant_id = $1 AND data_set = $2 AND month = $3", merchant, of.data_set, of.month);
    let old = tx.rows(old).await?.iter().map(|row| row.get(0)).collect::<Result<Vec<String>>>()?;
    scrap(tx, merchant, &old, now).await?;
    tx.queue(sql!("DELETE FROM lake_file WHERE merchant_id = $1 AND data_set = $2 AND month = $3", merchant, of.data_set, of.month))
        .await?;
    let columns = ["merchant_id", "data_set", "month", "place", "name", "rows_total", "quantity_milli", "amount", "bytes"];
    let row = |(place, file): (i64, &LakeFile)| {
        vec![
            merchant.to_value(),
            file.data_set.to_value(),
            file.month.to_value(),
            place.to_value(),
            file.name.to_value(),
            file.rows.to_value(),
            file.quantity_milli.to_value(),
            file.amount.to_value(),
            file.bytes.to_value(),
        ]
    };
    let rows: Vec<_> = (0_i64..).zip(files).map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    tx.queue(insert("lake_file", &columns, rows)).await
}

/// The numbers of members that have one.
pub(super) async fn numbers(tx: &mut Tx, merchant: MerchantId, members: &[MemberId]) -> Result<Vec<(MemberId, i64)>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = vec![merchant.to_value()];
    params.extend(members.iter().map(|member| member.to_value()));
    let text = format!("SELECT member_id, number FROM lake_member WHERE merchant_id = $1 AND member_id IN ({})", places(2, members.len()));
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Gives members their numbers. The lake's row is held, so that two workers count on.
pub(super) async fn number(tx: &mut Tx, merchant: MerchantId, members: &[MemberId]) -> Result<()> {
    let held = sql!("SELECT members_next FROM lake WHERE merchant_id = $1 FOR UPDATE", merchant);
    let next: i64 = tx.need(held, || Error::internal("a lake that nobody asked for")).await?.get(0)?;
    let known = numbers(tx, merchant, members).await?;
    let new: Vec<MemberId> = members.iter().copied().filter(|member| !known.iter().any(|(had, _)| had == member)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
    tx.queue(sql!("UPDATE lake SET members_next = $2 WHERE merchant_id = $1", merchant, next.saturating_add(count))).await?;
    let rows = (next..).zip(&new).map(|(number, member)| vec![merchant.to_value(), member.to_value(), number.to_value()]).collect();
    tx.queue(insert("lake_member", &["merchant_id", "member_id", "number"], rows)).await
}

/// Who these numbers are.
pub(super) async fn members(tx: &mut Tx, merchant: MerchantId, numbers: &[i64]) -> Result<Vec<(i64, MemberId)>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = vec![merchant.to_value()];
    params.extend(numbers.iter().map(|number| number.to_value()));
    let text = format!("SELECT number, member_id FROM lake_member WHERE merchant_id = $1 AND number IN ({})", places(2, numbers.len()));
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Forgets whose a number was.
pub(super) async fn forget(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!("DELETE FROM lake_member WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await
}

/// Whether the lake holds, or is to hold, any line.
pub(super) async fn holds_any(tx: &mut Tx, merchant: MerchantId) -> Result<bool> {
    Ok(tx.row(sql!("SELECT month FROM lake_part WHERE merchant_id = $1 AND data_set = 'lines' LIMIT 1", merchant)).await?.is_some())
}

/// For `verify`: `month, amount` of every file of lines whose month is up to date.
pub(super) const WRITTEN: &str = "SELECT f.month, f.amount FROM lake_file f WHERE f.merchant_id = $1 AND f.data_set = 'lines'";

/// For `verify`: the months that are up to date.
pub(super) const UP_TO_DATE: &str = "SELECT month FROM lake_part WHERE merchant_id = $1 AND data_set = 'lines' AND written = changed";

//! SQL of settlements, their entries and lines.

use super::model::{NewEntry, Settlement, SettlementDue, SettlementEntry, SettlementId, SettlementLine, SettlementSide, SettlementState};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert as insert_rows, sql};
use shuke_kernel::{Cx, Date, Error, Instant, MerchantId, Money, Result, Uuid};
use shuke_ledger::LotId;
use std::collections::BTreeMap;

/// Rows of one statement.
const ROWS_MAX: usize = 400;

fn places(from: usize, count: usize) -> String {
    (from..from + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, new: &[NewEntry]) -> Result<()> {
    let row = |NewEntry { entry, origin }: &NewEntry| {
        vec![
            merchant.to_value(),
            entry.source.to_value(),
            Value::Int(entry.line),
            entry.lot.to_value(),
            origin.to_value(),
            entry.source_kind.to_value(),
            entry.kind.to_value(),
            entry.debtor.to_value(),
            entry.creditor.to_value(),
            entry.amount.to_value(),
            entry.settled.to_value(),
            entry.on.to_value(),
            entry.at.to_value(),
        ]
    };
    let columns = [
        "merchant_id",
        "source_id",
        "source_line",
        "lot_id",
        "origin_id",
        "source_kind",
        "kind",
        "debtor_id",
        "creditor_id",
        "amount",
        "settled",
        "day",
        "at",
    ];
    for batch in new.chunks(ROWS_MAX) {
        tx.queue(insert_rows("settlement_entry", &columns, batch.iter().map(row).collect())).await?;
    }
    Ok(())
}

/// Whether bonus that these origins took from lots was settled.
pub(super) async fn bonus_counted(tx: &mut Tx, merchant: MerchantId, origins: &[Uuid]) -> Result<BTreeMap<(Uuid, LotId), bool>> {
    let mut found = BTreeMap::new();
    for batch in origins.chunks(ROWS_MAX) {
        let text = format!(
            "SELECT origin_id, lot_id, MAX(settled) FROM settlement_entry
             WHERE merchant_id = $1 AND kind = 'bonus' AND amount > 0 AND origin_id IN ({}) GROUP BY origin_id, lot_id",
            places(2, batch.len())
        );
        let params = std::iter::once(merchant.to_value()).chain(batch.iter().map(|id| id.to_value())).collect();
        for row in tx.rows(Stmt::built(text, params)).await? {
            found.insert((row.get(0)?, row.get(1)?), row.get::<i64>(2)? > 0);
        }
    }
    Ok(found)
}

/// Until when two stores had settled; they are locked against being settled by somebody else.
pub(super) async fn pair(tx: &mut Tx, merchant: MerchantId, (first, second): (Uuid, Uuid), never: Date) -> Result<Date> {
    tx.queue(sql!(
        "INSERT INTO settlement_pair (merchant_id, first_id, second_id, settled_until) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        merchant,
        first,
        second,
        never
    ))
    .await?;
    let text = "SELECT settled_until FROM settlement_pair WHERE merchant_id = $1 AND first_id = $2 AND second_id = $3 FOR UPDATE";
    let stmt = Stmt::built(text, vec![merchant.to_value(), first.to_value(), second.to_value()]);
    tx.need(stmt, || Error::internal("a pair of stores is gone")).await?.get(0)
}

/// Settles two stores up to a day; says whether they weren't settled that far.
pub(super) async fn advance(tx: &mut Tx, merchant: MerchantId, (first, second): (Uuid, Uuid), to: Date) -> Result<bool> {
    let stmt = sql!(
        "UPDATE settlement_pair SET settled_until = $4 WHERE merchant_id = $1 AND first_id = $2 AND second_id = $3 AND settled_until < $4",
        merchant,
        first,
        second,
        to
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Gives the open entries of two stores up to a day to a settlement.
pub(super) async fn collect(tx: &mut Tx, merchant: MerchantId, id: SettlementId, (first, second): (Uuid, Uuid), to: Date) -> Result<()> {
    for (debtor, creditor) in [(first, second), (second, first)] {
        tx.queue(sql!(
            "UPDATE settlement_entry SET settlement_id = $2
             WHERE merchant_id = $1 AND settlement_id IS NULL AND debtor_id = $3 AND creditor_id = $4 AND day <= $5",
            merchant,
            id,
            debtor,
            creditor,
            to
        ))
        .await?;
    }
    Ok(())
}

/// Adds up a settlement's entries, with the oldest day of them all.
pub(super) async fn summed(tx: &mut Tx, merchant: MerchantId, id: SettlementId) -> Result<(Vec<SettlementLine>, Option<Date>)> {
    let stmt = sql!(
        "SELECT debtor_id, kind, CAST(SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS BIGINT),
             CAST(SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS BIGINT), CAST(SUM(settled) AS BIGINT), MIN(day)
         FROM settlement_entry WHERE merchant_id = $1 AND settlement_id = $2 GROUP BY debtor_id, kind ORDER BY debtor_id, kind",
        merchant,
        id
    );
    let rows = tx.rows(stmt).await?;
    let mut oldest: Option<Date> = None;
    for row in &rows {
        let day: Date = row.get(5)?;
        oldest = Some(oldest.map_or(day, |oldest| oldest.min(day)));
    }
    Ok((rows.iter().map(line).collect::<Result<_>>()?, oldest))
}

fn line(row: &Row) -> Result<SettlementLine> {
    Ok(SettlementLine { debtor: row.get(0)?, kind: row.get(1)?, used: row.get(2)?, given_back: row.get(3)?, settled: row.get(4)? })
}

pub(super) async fn insert_settlement(tx: &mut Tx, cx: &Cx, settlement: &Settlement, (first, second): (Uuid, Uuid)) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO settlement (merchant_id, id, first_id, second_id, from_on, to_on, state, payer_id, payee_id, amount, made_at, made_by, reference)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '')",
        cx.merchant,
        settlement.id,
        first,
        second,
        settlement.from,
        settlement.to,
        settlement.state,
        settlement.payer,
        settlement.payee,
        settlement.amount,
        settlement.made_at,
        settlement.made_by
    ))
    .await?;
    let row = |line: &SettlementLine| {
        vec![
            cx.merchant.to_value(),
            settlement.id.to_value(),
            line.debtor.to_value(),
            line.kind.to_value(),
            line.used.to_value(),
            line.given_back.to_value(),
            line.settled.to_value(),
        ]
    };
    if settlement.lines.is_empty() {
        return Ok(());
    }
    let columns = ["merchant_id", "settlement_id", "debtor_id", "kind", "used", "given_back", "settled"];
    tx.queue(insert_rows("settlement_line", &columns, settlement.lines.iter().map(row).collect())).await
}

const SELECT: &str =
    "SELECT id, first_id, second_id, from_on, to_on, state, payer_id, payee_id, amount, made_at, made_by, first_at, first_by,
     second_at, second_by, paid_at, paid_by, reference FROM settlement";

fn read(row: &Row) -> Result<Settlement> {
    let side = |store, at, by| Ok(SettlementSide { store: row.get(store)?, confirmed_at: row.get(at)?, confirmed_by: row.get(by)? });
    Ok(Settlement {
        id: row.get(0)?,
        sides: vec![side(1, 11, 12)?, side(2, 13, 14)?],
        from: row.get(3)?,
        to: row.get(4)?,
        state: row.get(5)?,
        lines: Vec::new(),
        payer: row.get(6)?,
        payee: row.get(7)?,
        amount: row.get(8)?,
        made_at: row.get(9)?,
        made_by: row.get(10)?,
        paid_at: row.get(15)?,
        paid_by: row.get(16)?,
        reference: row.get(17)?,
    })
}

/// A settlement with its lines; with `lock` nobody else changes it meanwhile.
pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: SettlementId, lock: bool) -> Result<Option<Settlement>> {
    let tail = if lock { " FOR UPDATE" } else { "" };
    let head = Stmt::built(format!("{SELECT} WHERE merchant_id = $1 AND id = $2{tail}"), vec![merchant.to_value(), id.to_value()]);
    let lines = sql!(
        "SELECT debtor_id, kind, used, given_back, settled FROM settlement_line WHERE merchant_id = $1 AND settlement_id = $2
         ORDER BY debtor_id, kind",
        merchant,
        id
    );
    let [heads, lines] = tx.all([head, lines]).await?;
    let Some(row) = heads.first() else { return Ok(None) };
    Ok(Some(Settlement { lines: lines.iter().map(line).collect::<Result<_>>()?, ..read(row)? }))
}

/// Settlements without their lines, newest first.
pub(super) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    state: Option<SettlementState>,
    stores: Option<&[Uuid]>,
    after: Option<SettlementId>,
    limit: i64,
) -> Result<Vec<Settlement>> {
    let mut params = vec![merchant.to_value(), after.map_or(Uuid::max(), |id| id.0).to_value(), limit.to_value()];
    let mut text = format!("{SELECT} WHERE merchant_id = $1 AND id < $2");
    if let Some(state) = state {
        params.push(state.to_value());
        text.push_str(&format!(" AND state = ${}", params.len()));
    }
    if let Some(stores) = stores {
        if stores.is_empty() {
            return Ok(Vec::new());
        }
        let list = places(params.len() + 1, stores.len());
        params.extend(stores.iter().map(|id| id.to_value()));
        text.push_str(&format!(" AND (first_id IN ({list}) OR second_id IN ({list}))"));
    }
    text.push_str(" ORDER BY id DESC LIMIT $3");
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// Confirms one side that is not confirmed yet; says whether it wasn't.
pub(super) async fn confirm(tx: &mut Tx, cx: &Cx, id: SettlementId, first: bool) -> Result<bool> {
    let side = if first { "first" } else { "second" };
    let text = format!(
        "UPDATE settlement SET {side}_at = $3, {side}_by = $4 WHERE merchant_id = $1 AND id = $2 AND {side}_at IS NULL AND state = 'made'"
    );
    let params = vec![cx.merchant.to_value(), id.to_value(), cx.now.to_value(), cx.actor.text().to_value()];
    Ok(tx.exec(Stmt::built(text, params)).await? == 1)
}

/// Says that both have confirmed; whether it is new.
pub(super) async fn confirmed(tx: &mut Tx, merchant: MerchantId, id: SettlementId) -> Result<bool> {
    let stmt = sql!(
        "UPDATE settlement SET state = 'confirmed'
         WHERE merchant_id = $1 AND id = $2 AND state = 'made' AND first_at IS NOT NULL AND second_at IS NOT NULL",
        merchant,
        id
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// Marks a confirmed settlement paid; says whether it was one.
pub(super) async fn paid(tx: &mut Tx, cx: &Cx, id: SettlementId, reference: &str) -> Result<bool> {
    let stmt = sql!(
        "UPDATE settlement SET state = 'paid', paid_at = $3, paid_by = $4, reference = $5
         WHERE merchant_id = $1 AND id = $2 AND state = 'confirmed'",
        cx.merchant,
        id,
        cx.now,
        cx.actor.text(),
        reference
    );
    Ok(tx.exec(stmt).await? == 1)
}

/// What is owed and in no settlement yet, by who owes, to whom and by kind.
pub(super) async fn due(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<SettlementDue>> {
    let stmt = sql!(
        "SELECT debtor_id, creditor_id, kind, CAST(SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS BIGINT),
             CAST(SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS BIGINT), CAST(SUM(settled) AS BIGINT), MIN(day)
         FROM settlement_entry WHERE merchant_id = $1 AND settlement_id IS NULL
         GROUP BY debtor_id, creditor_id, kind ORDER BY debtor_id, creditor_id, kind",
        merchant
    );
    let read = |row: &Row| {
        Ok(SettlementDue {
            debtor: row.get(0)?,
            creditor: row.get(1)?,
            kind: row.get(2)?,
            used: row.get(3)?,
            given_back: row.get(4)?,
            settled: row.get(5)?,
            since: row.get(6)?,
        })
    };
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Where a list of entries goes on.
pub(super) type Seen = (Instant, Uuid, i64, LotId);

/// The entries of a settlement, oldest first.
pub(super) async fn entries(
    tx: &mut Tx,
    merchant: MerchantId,
    id: SettlementId,
    after: Option<Seen>,
    limit: i64,
) -> Result<Vec<SettlementEntry>> {
    let (at, source, line, lot) = after.unwrap_or((Instant(i64::MIN), Uuid::nil(), i64::MIN, LotId(Uuid::nil())));
    let stmt = sql!(
        "SELECT source_id, source_line, source_kind, lot_id, kind, debtor_id, creditor_id, amount, settled, day, at FROM settlement_entry
         WHERE merchant_id = $1 AND settlement_id = $2 AND (at, source_id, source_line, lot_id) > ($3, $4, $5, $6)
         ORDER BY at, source_id, source_line, lot_id LIMIT $7",
        merchant,
        id,
        at,
        source,
        line,
        lot,
        limit
    );
    let read = |row: &Row| {
        Ok(SettlementEntry {
            source: row.get(0)?,
            line: row.get(1)?,
            source_kind: row.get(2)?,
            lot: row.get(3)?,
            kind: row.get(4)?,
            debtor: row.get(5)?,
            creditor: row.get(6)?,
            amount: row.get::<Money>(7)?,
            settled: row.get::<Money>(8)?,
            on: row.get(9)?,
            at: row.get(10)?,
        })
    };
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// For `verify`: `issuer_id, store_id, kind, amount` of every entry.
pub(super) const ENTERED: &str =
    "SELECT debtor_id AS issuer_id, creditor_id AS store_id, kind, amount FROM settlement_entry WHERE merchant_id = $1";

/// For `verify`: the settlements whose lines are not what their entries add up to, or whose amount is not what their lines give.
pub(super) const UNLIKE: &str = "SELECT settlement_id FROM (
         SELECT settlement_id, debtor_id, kind, used - given_back AS amount, settled FROM settlement_line WHERE merchant_id = $1
         UNION ALL SELECT settlement_id, debtor_id, kind, -amount, -settled FROM settlement_entry
             WHERE merchant_id = $1 AND settlement_id IS NOT NULL) AS sides
     GROUP BY settlement_id, debtor_id, kind HAVING SUM(amount) <> 0 OR SUM(settled) <> 0
     UNION ALL SELECT id FROM (
         SELECT s.id, s.amount, CASE WHEN s.payer_id = s.second_id THEN -1 ELSE 1 END AS sign,
             (SELECT COALESCE(SUM(CASE WHEN l.debtor_id = s.first_id THEN l.settled ELSE -l.settled END), 0) FROM settlement_line l
              WHERE l.merchant_id = s.merchant_id AND l.settlement_id = s.id) AS net
         FROM settlement s WHERE s.merchant_id = $1) AS nets WHERE net <> amount * sign
     ORDER BY 1 LIMIT 1";

/// For `verify`: `id, booked` of every settlement: what its clearing entries should come to.
pub(super) const CLEARED: &str =
    "SELECT id, CASE WHEN state = 'confirmed' THEN amount WHEN state = 'paid' THEN 2 * amount ELSE 0 END AS booked
     FROM settlement WHERE merchant_id = $1";

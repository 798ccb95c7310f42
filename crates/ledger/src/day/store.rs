//! SQL of the ledger by day.

use super::DayRow;
use crate::AccountKind;
use crate::follow::store::Place;
use crate::journal::store::PLACED;
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value};
use shuke_kernel::{Date, MerchantId, Result, Uuid};
use std::collections::BTreeMap;

/// Rows of one statement.
const ROWS_MAX: usize = 500;

/// Which row an entry is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key<'e> {
    pub(super) day: Date,
    pub(super) store: Uuid,
    pub(super) source_kind: &'e str,
    pub(super) debit: &'static str,
    pub(super) credit: &'static str,
}

/// Adds amounts and counts to their rows.
pub(super) async fn add(tx: &mut Tx, merchant: MerchantId, sums: &BTreeMap<Key<'_>, (i64, i64)>) -> Result<()> {
    let rows: Vec<_> = sums.iter().collect();
    for rows in rows.chunks(ROWS_MAX) {
        let mut params = vec![merchant.to_value()];
        let mut places = Vec::with_capacity(rows.len());
        for (key, (amount, entries)) in rows {
            let first = params.len() + 1;
            places.push(format!("($1, {})", (first..first + 7).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")));
            params.extend([
                key.day.to_value(),
                key.store.to_value(),
                key.source_kind.to_value(),
                key.debit.to_value(),
                key.credit.to_value(),
                Value::Int(*amount),
                Value::Int(*entries),
            ]);
        }
        let text = format!(
            "INSERT INTO ledger_day (merchant_id, day, store_id, source_kind, debit_kind, credit_kind, amount, entries) VALUES {}
             ON CONFLICT (merchant_id, day, store_id, source_kind, debit_kind, credit_kind)
             DO UPDATE SET amount = ledger_day.amount + excluded.amount, entries = ledger_day.entries + excluded.entries",
            places.join(", ")
        );
        tx.queue(Stmt::built(text, params)).await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<DayRow> {
    let store: Uuid = row.get(1)?;
    Ok(DayRow {
        day: row.get(0)?,
        store: (!store.is_nil()).then_some(store),
        source_kind: row.get(2)?,
        debit: row.get(3)?,
        credit: row.get(4)?,
        amount: row.get(5)?,
        entries: row.get(6)?,
    })
}

/// What moved from a local day to another, both in it, by day and store: in these stores, or everywhere.
pub async fn between(tx: &mut Tx, merchant: MerchantId, (from, to): (Date, Date), stores: Option<&[Uuid]>) -> Result<Vec<DayRow>> {
    let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
    let mut text = "SELECT day, store_id, source_kind, debit_kind, credit_kind, amount, entries FROM ledger_day
         WHERE merchant_id = $1 AND day >= $2 AND day <= $3"
        .to_owned();
    if let Some(stores) = stores {
        if stores.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (4..stores.len() + 4).map(|number| format!("${number}")).collect();
        text.push_str(&format!(" AND store_id IN ({})", places.join(", ")));
        params.extend(stores.iter().map(|id| id.to_value()));
    }
    text.push_str(" ORDER BY day, store_id, source_kind, debit_kind, credit_kind");
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// What accounts of a kind held in all when a local day began, all owners together.
pub async fn before(tx: &mut Tx, merchant: MerchantId, kind: AccountKind, day: Date) -> Result<i64> {
    let stmt = shuke_db::sql!(
        "SELECT CAST(COALESCE(SUM(CASE WHEN credit_kind = $2 THEN amount ELSE -amount END), 0) AS BIGINT) FROM ledger_day
         WHERE merchant_id = $1 AND day < $3 AND (credit_kind = $2 OR debit_kind = $2) AND credit_kind <> debit_kind",
        merchant,
        kind,
        day
    );
    tx.row(stmt).await?.map_or(Ok(0), |row| row.get(0))
}

/// A group whose days don't add up to its entries.
pub(super) struct Differing {
    pub(super) store: Uuid,
    pub(super) source_kind: String,
    pub(super) debit: String,
    pub(super) credit: String,
    pub(super) days: i64,
    pub(super) entries: i64,
}

pub(super) async fn differing(tx: &mut Tx, merchant: MerchantId, until: Place) -> Result<Option<Differing>> {
    let text = format!(
        "SELECT store_id, source_kind, debit_kind, credit_kind, CAST(SUM(days) AS BIGINT), CAST(SUM(moved) AS BIGINT) FROM (
             SELECT store_id, source_kind, debit_kind, credit_kind, amount AS days, 0 AS moved, entries AS counted, 0 AS posted
             FROM ledger_day WHERE merchant_id = $1
             UNION ALL SELECT COALESCE(store_id, $5), source_kind, debit_kind, credit_kind, 0, amount, 0, 1 FROM ({PLACED}) AS entries) AS sides
         GROUP BY store_id, source_kind, debit_kind, credit_kind
         HAVING SUM(days) <> SUM(moved) OR SUM(counted) <> SUM(posted) ORDER BY store_id, source_kind LIMIT 1"
    );
    let params = vec![merchant.to_value(), Value::Int(until.0), until.1.to_value(), Value::Int(until.2), Uuid::nil().to_value()];
    let read = |row: Row| {
        Ok(Differing {
            store: row.get(0)?,
            source_kind: row.get(1)?,
            debit: row.get(2)?,
            credit: row.get(3)?,
            days: row.get(4)?,
            entries: row.get(5)?,
        })
    };
    tx.row(Stmt::built(text, params)).await?.map(read).transpose()
}

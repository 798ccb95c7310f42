//! SQL of accounts.

use super::{AccountKind, Balance, Holdings};
use crate::lot;
use shuke_db::{Row, Stmt, Tx, Value, insert_or_ignore, insert_or_update, sql};
use shuke_kernel::value::ToValue as _;
use shuke_kernel::{MerchantId, Result, Uuid};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The two reads that give a member's [`Holdings`], to be pipelined with others. With `lock`, whoever
/// spends waits for the one before: the balances are then exact, and no spend is refused in vain.
pub fn holdings_stmts(merchant: MerchantId, owner: Uuid, lock: bool) -> [Stmt; 2] {
    let accounts = if lock {
        sql!(
            "SELECT kind, balance, held, points_kind FROM account WHERE merchant_id = $1 AND owner = $2 ORDER BY kind FOR UPDATE",
            merchant,
            owner
        )
    } else {
        sql!("SELECT kind, balance, held, points_kind FROM account WHERE merchant_id = $1 AND owner = $2", merchant, owner)
    };
    [accounts, lot::store::open_stmt(merchant, owner)]
}

/// Puts together what the two statements gave.
pub fn holdings_read(owner: Uuid, accounts: &[Row], lots: &[Row]) -> Result<Holdings> {
    let points_kind = accounts.first().map(|row| row.get::<Option<Uuid>>(3)).transpose()?.flatten().unwrap_or_default();
    let accounts = accounts
        .iter()
        .map(|row| Ok((row.get::<AccountKind>(0)?, Balance { balance: row.get(1)?, held: row.get(2)? })))
        .collect::<Result<Vec<_>>>()?;
    let rows = accounts.iter().map(|(kind, _)| *kind).collect();
    let mut lots = lots.iter().map(lot::store::read).collect::<Result<Vec<_>>>()?;
    // Whatever goes through a member's lots goes through them in one order, on both databases.
    lots.sort_by_key(lot::Lot::order);
    Ok(Holdings { owner, points_kind, accounts, rows, lots })
}

/// Makes the rows that are missing: owner, kind, and the kind of points, nil for the merchant's own.
pub(crate) async fn create(tx: &mut Tx, merchant: MerchantId, missing: &[(Uuid, AccountKind, Uuid)]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let rows = missing
        .iter()
        .map(|(owner, kind, of)| {
            let of = Some(*of).filter(|of| !of.is_nil());
            vec![merchant.to_value(), owner.to_value(), kind.to_value(), Value::Int(0), Value::Int(0), of.to_value()]
        })
        .collect();
    tx.queue(insert_or_ignore("account", &["merchant_id", "owner", "kind", "balance", "held", "points_kind"], rows)).await
}

/// One guarded update of all accounts of an owner.
pub(crate) fn add_stmt(merchant: MerchantId, owner: Uuid, deltas: &[(AccountKind, i64)]) -> Stmt {
    let mut cases = String::new();
    let mut kinds = String::new();
    let mut params = vec![merchant.to_value(), owner.to_value()];
    for (kind, delta) in deltas {
        params.push(Value::Int(*delta));
        let _ = write!(cases, " WHEN '{}' THEN CAST(${} AS BIGINT)", kind.as_str(), params.len());
        let _ = write!(kinds, "{}'{}'", if kinds.is_empty() { "" } else { ", " }, kind.as_str());
    }
    let text =
        format!("UPDATE account SET balance = balance + CASE kind{cases} END WHERE merchant_id = $1 AND owner = $2 AND kind IN ({kinds})");
    Stmt::built(text, params)
}

/// The accounts of many owners, with the owner in front of what [`holdings_stmts`] asks; locked in the order of their keys.
pub(crate) fn of_owners_stmt(merchant: MerchantId, owners: &[Uuid]) -> Stmt {
    let text = format!(
        "SELECT owner, kind, balance, held, points_kind FROM account WHERE merchant_id = $1 AND owner IN ({}) ORDER BY owner, kind FOR UPDATE",
        lot::store::places(2, owners.len())
    );
    Stmt::built(text, std::iter::once(merchant.to_value()).chain(owners.iter().map(|owner| owner.to_value())).collect())
}

/// Puts together what many owners hold, in the order of the owners.
pub(crate) fn of_owners_read(owners: &[Uuid], accounts: &[Row], lots: &[Row]) -> Result<Vec<Holdings>> {
    let mut found: BTreeMap<Uuid, Holdings> = owners.iter().map(|owner| (*owner, Holdings::none(*owner))).collect();
    for row in accounts {
        let Some(holdings) = found.get_mut(&row.get::<Uuid>(0)?) else { continue };
        let kind: AccountKind = row.get(1)?;
        holdings.accounts.push((kind, Balance { balance: row.get(2)?, held: row.get(3)? }));
        holdings.rows.push(kind);
        holdings.points_kind = row.get::<Option<Uuid>>(4)?.unwrap_or_default();
    }
    for row in lots {
        let Some(holdings) = found.get_mut(&row.get::<Uuid>(0)?) else { continue };
        holdings.lots.push(lot::store::read_from(row, 1)?);
    }
    for holdings in found.values_mut() {
        holdings.lots.sort_by_key(lot::Lot::order);
    }
    Ok(found.into_values().collect())
}

/// Adds to many accounts, one row each, making those that are missing. Only what a CHECK lets a new account begin with may be added.
pub(crate) async fn credit_many(tx: &mut Tx, merchant: MerchantId, rows: &[(Uuid, AccountKind, Uuid, i64)]) -> Result<()> {
    let row = |(owner, kind, of, amount): &(Uuid, AccountKind, Uuid, i64)| {
        let of = Some(*of).filter(|of| !of.is_nil());
        vec![merchant.to_value(), owner.to_value(), kind.to_value(), Value::Int(*amount), Value::Int(0), of.to_value()]
    };
    put_many(tx, rows.iter().map(row).collect(), "balance = account.balance + excluded.balance").await
}

/// Writes what many accounts hold now; they are there, and locked since they were read.
pub(crate) async fn set_many(tx: &mut Tx, merchant: MerchantId, rows: &[(Uuid, AccountKind, Balance)]) -> Result<()> {
    let row = |(owner, kind, now): &(Uuid, AccountKind, Balance)| {
        vec![merchant.to_value(), owner.to_value(), kind.to_value(), Value::Int(now.balance), Value::Int(now.held), Value::Null]
    };
    put_many(tx, rows.iter().map(row).collect(), "balance = excluded.balance").await
}

async fn put_many(tx: &mut Tx, rows: Vec<Vec<Value>>, set: &str) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = ["merchant_id", "owner", "kind", "balance", "held", "points_kind"];
    tx.queue(insert_or_update("account", &columns, rows, &format!("(merchant_id, owner, kind) DO UPDATE SET {set}"))).await
}

/// Holds back, or with a negative amount releases, part of a balance.
pub(crate) async fn add_held(tx: &mut Tx, merchant: MerchantId, owner: Uuid, kind: AccountKind, delta: i64) -> Result<()> {
    tx.queue(sql!("UPDATE account SET held = held + $4 WHERE merchant_id = $1 AND owner = $2 AND kind = $3", merchant, owner, kind, delta))
        .await
}

/// Makes whoever changes a member's accounts wait.
pub(crate) async fn lock(tx: &mut Tx, merchant: MerchantId, owner: Uuid) -> Result<()> {
    tx.rows(sql!("SELECT kind FROM account WHERE merchant_id = $1 AND owner = $2 ORDER BY kind FOR UPDATE", merchant, owner))
        .await
        .map(|_| ())
}

/// What `verify` compares: `owner, kind, balance, held`.
pub(crate) const BALANCES: &str = "SELECT owner, kind, balance, held FROM account WHERE merchant_id = $1";

/// `owner, points_kind` of every account of another kind of points, for checks: a select whose `$1` is the merchant.
pub const OF_KINDS: &str = "SELECT owner, points_kind FROM account WHERE merchant_id = $1 AND points_kind IS NOT NULL";

/// Closes every account of a member who was merged into another: they take nothing any more. They must be empty.
pub(crate) async fn close(tx: &mut Tx, merchant: MerchantId, owner: Uuid, of: Uuid) -> Result<()> {
    let kinds: Vec<_> = AccountKind::ALL.iter().filter(|kind| kind.of_member()).map(|kind| (owner, *kind, of)).collect();
    create(tx, merchant, &kinds).await?;
    tx.queue(sql!("UPDATE account SET is_closed = TRUE WHERE merchant_id = $1 AND owner = $2", merchant, owner)).await
}

/// Opens them again.
pub(crate) async fn reopen(tx: &mut Tx, merchant: MerchantId, owner: Uuid) -> Result<()> {
    tx.queue(sql!("UPDATE account SET is_closed = FALSE WHERE merchant_id = $1 AND owner = $2", merchant, owner)).await
}

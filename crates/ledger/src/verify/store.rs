//! SQL that names a difference: each adds up both sides in one GROUP BY and asks for the first group
//! that differs. And what the pass before it reads. The tables stay with their nouns, which say what is to be added up.

use super::Difference;
use crate::AccountKind;
use crate::account::Unit;
use crate::account::store::BALANCES;
use crate::hold::store::OPEN;
use crate::journal::store::{IN_LOTS, MOVES, SIDES, walk_by_index};
use crate::lot::store::{ALLOCATIONS, LOTS};
use shuke_db::{Kind, Row, Stmt, ToValue as _, Tx};
use shuke_kernel::{MerchantId, Result, Uuid};

/// The kinds that count a unit, as an SQL list.
fn counting(unit: Unit) -> String {
    let kinds: Vec<&str> = AccountKind::ALL.iter().filter(|kind| kind.unit() == unit).map(|kind| kind.as_str()).collect();
    format!("('{}')", kinds.join("', '"))
}

/// Gives PostgreSQL room to add up in memory, for this transaction only.
pub(super) async fn prepare(tx: &mut Tx) -> Result<()> {
    walk_by_index(tx, false).await?;
    if tx.kind() == Kind::Postgres {
        tx.rows(Stmt::built("SELECT set_config('work_mem', '128MB', TRUE)", Vec::new())).await?;
    }
    Ok(())
}

/// `owner, kind, balance, held`.
pub(super) fn balances_stmt(merchant: MerchantId) -> Stmt {
    Stmt::built(BALANCES, vec![merchant.to_value()])
}

/// `owner, kind, amount` of open holds.
pub(super) fn holds_stmt(merchant: MerchantId) -> Stmt {
    Stmt::built(OPEN, vec![merchant.to_value()])
}

/// `owner, kind, id, granted, remaining, is_open, source_id, source_line`.
pub(super) fn lots_stmt(merchant: MerchantId) -> Stmt {
    Stmt::built(LOTS, vec![merchant.to_value()])
}

/// `lot_id, source_id, source_line, amount`.
pub(super) fn allocations_stmt(merchant: MerchantId) -> Stmt {
    Stmt::built(ALLOCATIONS, vec![merchant.to_value()])
}

async fn first(tx: &mut Tx, merchant: MerchantId, text: String) -> Result<Option<Row>> {
    tx.row(Stmt::built(text, vec![merchant.to_value()])).await
}

/// Both sides added up by owner and kind: `computed` and `stored` are selects of `owner, kind, amount`.
async fn by_account(tx: &mut Tx, merchant: MerchantId, computed: &str, stored: &str) -> Result<Option<(Uuid, String, i64, i64)>> {
    let text = format!(
        "SELECT owner, kind, CAST(SUM(computed) AS BIGINT), CAST(SUM(stored) AS BIGINT) FROM (
             SELECT owner, kind, amount AS computed, 0 AS stored FROM ({computed}) AS a
             UNION ALL SELECT owner, kind, 0, amount FROM ({stored}) AS b) AS c
         GROUP BY owner, kind HAVING SUM(computed) <> SUM(stored) ORDER BY owner, kind LIMIT 1"
    );
    first(tx, merchant, text).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).transpose()
}

fn balances_of(column: &str, kinds: &str) -> String {
    format!("SELECT owner, kind, {column} AS amount FROM ({BALANCES}) AS balances{kinds}")
}

/// No entry mixes units, moves nothing, or names an account that there is not.
pub(super) async fn entries(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let known: Vec<&str> = AccountKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let known = format!("('{}')", known.join("', '"));
    let (points, visits, money) = (counting(Unit::Points), counting(Unit::Visits), counting(Unit::Money));
    let text = format!(
        "SELECT source_id, source_line, amount, debit_kind, credit_kind FROM ({SIDES}) AS sides
         WHERE amount <= 0 OR debit_kind NOT IN {known} OR credit_kind NOT IN {known}
             OR (debit_kind IN {points} AND credit_kind NOT IN {points}) OR (debit_kind IN {visits} AND credit_kind NOT IN {visits})
             OR (debit_kind IN {money} AND credit_kind NOT IN {money})
         ORDER BY source_id, source_line LIMIT 1"
    );
    let Some(row) = first(tx, merchant, text).await? else { return Ok(None) };
    let (id, line, amount): (Uuid, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (debit, credit): (String, String) = (row.get(3)?, row.get(4)?);
    let text = format!(
        "entry {id} line {line} moves {amount} from {debit} to {credit}: it must move more than nothing, between accounts that there are, and not turn one unit into another"
    );
    Ok(Some(Difference::new("entry", text)))
}

/// Balance = credits − debits.
pub(super) async fn balances(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let found = by_account(tx, merchant, MOVES, &balances_of("balance", "")).await?;
    Ok(found.map(|(owner, kind, computed, stored)| {
        let text = format!("the {kind} balance of member {owner} is {stored}, and its entries sum to {computed}");
        Difference::new("balance", text)
    }))
}

/// Held = open holds.
pub(super) async fn holds(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let found = by_account(tx, merchant, OPEN, &balances_of("held", "")).await?;
    Ok(found.map(|(owner, kind, computed, stored)| {
        let text = format!("member {owner} has {stored} {kind} held, and the open holds sum to {computed}");
        Difference::new("held", text)
    }))
}

/// A lot is within its bounds, and open while it holds something.
pub(super) async fn lots(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT id, owner, kind, granted, remaining, is_open, short, expired FROM ({LOTS}) AS lots
         WHERE remaining < 0 OR remaining > granted OR (is_open AND remaining = 0) OR (NOT is_open AND remaining > 0)
         OR short < 0 OR expired < 0 OR expired > granted - remaining ORDER BY id LIMIT 1"
    );
    let Some(row) = first(tx, merchant, text).await? else { return Ok(None) };
    let (id, owner, kind): (Uuid, Uuid, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (granted, remaining, is_open): (i64, i64, bool) = (row.get(3)?, row.get(4)?, row.get(5)?);
    let state = if is_open { "open" } else { "closed" };
    let (short, expired): (i64, i64) = (row.get(6)?, row.get(7)?);
    let text = format!(
        "the {kind} lot {id} of member {owner} is {state} with {remaining} left of {granted}, {expired} expired and {short} taken back while spent"
    );
    Ok(Some(Difference::new("lot", text)))
}

/// Remaining = granted + allocations.
pub(super) async fn lot_sums(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT id, CAST(SUM(computed) AS BIGINT), CAST(SUM(stored) AS BIGINT), CAST(SUM(there) AS BIGINT) FROM (
             SELECT id, granted AS computed, remaining AS stored, 1 AS there FROM ({LOTS}) AS lots
             UNION ALL SELECT lot_id, amount, 0, 0 FROM ({ALLOCATIONS}) AS allocations) AS c
         GROUP BY id HAVING SUM(computed) <> SUM(stored) OR SUM(there) = 0 ORDER BY id LIMIT 1"
    );
    let Some(row) = first(tx, merchant, text).await? else { return Ok(None) };
    let (id, computed, stored, there): (Uuid, i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    let text = match there {
        0 => format!("allocations name the lot {id}, which doesn't exist"),
        _ => format!("lot {id} has {stored} left, and what it was granted less what was taken from it is {computed}"),
    };
    Ok(Some(Difference::new("lot", text)))
}

/// Balance = what the lots hold.
pub(super) async fn account_lots(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let lots = format!("SELECT owner, kind, remaining AS amount FROM ({LOTS}) AS lots WHERE is_open");
    let stored = balances_of("balance", " WHERE kind <> 'points_debt'");
    let found = by_account(tx, merchant, &lots, &stored).await?;
    Ok(found.map(|(owner, kind, computed, stored)| {
        let text = format!("the {kind} balance of member {owner} is {stored}, and its lots hold {computed}");
        Difference::new("account_lots", text)
    }))
}

/// Entry = what its lots were granted and allocated.
pub(super) async fn explained(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    let text = format!(
        "SELECT source_id, source_line, CAST(SUM(moved) AS BIGINT), CAST(SUM(explained) AS BIGINT) FROM (
             SELECT source_id, source_line, amount AS moved, 0 AS explained FROM ({IN_LOTS}) AS entries
             UNION ALL SELECT source_id, source_line, 0, granted FROM ({LOTS}) AS lots
             UNION ALL SELECT source_id, source_line, 0, amount FROM ({ALLOCATIONS}) AS allocations) AS c
         GROUP BY source_id, source_line HAVING SUM(moved) <> SUM(explained) ORDER BY source_id, source_line LIMIT 1"
    );
    let Some(row) = first(tx, merchant, text).await? else { return Ok(None) };
    let (id, line, moved, explained): (Uuid, i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    let text = format!("entry {id} line {line} moves {moved} in or out of lots, and its lots and allocations explain {explained}");
    Ok(Some(Difference::new("allocation", text)))
}

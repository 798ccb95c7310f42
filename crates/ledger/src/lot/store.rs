//! SQL of lots and allocations.

use super::{Allocation, Lot, LotId, LotTerms, LotView};
use crate::AccountKind;
use crate::account::{OF_KINDS, Unit, lot_kinds, money_kinds};
use crate::journal::store::{SERVICES, SINCE};
use shuke_db::{Row, Stmt, Tx, Value, insert, insert_or_update, sql};
use shuke_kernel::value::ToValue as _;
use shuke_kernel::{Date, Instant, MerchantId, Result, Uuid};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

pub(crate) fn open_stmt(merchant: MerchantId, owner: Uuid) -> Stmt {
    sql!(
        "SELECT kind, id, granted, remaining, available_at, expires_at, expires_on, source_id, created_at, short, expired
         FROM lot WHERE merchant_id = $1 AND owner = $2 AND is_open",
        merchant,
        owner
    )
}

/// The open lots of many owners, with the owner in front.
pub(crate) fn open_of_owners_stmt(merchant: MerchantId, owners: &[Uuid]) -> Stmt {
    let text = format!(
        "SELECT owner, kind, id, granted, remaining, available_at, expires_at, expires_on, source_id, created_at, short, expired
         FROM lot WHERE merchant_id = $1 AND owner IN ({}) AND is_open",
        places(2, owners.len())
    );
    Stmt::built(text, std::iter::once(merchant.to_value()).chain(owners.iter().map(|owner| owner.to_value())).collect())
}

/// `$from, …` for so many values.
pub(crate) fn places(from: usize, count: usize) -> String {
    (from..from + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn read(row: &Row) -> Result<Lot> {
    read_from(row, 0)
}

/// Reads a lot whose kind stands in this column.
pub(crate) fn read_from(row: &Row, at: usize) -> Result<Lot> {
    Ok(Lot {
        kind: row.get(at)?,
        id: row.get(at + 1)?,
        granted: row.get(at + 2)?,
        remaining: row.get(at + 3)?,
        available_at: row.get(at + 4)?,
        expires_at: row.get(at + 5)?,
        expires_on: row.get(at + 6)?,
        source_id: row.get(at + 7)?,
        created_at: row.get(at + 8)?,
        short: row.get(at + 9)?,
        expired: row.get(at + 10)?,
    })
}

/// The lots that a source granted, empty ones too: those that are taken back first.
pub fn granted_stmt(merchant: MerchantId, owner: Uuid, source: Uuid) -> Stmt {
    sql!(
        "SELECT kind, id, granted, remaining, available_at, expires_at, expires_on, source_id, created_at, short, expired
         FROM lot WHERE merchant_id = $1 AND owner = $2 AND source_id = $3",
        merchant,
        owner,
        source
    )
}

/// Changes of what lots owe and of what of them ran out of time.
pub(crate) async fn mark(tx: &mut Tx, merchant: MerchantId, marks: &[(Uuid, AccountKind, LotId, i64, i64)]) -> Result<()> {
    for (owner, kind, lot, short, expired) in marks {
        tx.queue(sql!(
            "UPDATE lot SET short = short + $5, expired = expired + $6 WHERE merchant_id = $1 AND owner = $2 AND kind = $3 AND id = $4",
            merchant,
            owner,
            kind,
            lot,
            short,
            expired
        ))
        .await?;
    }
    Ok(())
}

/// Lots by id, open or not: those that a refund gives back to.
pub(crate) async fn by_ids(tx: &mut Tx, merchant: MerchantId, owner: Uuid, ids: &[LotId]) -> Result<Vec<Lot>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = vec![merchant.to_value(), owner.to_value()];
    let mut list = String::new();
    for id in ids {
        params.push(id.to_value());
        let _ = write!(list, "{}${}", if list.is_empty() { "" } else { ", " }, params.len());
    }
    let kinds = lot_kinds!();
    let text = format!(
        "SELECT kind, id, granted, remaining, available_at, expires_at, expires_on, source_id, created_at, short, expired FROM lot
         WHERE merchant_id = $1 AND owner = $2 AND kind IN {kinds} AND id IN ({list})"
    );
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// A member's lots, newest first, after one of them: of a kind or of all, open or all.
pub(super) async fn page(
    tx: &mut Tx,
    merchant: MerchantId,
    owner: Uuid,
    kind: Option<AccountKind>,
    all: bool,
    after: Option<LotId>,
    limit: i64,
) -> Result<Vec<LotView>> {
    let mut params = vec![merchant.to_value(), owner.to_value(), after.map_or(Uuid::max(), |id| id.0).to_value(), Value::Int(limit)];
    let of_kind = if kind.is_some() { " AND kind = $5" } else { "" };
    params.extend(kind.map(|kind| kind.to_value()));
    let open = if all { "" } else { " AND is_open" };
    let text = format!(
        "SELECT kind, id, granted, remaining, available_at, expires_at, expires_on, source_id, created_at, short, expired FROM lot
         WHERE merchant_id = $1 AND owner = $2 AND id < $3{of_kind}{open} ORDER BY id DESC LIMIT $4"
    );
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| read(row).map(LotView::from)).collect()
}

/// Lets a lot be used from a moment on.
pub(super) async fn release(tx: &mut Tx, merchant: MerchantId, owner: Uuid, lot: LotId, now: Instant) -> Result<()> {
    tx.queue(sql!(
        "UPDATE lot SET available_at = $4 WHERE merchant_id = $1 AND owner = $2 AND kind = 'points' AND id = $3 AND available_at > $4",
        merchant,
        owner,
        lot,
        now
    ))
    .await
}

pub(crate) struct NewLot {
    pub(crate) owner: Uuid,
    pub(crate) kind: AccountKind,
    pub(crate) id: LotId,
    pub(crate) amount: i64,
    pub(crate) terms: LotTerms,
    pub(crate) source_id: Uuid,
    pub(crate) source_line: i64,
}

impl std::fmt::Debug for NewLot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewLot").field("id", &self.id).field("amount", &self.amount).finish_non_exhaustive()
    }
}

/// `issuer` is the store that stands for lots of money.
pub(crate) fn insert_stmt(merchant: MerchantId, now: Instant, issuer: Option<Uuid>, lots: &[NewLot]) -> Stmt {
    insert("lot", &COLUMNS, lots.iter().map(|lot| new_row(merchant, now, issuer, lot)).collect())
}

/// New lots of many causes, each with the store that stands for it.
pub(crate) async fn insert_many(tx: &mut Tx, merchant: MerchantId, now: Instant, lots: &[(Option<Uuid>, &NewLot)]) -> Result<()> {
    let rows: Vec<_> = lots.iter().map(|(issuer, lot)| new_row(merchant, now, *issuer, lot)).collect();
    if rows.is_empty() { Ok(()) } else { tx.queue(insert("lot", &COLUMNS, rows)).await }
}

const COLUMNS: [&str; 16] = [
    "merchant_id",
    "owner",
    "kind",
    "id",
    "granted",
    "remaining",
    "short",
    "expired",
    "is_open",
    "available_at",
    "source_id",
    "source_line",
    "created_at",
    "expires_at",
    "expires_on",
    "issuer_id",
];
/// Rows of one statement: SQLite takes 32,766 parameters.
const ROWS_MAX: usize = 500;
/// Those of the columns that can't be left out.
const NEEDED: usize = 13;

fn new_row(merchant: MerchantId, now: Instant, issuer: Option<Uuid>, lot: &NewLot) -> Vec<Value> {
    vec![
        merchant.to_value(),
        lot.owner.to_value(),
        lot.kind.to_value(),
        lot.id.to_value(),
        Value::Int(lot.amount),
        Value::Int(lot.amount),
        Value::Int(0),
        Value::Int(0),
        Value::Bool(true),
        lot.terms.available_at.to_value(),
        lot.source_id.to_value(),
        Value::Int(lot.source_line),
        now.to_value(),
        lot.terms.expires.map(|(_, at)| at).to_value(),
        lot.terms.expires.map(|(on, _)| on).to_value(),
        issuer.filter(|_| lot.kind.unit() == Unit::Money).to_value(),
    ]
}

/// Writes what is left in lots of many owners, and adds to what ran out of time in them. The lots are there, and
/// their owners' accounts locked since they were read, so that the insert always turns into an update.
pub(crate) async fn set_many(tx: &mut Tx, merchant: MerchantId, lots: &[(Uuid, Lot, i64)]) -> Result<()> {
    let row = |(owner, lot, expired): &(Uuid, Lot, i64)| {
        vec![
            merchant.to_value(),
            owner.to_value(),
            lot.kind.to_value(),
            lot.id.to_value(),
            Value::Int(lot.granted),
            Value::Int(lot.remaining),
            Value::Int(0),
            Value::Int(*expired),
            Value::Bool(lot.remaining > 0),
            lot.available_at.to_value(),
            lot.source_id.to_value(),
            Value::Int(0),
            lot.created_at.to_value(),
        ]
    };
    let conflict = "(merchant_id, owner, kind, id) DO UPDATE SET remaining = excluded.remaining, is_open = excluded.is_open,
         expired = lot.expired + excluded.expired";
    for lots in lots.chunks(ROWS_MAX) {
        tx.queue(insert_or_update("lot", &COLUMNS[..NEEDED], lots.iter().map(row).collect(), conflict)).await?;
    }
    Ok(())
}

/// One guarded update of several lots of an owner.
pub(crate) fn add_stmt(merchant: MerchantId, owner: Uuid, deltas: &[(AccountKind, LotId, i64)]) -> Stmt {
    let mut params = vec![merchant.to_value(), owner.to_value()];
    let mut cases = String::new();
    let mut ids = String::new();
    let mut kinds: Vec<&str> = deltas.iter().map(|(kind, _, _)| kind.as_str()).collect();
    kinds.dedup();
    for (_, lot, delta) in deltas {
        params.push(lot.to_value());
        let id = params.len();
        params.push(Value::Int(*delta));
        let _ = write!(cases, " WHEN ${id} THEN CAST(${} AS BIGINT)", params.len());
        let _ = write!(ids, "{}${id}", if ids.is_empty() { "" } else { ", " });
    }
    let text = format!(
        "UPDATE lot SET remaining = remaining + CASE id{cases} END, is_open = (remaining + CASE id{cases} END > 0)
         WHERE merchant_id = $1 AND owner = $2 AND kind IN ('{}') AND id IN ({ids})",
        kinds.join("', '")
    );
    Stmt::built(text, params)
}

/// Gives lots a new end.
pub(crate) async fn extend(tx: &mut Tx, merchant: MerchantId, lots: &[(Uuid, LotId)], until: (Date, Instant)) -> Result<()> {
    for (owner, lot) in lots {
        let set = "UPDATE lot SET expires_on = $4, expires_at = $5 WHERE merchant_id = $1 AND owner = $2 AND id = $3 AND kind IN ";
        let params = vec![merchant.to_value(), owner.to_value(), lot.to_value(), until.0.to_value(), until.1.to_value()];
        tx.queue(Stmt::built([set, lot_kinds!()].concat(), params)).await?;
    }
    Ok(())
}

/// Gives lots of an owner new days.
pub(super) async fn set_terms(tx: &mut Tx, merchant: MerchantId, owner: Uuid, lots: &[LotId], terms: &LotTerms) -> Result<()> {
    for lot in lots {
        let set = "UPDATE lot SET available_at = $4, expires_on = $5, expires_at = $6
                   WHERE merchant_id = $1 AND owner = $2 AND id = $3 AND kind IN ";
        let params = vec![
            merchant.to_value(),
            owner.to_value(),
            lot.to_value(),
            terms.available_at.to_value(),
            terms.expires.map(|(on, _)| on).to_value(),
            terms.expires.map(|(_, at)| at).to_value(),
        ];
        tx.queue(Stmt::built([set, lot_kinds!()].concat(), params)).await?;
    }
    Ok(())
}

pub(crate) struct NewAllocation {
    pub(crate) origin_id: Uuid,
    pub(crate) source_id: Uuid,
    pub(crate) source_line: i64,
    pub(crate) allocation: Allocation,
}

pub(crate) fn allocations_stmt(merchant: MerchantId, allocations: &[NewAllocation]) -> Stmt {
    let rows = allocations
        .iter()
        .map(|new| {
            vec![
                merchant.to_value(),
                new.origin_id.to_value(),
                new.source_id.to_value(),
                Value::Int(new.source_line),
                new.allocation.lot.to_value(),
                Value::Int(new.allocation.amount),
            ]
        })
        .collect();
    insert("allocation", &["merchant_id", "origin_id", "source_id", "source_line", "lot_id", "amount"], rows)
}

/// What an origin's spends have taken and not given back, per lot.
pub(crate) fn taken_stmt(merchant: MerchantId, origin: Uuid) -> Stmt {
    sql!(
        "SELECT lot_id, CAST(SUM(amount) AS BIGINT) FROM allocation WHERE merchant_id = $1 AND origin_id = $2 GROUP BY lot_id",
        merchant,
        origin
    )
}

pub(crate) fn taken_read(row: &Row) -> Result<Allocation> {
    Ok(Allocation { lot: row.get(0)?, amount: row.get(1)? })
}

/// Where the list of expired lots goes on.
pub(crate) type Due = (Instant, Uuid);

/// Owners of lots that have expired and still hold something, by the moment of expiry, after a place
/// in that list.
pub(crate) async fn expired(tx: &mut Tx, merchant: MerchantId, now: Instant, after: Due, limit: i64) -> Result<Vec<Due>> {
    let rows = tx
        .rows(sql!(
            "SELECT DISTINCT expires_at, owner FROM lot
             WHERE merchant_id = $1 AND is_open AND expires_at <= $2 AND (expires_at, owner) > ($3, $4)
             ORDER BY expires_at, owner LIMIT $5",
            merchant,
            now,
            after.0,
            after.1,
            limit
        ))
        .await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// What `verify` compares.
pub(crate) const LOTS: &str =
    "SELECT owner, kind, id, granted, remaining, is_open, source_id, source_line, short, expired FROM lot WHERE merchant_id = $1";

/// `lot_id, source_id, source_line, amount` of every allocation.
pub(crate) const ALLOCATIONS: &str = "SELECT lot_id, source_id, source_line, amount FROM allocation WHERE merchant_id = $1";

/// Points of the merchant's own kind, principal and bonus that members hold, by kind and expiry, of the next `owners_max` members after one of them.
pub(crate) async fn held(
    tx: &mut Tx,
    merchant: MerchantId,
    after: Uuid,
    owners_max: i64,
) -> Result<Vec<(Uuid, AccountKind, Option<Date>, i64)>> {
    let text = format!(
        "SELECT owner, kind, expires_on, CAST(SUM(remaining) AS BIGINT) FROM lot WHERE merchant_id = $1 AND is_open
             AND kind IN ('points', 'principal', 'bonus')
             AND owner IN (SELECT DISTINCT owner FROM lot WHERE merchant_id = $1 AND owner > $2 AND is_open
                 AND kind IN ('points', 'principal', 'bonus')
                 AND owner NOT IN (SELECT owner FROM ({OF_KINDS}) AS purses) ORDER BY owner LIMIT $3)
         GROUP BY owner, kind, expires_on ORDER BY owner, expires_on NULLS LAST, kind"
    );
    tx.rows(Stmt::built(text, vec![merchant.to_value(), after.to_value(), Value::Int(owners_max)]))
        .await?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .collect()
}

/// Every lot of an owner, empty ones too.
pub(crate) async fn of_owner(tx: &mut Tx, merchant: MerchantId, owner: Uuid) -> Result<Vec<Lot>> {
    let stmt = sql!(
        "SELECT kind, id, granted, remaining, available_at, expires_at, expires_on, source_id, created_at, short, expired
         FROM lot WHERE merchant_id = $1 AND owner = $2 ORDER BY id",
        merchant,
        owner
    );
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// Gives lots to another owner, as they are.
pub(crate) async fn give(tx: &mut Tx, merchant: MerchantId, from: Uuid, to: Uuid, ids: &[LotId]) -> Result<()> {
    let kinds = lot_kinds!();
    for batch in ids.chunks(500) {
        let mut params = vec![merchant.to_value(), from.to_value(), to.to_value()];
        let mut list = String::new();
        for id in batch {
            params.push(id.to_value());
            let _ = write!(list, "{}${}", if list.is_empty() { "" } else { ", " }, params.len());
        }
        let text = format!("UPDATE lot SET owner = $3 WHERE merchant_id = $1 AND owner = $2 AND kind IN {kinds} AND id IN ({list})");
        tx.queue(Stmt::built(text, params)).await?;
    }
    Ok(())
}

/// The lots that these origins have something out of.
pub(crate) async fn out_of(tx: &mut Tx, merchant: MerchantId, origins: &[Uuid]) -> Result<Vec<LotId>> {
    let mut found = Vec::new();
    for batch in origins.chunks(500) {
        let places: Vec<String> = (2..batch.len() + 2).map(|place| format!("${place}")).collect();
        let text = format!(
            "SELECT lot_id FROM allocation WHERE merchant_id = $1 AND origin_id IN ({})
             GROUP BY origin_id, lot_id HAVING SUM(amount) <> 0",
            places.join(", ")
        );
        let params = std::iter::once(merchant.to_value()).chain(batch.iter().map(|id| id.to_value())).collect();
        for row in tx.rows(Stmt::built(text, params)).await? {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

/// Where an entry moved a lot: source, line, origin, lot, amount.
pub(crate) type Moved = (Uuid, i64, Uuid, LotId, i64);

/// What these sources took from lots and gave back to them, in their order.
pub(crate) async fn by_sources(tx: &mut Tx, merchant: MerchantId, sources: &[Uuid]) -> Result<Vec<Moved>> {
    let mut found = Vec::new();
    for batch in sources.chunks(500) {
        let places: Vec<String> = (2..batch.len() + 2).map(|place| format!("${place}")).collect();
        let list = places.join(", ");
        // What a source took for itself is found by the key, what it gave back by the index of the others.
        let text = format!(
            "SELECT source_id, source_line, origin_id, lot_id, amount FROM allocation
             WHERE merchant_id = $1 AND origin_id IN ({list}) AND source_id = origin_id
             UNION ALL SELECT source_id, source_line, origin_id, lot_id, amount FROM allocation
             WHERE merchant_id = $1 AND source_id IN ({list}) AND origin_id <> source_id
             ORDER BY 1, 2, 4"
        );
        let params = std::iter::once(merchant.to_value()).chain(batch.iter().map(|id| id.to_value())).collect();
        for row in tx.rows(Stmt::built(text, params)).await? {
            found.push((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
        }
    }
    Ok(found)
}

/// Kind and issuer of those lots that hold money. They are looked for with these owners; one that was given
/// to another owner meanwhile, by a merge, is found by itself.
pub(crate) async fn issuers(
    tx: &mut Tx,
    merchant: MerchantId,
    owners: &[Uuid],
    lots: impl Iterator<Item = LotId>,
) -> Result<BTreeMap<LotId, (AccountKind, Option<Uuid>)>> {
    let mut missing: BTreeSet<LotId> = lots.collect();
    let mut found = BTreeMap::new();
    let places = |from: usize, count: usize| (from..from + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    for owners in owners.chunks(300) {
        let text = format!(
            "SELECT id, kind, issuer_id FROM lot WHERE merchant_id = $1 AND owner IN ({}) AND kind IN {}",
            places(2, owners.len()),
            money_kinds!()
        );
        let params = std::iter::once(merchant.to_value()).chain(owners.iter().map(|id| id.to_value())).collect();
        for row in tx.rows(Stmt::built(text, params)).await? {
            let id = row.get(0)?;
            if missing.remove(&id) {
                found.insert(id, (row.get(1)?, row.get(2)?));
            }
        }
    }
    let missing: Vec<LotId> = missing.into_iter().collect();
    for lots in missing.chunks(300) {
        let text = format!(
            "SELECT id, kind, issuer_id FROM lot WHERE merchant_id = $1 AND id IN ({}) AND kind IN {}",
            places(2, lots.len()),
            money_kinds!()
        );
        let params = std::iter::once(merchant.to_value()).chain(lots.iter().map(|id| id.to_value())).collect();
        for row in tx.rows(Stmt::built(text, params)).await? {
            found.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
        }
    }
    Ok(found)
}

/// What was taken from lots of money by some transfers, `t`: columns of `t`, of the allocation `a` and of the lot `l`.
/// An allocation lies under its origin: the transfer itself, or for what is given back the one before. Each is an index
/// of its own, and without the order that CROSS JOIN keeps, SQLite goes through all lots for each transfer.
fn taken(columns: &str, transfers: &str) -> String {
    let kinds = money_kinds!();
    let part = |origin: &str| {
        format!(
            "SELECT {columns} FROM ({transfers}) AS t CROSS JOIN allocation a CROSS JOIN lot l
             WHERE a.merchant_id = $1 AND {origin} AND a.source_id = t.source_id AND a.source_line = t.source_line
             AND l.merchant_id = $1 AND l.id = a.lot_id AND l.kind IN {kinds}"
        )
    };
    format!("{} UNION ALL {}", part("a.origin_id = t.source_id"), part("a.origin_id <> a.source_id"))
}

/// For checks: `issuer_id, store_id, kind, amount` of everything that a store served for with money that
/// another store had issued, less what it gave back, up to a place: `$2`, `$3`, `$4`.
pub fn served() -> String {
    let all = taken("l.issuer_id AS issuer_id, t.store_id AS store_id, l.kind AS kind, -a.amount AS amount", SERVICES);
    format!("SELECT issuer_id, store_id, kind, amount FROM ({all}) AS served WHERE issuer_id <> store_id")
}

/// What lots of money held at a moment, added up: issuer, kind, age, amount. `since` are the moments that
/// part the ages, the youngest first: a lot that was granted from the first on has the age 0. Where the
/// moment is `now`, the lots are as they are; else what was taken and given back since is undone.
pub async fn aged(
    tx: &mut Tx,
    merchant: MerchantId,
    (until, now): (Instant, bool),
    since: &[Instant],
) -> Result<Vec<(Option<Uuid>, AccountKind, usize, i64)>> {
    let mut params = vec![merchant.to_value(), until.to_value()];
    let mut age = "CASE".to_owned();
    for (number, at) in since.iter().enumerate() {
        params.push(at.to_value());
        let _ = write!(age, " WHEN l.created_at >= ${} THEN {number}", params.len());
    }
    let _ = write!(age, " ELSE {} END", since.len());
    let kinds = money_kinds!();
    let open = if now { " AND l.is_open" } else { "" };
    let held = format!(
        "SELECT l.issuer_id, l.kind, {age} AS age, l.remaining AS amount FROM lot l
         WHERE l.merchant_id = $1 AND l.kind IN {kinds} AND l.created_at < $2{open}"
    );
    let undone = taken(&format!("l.issuer_id, l.kind, {age} AS age, -a.amount AS amount, l.created_at"), SINCE);
    let undone = format!(" UNION ALL SELECT issuer_id, kind, age, amount FROM ({undone}) AS undone WHERE created_at < $2");
    let both = if now { held } else { held + &undone };
    let text = format!("SELECT issuer_id, kind, age, CAST(SUM(amount) AS BIGINT) FROM ({both}) AS lots GROUP BY issuer_id, kind, age");
    let read = |row: &Row| Ok((row.get(0)?, row.get(1)?, usize::try_from(row.get::<i64>(2)?).unwrap_or(usize::MAX), row.get(3)?));
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// What ends between two moments, by kind: how many hold it, and how much. Where issuers are given, only what
/// these stand for.
pub async fn ending(
    tx: &mut Tx,
    merchant: MerchantId,
    (from, until): (Instant, Instant),
    issuers: Option<&[Uuid]>,
) -> Result<Vec<(AccountKind, i64, i64)>> {
    let mut params = vec![merchant.to_value(), from.to_value(), until.to_value()];
    let mut text = "SELECT kind, CAST(COUNT(DISTINCT owner) AS BIGINT), CAST(SUM(remaining) AS BIGINT) FROM lot
         WHERE merchant_id = $1 AND is_open AND expires_at > $2 AND expires_at <= $3"
        .to_owned();
    if let Some(issuers) = issuers {
        let places: Vec<String> = (4..issuers.len() + 4).map(|place| format!("${place}")).collect();
        let _ = write!(text, " AND issuer_id IN ({})", places.join(", "));
        params.extend(issuers.iter().map(|id| id.to_value()));
    }
    text.push_str(" GROUP BY kind ORDER BY kind");
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

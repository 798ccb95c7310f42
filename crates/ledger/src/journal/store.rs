//! SQL of transfers.

use super::model::{Entry, ShiftTurnover, Source, Transfer, Turnover};
use crate::AccountKind;
use crate::account::{Unit, lot_kinds, member_kinds};
use crate::lot::{self, Allocation, Lot, LotId};
use shuke_db::{Kind, Row, Stmt, Tx, Value, insert, sql};
use shuke_kernel::value::ToValue as _;
use shuke_kernel::{Cx, Date, Instant, MerchantId, Result, Uuid};

const COLUMNS: [&str; 15] = [
    "merchant_id",
    "source_id",
    "source_line",
    "source_kind",
    "at",
    "amount",
    "debit_kind",
    "debit_owner",
    "credit_kind",
    "credit_owner",
    "member_id",
    "store_id",
    "actor",
    "why",
    "shift_id",
];

pub(crate) fn insert_stmt(cx: &Cx, source: Source, place: (Option<Uuid>, Option<Uuid>), transfers: &[Transfer]) -> Stmt {
    insert("transfer", &COLUMNS, rows(cx, source, place, transfers).collect())
}

/// Rows of one statement: SQLite takes 32,766 parameters.
const ROWS_MAX: usize = 500;

/// Entries of many causes.
pub(super) async fn insert_many(tx: &mut Tx, mut rows: Vec<Vec<Value>>) -> Result<()> {
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(ROWS_MAX));
        tx.queue(insert("transfer", &COLUMNS, rows)).await?;
        rows = rest;
    }
    Ok(())
}

/// The rows of a cause's entries.
pub(super) fn rows<'t>(
    cx: &'t Cx,
    source: Source,
    (store, shift): (Option<Uuid>, Option<Uuid>),
    transfers: &'t [Transfer],
) -> impl Iterator<Item = Vec<Value>> + 't {
    let actor = cx.actor.text();
    transfers.iter().map(move |transfer| {
        let member = [transfer.debit, transfer.credit].into_iter().find(|account| account.kind.of_member()).map(|account| account.owner);
        vec![
            cx.merchant.to_value(),
            source.id.to_value(),
            Value::Int(transfer.line),
            source.kind.to_value(),
            cx.now.to_value(),
            Value::Int(transfer.amount),
            transfer.debit.kind.to_value(),
            transfer.debit.owner.to_value(),
            transfer.credit.kind.to_value(),
            transfer.credit.owner.to_value(),
            member.to_value(),
            store.to_value(),
            actor.to_value(),
            transfer.why.to_value(),
            shift.to_value(),
        ]
    })
}

/// What an origin took from a member's lots and has not given back.
#[derive(Clone, Debug, Default)]
pub struct Outstanding {
    taken: Vec<Allocation>,
    lots: Vec<Lot>,
}

impl Outstanding {
    pub(crate) fn of_kind(&self, kind: AccountKind) -> Vec<Allocation> {
        let of_kind = |allocation: &&Allocation| self.lot(allocation.lot).is_some_and(|lot| lot.kind == kind);
        self.taken.iter().filter(of_kind).copied().collect()
    }
    pub(crate) fn lot(&self, id: LotId) -> Option<&Lot> {
        self.lots.iter().find(|lot| lot.id == id)
    }
    pub(crate) fn returned(&mut self, part: &Allocation) {
        if let Some(taken) = self.taken.iter_mut().find(|taken| taken.lot == part.lot) {
            taken.amount += part.amount;
        }
    }
    pub(crate) fn emptied(&mut self, id: LotId) {
        for lot in self.lots.iter_mut().filter(|lot| lot.id == id) {
            lot.remaining = 0;
        }
    }
    pub(crate) fn extended(&mut self, id: LotId, until: (Date, Instant)) {
        for lot in self.lots.iter_mut().filter(|lot| lot.id == id) {
            lot.expire(until);
        }
    }
    pub(crate) fn of_lot(&self, lot: LotId) -> Vec<Allocation> {
        self.taken.iter().filter(|allocation| allocation.lot == lot).copied().collect()
    }
    /// How much of a kind is still out.
    pub fn amount(&self, kind: AccountKind) -> i64 {
        -self.of_kind(kind).iter().map(|allocation| allocation.amount).sum::<i64>()
    }
}

/// Asks what an origin has out, per lot; pipelined with other reads.
pub fn outstanding_stmt(merchant: MerchantId, origin: Uuid) -> Stmt {
    lot::store::taken_stmt(merchant, origin)
}

/// Reads the answer, and the lots themselves.
pub async fn outstanding_read(tx: &mut Tx, merchant: MerchantId, owner: Uuid, rows: &[Row]) -> Result<Outstanding> {
    let mut taken = rows.iter().map(lot::store::taken_read).collect::<Result<Vec<_>>>()?;
    let ids: Vec<LotId> = taken.iter().map(|allocation| allocation.lot).collect();
    let lots = lot::store::by_ids(tx, merchant, owner, &ids).await?;
    taken.sort_by_key(|allocation| lots.iter().find(|lot| lot.id == allocation.lot).map(Lot::order));
    Ok(Outstanding { taken, lots })
}

/// Sums of an origin's entries by account kinds: what a sale moved, for checks.
pub fn settle_stmt(merchant: MerchantId, source: Uuid) -> Stmt {
    sql!(
        "SELECT debit_kind, credit_kind, CAST(SUM(amount) AS BIGINT) FROM transfer WHERE merchant_id = $1 AND source_id = $2
         GROUP BY debit_kind, credit_kind ORDER BY debit_kind, credit_kind",
        merchant,
        source
    )
}

/// Where a statement goes on: moment, source, line.
pub(crate) type Seen = (Instant, Uuid, i64);

const STATEMENT: &str =
    "SELECT at, source_kind, source_id, source_line, debit_kind, credit_kind, amount, why, store_id, actor FROM transfer";

/// A member's entries, newest first: those that touch a kind, or all; from a moment on; before a place
/// of the list.
pub(crate) async fn statement(
    tx: &mut Tx,
    merchant: MerchantId,
    member: Uuid,
    kind: Option<AccountKind>,
    since: Instant,
    before: Seen,
    limit: i64,
) -> Result<Vec<Entry>> {
    let touches = if kind.is_some() { " AND (debit_kind = $8 OR credit_kind = $8)" } else { "" };
    let text = format!(
        "{STATEMENT} WHERE merchant_id = $1 AND member_id = $2 AND at >= $3 AND (at, source_id, source_line) < ($4, $5, $6){touches}
         ORDER BY at DESC, source_id DESC, source_line DESC LIMIT $7"
    );
    let mut params = vec![
        merchant.to_value(),
        member.to_value(),
        since.to_value(),
        before.0.to_value(),
        before.1.to_value(),
        Value::Int(before.2),
        Value::Int(limit),
    ];
    params.extend(kind.map(|kind| kind.to_value()));
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| entry(row, kind)).collect()
}

fn entry(row: &Row, kind: Option<AccountKind>) -> Result<Entry> {
    let (debit, credit, amount): (AccountKind, AccountKind, i64) = (row.get(4)?, row.get(5)?, row.get(6)?);
    // Where a member pays a debt with points, both sides are theirs: then it is told from the side of the points.
    let gets = kind.map_or(credit.of_member() && !(credit == AccountKind::PointsDebt && debit.of_member()), |kind| kind == credit);
    let (account, other, amount) = if gets { (credit, debit, amount) } else { (debit, credit, -amount) };
    Ok(Entry {
        at: row.get(0)?,
        account,
        amount,
        other,
        why: row.get(7)?,
        source_kind: row.get(1)?,
        source_id: row.get(2)?,
        source_line: row.get(3)?,
        store: row.get(8)?,
        actor: row.get(9)?,
    })
}

/// What a member's accounts held at a moment: the sums of their entries before it.
pub(crate) async fn balances_at(tx: &mut Tx, merchant: MerchantId, member: Uuid, at: Instant) -> Result<Vec<(AccountKind, i64)>> {
    let text = concat!(
        "SELECT kind, CAST(SUM(amount) AS BIGINT) FROM (
             SELECT credit_kind AS kind, amount FROM transfer WHERE merchant_id = $1 AND member_id = $2 AND at < $3
             UNION ALL SELECT debit_kind, -amount FROM transfer WHERE merchant_id = $1 AND member_id = $2 AND at < $3) AS sides
         WHERE kind IN ",
        member_kinds!(),
        " GROUP BY kind"
    );
    let stmt = Stmt::built(text, vec![merchant.to_value(), member.to_value(), at.to_value()]);
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// What went in and out of the shop's own accounts from a moment until before another, by kind and owner.
pub(crate) async fn turnovers(tx: &mut Tx, merchant: MerchantId, from: Instant, until: Instant) -> Result<Vec<Turnover>> {
    let text = concat!(
        "SELECT kind, owner, CAST(SUM(debits) AS BIGINT), CAST(SUM(credits) AS BIGINT) FROM (
             SELECT debit_kind AS kind, debit_owner AS owner, amount AS debits, 0 AS credits FROM transfer
             WHERE merchant_id = $1 AND at >= $2 AND at < $3
             UNION ALL SELECT credit_kind, credit_owner, 0, amount FROM transfer WHERE merchant_id = $1 AND at >= $2 AND at < $3) AS sides
         WHERE kind NOT IN ",
        member_kinds!(),
        " GROUP BY kind, owner ORDER BY kind, owner"
    );
    let stmt = Stmt::built(text, vec![merchant.to_value(), from.to_value(), until.to_value()]);
    let read = |row: &Row| {
        let owner: Uuid = row.get(1)?;
        let (account, owner): (AccountKind, _) = (row.get(0)?, (!owner.is_nil()).then_some(owner));
        let points = account.unit() == Unit::Points;
        let (store, points_kind) = (owner.filter(|_| !points), owner.filter(|_| points));
        Ok(Turnover { account, store, points_kind, debits: row.get(2)?, credits: row.get(3)? })
    };
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// What a shift moved, by cause and by the kinds it moved between.
pub(super) async fn of_shift(tx: &mut Tx, merchant: MerchantId, shift: Uuid) -> Result<Vec<ShiftTurnover>> {
    let stmt = sql!(
        "SELECT source_kind, debit_kind, credit_kind, CAST(SUM(amount) AS BIGINT) FROM transfer WHERE merchant_id = $1 AND shift_id = $2
         GROUP BY source_kind, debit_kind, credit_kind ORDER BY source_kind, debit_kind, credit_kind",
        merchant,
        shift
    );
    let read = |row: &Row| Ok(ShiftTurnover { source_kind: row.get(0)?, debit: row.get(1)?, credit: row.get(2)?, amount: row.get(3)? });
    tx.rows(stmt).await?.iter().map(read).collect()
}

/// How many causes of each kind booked in a shift.
pub(super) async fn counts_of_shift(tx: &mut Tx, merchant: MerchantId, shift: Uuid) -> Result<Vec<(String, i64)>> {
    let stmt = sql!(
        "SELECT source_kind, COUNT(DISTINCT source_id) FROM transfer WHERE merchant_id = $1 AND shift_id = $2 GROUP BY source_kind",
        merchant,
        shift
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Where an entry stands in the order of sealing.
pub(crate) type Place = (i64, Uuid, i64);

/// Before all entries.
pub(crate) const START: Place = (i64::MIN, Uuid::nil(), i64::MIN);

const SEALED: &str = "SELECT position, source_id, source_line, merchant_id, source_kind, at, amount, debit_kind, debit_owner,
    credit_kind, credit_owner, member_id, store_id, actor, why FROM transfer";

/// Entries after a place, in order, that no open transaction can still get in front of.
pub(crate) async fn settled_after(tx: &mut Tx, merchant: MerchantId, place: Place, limit: i64) -> Result<Vec<Row>> {
    let bound = match tx.kind() {
        Kind::Sqlite => "",
        // A position is its transaction's id: below this one everything has ended.
        Kind::Postgres => " AND position < position_horizon()",
    };
    let text = format!(
        "{SEALED} WHERE merchant_id = $1 AND (position, source_id, source_line) > ($2, $3, $4){bound}
         ORDER BY position, source_id, source_line LIMIT $5"
    );
    let params = vec![merchant.to_value(), Value::Int(place.0), place.1.to_value(), Value::Int(place.2), Value::Int(limit)];
    tx.rows(Stmt::built(text, params)).await
}

/// Entries between two positions, both in it, by position; those of one position are in no order.
pub(crate) fn between_stmt(merchant: MerchantId, from: i64, until: i64) -> Stmt {
    let text = format!("{SEALED} WHERE merchant_id = $1 AND position >= $2 AND position <= $3 ORDER BY position");
    Stmt::built(text, vec![merchant.to_value(), Value::Int(from), Value::Int(until)])
}

/// Makes PostgreSQL walk entries by the index of their positions, for this transaction only: without
/// fresh statistics it would sort all that are left for every batch.
pub(crate) async fn walk_by_index(tx: &mut Tx, on: bool) -> Result<()> {
    if tx.kind() == Kind::Postgres {
        let sort = if on { "off" } else { "on" };
        let text = format!("SELECT set_config('enable_sort', '{sort}', TRUE), set_config('enable_bitmapscan', '{sort}', TRUE)");
        tx.rows(Stmt::built(text, Vec::new())).await?;
    }
    Ok(())
}

/// What an entry moves: from which account to which.
pub(crate) struct Sides {
    pub(crate) amount: i64,
    pub(crate) debit: (AccountKind, Uuid),
    pub(crate) credit: (AccountKind, Uuid),
}

/// Reads the sides of an entry that is walked by, or nothing where a kind is none that we know.
pub(crate) fn sides(row: &Row) -> Result<Option<Sides>> {
    let kind = |column| Ok::<_, shuke_kernel::Error>(row.get::<String>(column)?.parse::<AccountKind>().ok());
    let (Some(debit), Some(credit)) = (kind(7)?, kind(9)?) else { return Ok(None) };
    Ok(Some(Sides { amount: row.get(6)?, debit: (debit, row.get(8)?), credit: (credit, row.get(10)?) }))
}

/// The entry's place.
pub(crate) fn place(row: &Row) -> Result<Place> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Writes an entry so that no two different entries are written alike: every field by its type, texts
/// with their length. The position stays out: it is the database's, not the entry's.
pub(crate) fn canonical(row: &Row, out: &mut Vec<u8>) -> Result<()> {
    for column in 1..row.width() {
        match row.get::<Value>(column)? {
            Value::Null => out.push(0),
            Value::Int(number) => {
                out.push(1);
                out.extend(number.to_be_bytes());
            }
            Value::Bool(truth) => out.extend([2, u8::from(truth)]),
            Value::Text(text) => {
                out.push(3);
                out.extend((text.len() as u64).to_be_bytes());
                out.extend(text.as_bytes());
            }
            Value::Uuid(id) => {
                out.push(4);
                out.extend(id.as_bytes());
            }
        }
    }
    Ok(())
}

/// What `verify` adds up: `owner, kind, amount` of every side that a member has.
pub(crate) const MOVES: &str = concat!(
    "SELECT credit_owner AS owner, credit_kind AS kind, amount FROM transfer WHERE merchant_id = $1 AND credit_kind IN ",
    member_kinds!(),
    " UNION ALL SELECT debit_owner, debit_kind, -amount FROM transfer WHERE merchant_id = $1 AND debit_kind IN ",
    member_kinds!()
);

/// `source_id, source_line, amount` of every side that lots must explain.
pub(crate) const IN_LOTS: &str = concat!(
    "SELECT source_id, source_line, amount FROM transfer WHERE merchant_id = $1 AND credit_kind IN ",
    lot_kinds!(),
    " UNION ALL SELECT source_id, source_line, -amount FROM transfer WHERE merchant_id = $1 AND debit_kind IN ",
    lot_kinds!()
);

/// `source_id, source_line, amount, debit_kind, credit_kind` of every entry.
pub(crate) const SIDES: &str = "SELECT source_id, source_line, amount, debit_kind, credit_kind FROM transfer WHERE merchant_id = $1";

/// What an actor's adjustments gave and took of a member since a moment: points, or principal and bonus.
pub(crate) async fn adjusted_since(tx: &mut Tx, cx: &Cx, member: Uuid, points: bool, since: Instant) -> Result<i64> {
    let kinds = if points { "('points')" } else { "('principal', 'bonus')" };
    let text = format!(
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM transfer WHERE merchant_id = $1 AND member_id = $2 AND at >= $3
         AND source_kind = 'adjustment' AND actor = $4 AND (debit_kind IN {kinds} OR credit_kind IN {kinds})"
    );
    let params = vec![cx.merchant.to_value(), member.to_value(), since.to_value(), cx.actor.text().to_value()];
    tx.row(Stmt::built(text, params)).await?.map_or(Ok(0), |row| row.get(0))
}

/// What one person gave one member by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// Who, as [`shuke_kernel::Actor::text`] writes it.
    pub actor: String,
    /// Points, principal or bonus.
    pub kind: AccountKind,
    /// Whom.
    pub member: Uuid,
    /// How often.
    pub count: i64,
    /// How much: points, or minor units.
    pub amount: i64,
}

/// What was given by hand from a moment until another, in one store or in all, by person, kind and member.
pub async fn by_hand(tx: &mut Tx, merchant: MerchantId, (from, until): (Instant, Instant), store: Option<Uuid>) -> Result<Vec<ByHand>> {
    let mut params = vec![merchant.to_value(), from.to_value(), until.to_value()];
    let of = store.map_or("", |store| {
        params.push(store.to_value());
        " AND store_id = $4"
    });
    let text = format!(
        "SELECT actor, credit_kind, member_id, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM transfer
         WHERE merchant_id = $1 AND at >= $2 AND at < $3 AND source_kind = 'adjustment' AND credit_kind IN ('points', 'principal', 'bonus')
             AND member_id IS NOT NULL{of} GROUP BY actor, credit_kind, member_id ORDER BY actor, credit_kind, member_id"
    );
    let read =
        |row: &Row| Ok(ByHand { actor: row.get(0)?, kind: row.get(1)?, member: row.get(2)?, count: row.get(3)?, amount: row.get(4)? });
    tx.rows(Stmt::built(text, params)).await?.iter().map(read).collect()
}

/// What caused entries of a member from a moment on.
pub(crate) async fn sources_since(tx: &mut Tx, merchant: MerchantId, member: Uuid, since: Instant) -> Result<Vec<Uuid>> {
    let stmt =
        sql!("SELECT DISTINCT source_id FROM transfer WHERE merchant_id = $1 AND member_id = $2 AND at >= $3", merchant, member, since);
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

/// Those of the sources that have entries. At least one source.
pub(crate) async fn booked(tx: &mut Tx, merchant: MerchantId, sources: &[Uuid]) -> Result<Vec<Uuid>> {
    let places: Vec<String> = (2..sources.len() + 2).map(|place| format!("${place}")).collect();
    let text = format!("SELECT DISTINCT source_id FROM transfer WHERE merchant_id = $1 AND source_id IN ({})", places.join(", "));
    let params = std::iter::once(merchant.to_value()).chain(sources.iter().map(|id| id.to_value())).collect();
    tx.rows(Stmt::built(text, params)).await?.iter().map(|row| row.get(0)).collect()
}

/// Every entry with the kinds it moves between, for checks of the slices above: a select whose `$1` is the merchant.
pub const BOOKED: &str = "SELECT source_id, debit_kind, credit_kind, amount FROM transfer WHERE merchant_id = $1";

/// Every entry of points with the accounts that it moves between, for checks: a select whose `$1` is the merchant.
pub const POINTS_SIDES: &str = "SELECT source_id, source_line, debit_kind, debit_owner, credit_kind, credit_owner FROM transfer
     WHERE merchant_id = $1 AND debit_kind LIKE 'points%'";

/// `shift_id, source_kind, debit_kind, credit_kind, amount` of every entry that belongs to a shift.
pub const IN_SHIFTS: &str = "SELECT shift_id, source_kind, debit_kind, credit_kind, amount FROM transfer
     WHERE merchant_id = $1 AND shift_id IS NOT NULL";

/// For checks: `store_id, source_kind, debit_kind, credit_kind, amount` of every entry up to a place: `$2`, `$3`, `$4`.
pub(crate) const PLACED: &str = "SELECT store_id, source_kind, debit_kind, credit_kind, amount FROM transfer
     WHERE merchant_id = $1 AND (position, source_id, source_line) <= ($2, $3, $4)";

/// For checks: `source_id, source_line, store_id` of every entry up to a place (`$2`, `$3`, `$4`) by which something
/// became revenue, or prepaid value that was sold, or was taken out of it.
pub(crate) const SERVICES: &str = "SELECT source_id, source_line, store_id FROM transfer
     WHERE merchant_id = $1 AND (position, source_id, source_line) <= ($2, $3, $4)
     AND (credit_kind IN ('revenue', 'prepaid_sold') OR debit_kind IN ('revenue', 'prepaid_sold'))";

/// `source_id, source_line` of every entry from a moment on: `$2`.
pub(crate) const SINCE: &str = "SELECT source_id, source_line FROM transfer WHERE merchant_id = $1 AND at >= $2";

/// `merchant_id, position, source_id, source_line` of every entry of all merchants: for followers that ask who has news.
pub(crate) const PLACES: &str = "SELECT merchant_id, position, source_id, source_line FROM transfer";

/// Queues writes in their order, the last together with what belongs to them.
pub(super) async fn queue(tx: &mut Tx, mut writes: Vec<Stmt>, then: Option<Stmt>) -> Result<()> {
    let last = writes.pop();
    for write in writes {
        tx.queue(write).await?;
    }
    match (last, then) {
        (Some(last), Some(then)) => tx.queue_both(last, then).await,
        (Some(one), None) | (None, Some(one)) => tx.queue(one).await,
        (None, None) => Ok(()),
    }
}

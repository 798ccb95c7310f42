//! SQL of transfers.

use super::model::{Source, Transfer};
use crate::AccountKind;
use crate::lot::{self, Allocation, Lot, LotId};
use shuke_db::{Row, Stmt, Tx, Value, insert, sql};
use shuke_kernel::value::ToValue as _;
use shuke_kernel::{Cx, Instant, MerchantId, Result, Uuid};

const COLUMNS: [&str; 14] = [
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
];

pub(crate) fn insert_stmt(cx: &Cx, source: Source, store: Option<Uuid>, transfers: &[Transfer]) -> Stmt {
    let actor = cx.actor.text();
    let rows = transfers
        .iter()
        .map(|transfer| {
            let member =
                [transfer.debit, transfer.credit].into_iter().find(|account| account.kind.of_member()).map(|account| account.owner);
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
            ]
        })
        .collect();
    insert("transfer", &COLUMNS, rows)
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
    let taken = rows.iter().map(lot::store::taken_read).collect::<Result<Vec<_>>>()?;
    let ids: Vec<LotId> = taken.iter().map(|allocation| allocation.lot).collect();
    Ok(Outstanding { lots: lot::store::by_ids(tx, merchant, owner, &ids).await?, taken })
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

/// One entry of a member's statement.
pub(crate) struct Entry {
    pub(crate) at: Instant,
    pub(crate) source_kind: String,
    pub(crate) source_id: Uuid,
    pub(crate) source_line: i64,
    pub(crate) debit_kind: AccountKind,
    pub(crate) credit_kind: AccountKind,
    pub(crate) amount: i64,
    pub(crate) why: String,
    pub(crate) store: Option<Uuid>,
    pub(crate) actor: String,
}

/// A member's entries that touch a kind of account, newest first, before a position of the list.
pub(crate) async fn statement(
    tx: &mut Tx,
    merchant: MerchantId,
    member: Uuid,
    kind: AccountKind,
    before: Option<(Instant, Uuid, i64)>,
    limit: i64,
) -> Result<Vec<Entry>> {
    let (at, id, line) = before.unwrap_or((Instant(i64::MAX), Uuid::max(), i64::MAX));
    let stmt = sql!(
        "SELECT at, source_kind, source_id, source_line, debit_kind, credit_kind, amount, why, store_id, actor FROM transfer
         WHERE merchant_id = $1 AND member_id = $2 AND (debit_kind = $3 OR credit_kind = $3) AND (at, source_id, source_line) < ($4, $5, $6)
         ORDER BY at DESC, source_id DESC, source_line DESC LIMIT $7",
        merchant,
        member,
        kind,
        at,
        id,
        line,
        limit
    );
    tx.rows(stmt).await?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<Entry> {
    Ok(Entry {
        at: row.get(0)?,
        source_kind: row.get(1)?,
        source_id: row.get(2)?,
        source_line: row.get(3)?,
        debit_kind: row.get(4)?,
        credit_kind: row.get(5)?,
        amount: row.get(6)?,
        why: row.get(7)?,
        store: row.get(8)?,
        actor: row.get(9)?,
    })
}

/// What a member's account held at the end of a moment: the sum of its entries until then.
pub(crate) async fn balance_at(tx: &mut Tx, merchant: MerchantId, member: Uuid, kind: AccountKind, at: Instant) -> Result<i64> {
    let row = tx
        .row(sql!(
            "SELECT CAST(COALESCE(SUM(CASE WHEN credit_kind = $3 THEN amount ELSE 0 END), 0) - COALESCE(SUM(CASE WHEN debit_kind = $3 THEN amount ELSE 0 END), 0) AS BIGINT)
             FROM transfer WHERE merchant_id = $1 AND member_id = $2 AND at < $4",
            merchant,
            member,
            kind,
            at
        ))
        .await?;
    row.map_or(Ok(0), |row| row.get(0))
}

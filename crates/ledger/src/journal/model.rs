//! Putting a journal together.

use super::store::{self, Outstanding};
use crate::account::{self, AccountKind, Holdings};
use crate::lot::{self, Allocation, Lot, LotId, LotTerms};
use crate::{Account, account::store as accounts};
use shuke_db::Tx;
use shuke_kernel::{Cx, Date, Error, Instant, Result, Uuid};

/// What caused a journal: `sale`, `refund`, `top_up`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The kind of cause.
    pub kind: &'static str,
    /// Its id, unique over all kinds.
    pub id: Uuid,
}

/// One move of value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// The account that gives.
    pub debit: Account,
    /// The account that gets.
    pub credit: Account,
    /// Above zero; minor units or points by the kind of account.
    pub amount: i64,
    /// Why, as a code.
    pub why: &'static str,
    /// Its number in the journal.
    pub line: i64,
}

/// A journal being put together.
#[derive(Debug)]
pub struct Journal {
    source: Source,
    origin: Uuid,
    store: Option<Uuid>,
    first_line: i64,
    transfers: Vec<Transfer>,
    lots: Vec<lot::store::NewLot>,
    taken: Vec<(Uuid, AccountKind, LotId, i64)>,
    allocations: Vec<Line>,
    grace: Option<(Date, Instant)>,
    extended: Vec<(Uuid, LotId)>,
}

/// Which origin an allocation counts for, and which line it explains.
#[derive(Debug)]
struct Line {
    origin: Uuid,
    line: i64,
    allocation: Allocation,
}

impl std::fmt::Debug for lot::store::NewLot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewLot").field("id", &self.id).field("amount", &self.amount).finish_non_exhaustive()
    }
}

impl Journal {
    /// A journal of a cause, at a store where there is one.
    pub const fn new(kind: &'static str, id: Uuid, store: Option<Uuid>) -> Self {
        let source = Source { kind, id };
        Self {
            source,
            origin: id,
            store,
            first_line: 0,
            transfers: Vec::new(),
            lots: Vec::new(),
            taken: Vec::new(),
            allocations: Vec::new(),
            grace: None,
            extended: Vec::new(),
        }
    }

    /// Counts what it gives back and takes under another cause: a refund under its sale.
    #[must_use]
    pub const fn of_origin(mut self, origin: Uuid) -> Self {
        self.origin = origin;
        self
    }

    /// Numbers its lines from here: for a second journal of one cause.
    #[must_use]
    pub const fn from_line(mut self, line: i64) -> Self {
        self.first_line = line;
        self
    }

    /// What goes back into a lot that has expired meanwhile can be used until the end of this local
    /// day; without it, it expires again. Only what goes back: what the lot held at its end stays expired.
    #[must_use]
    pub const fn with_grace(mut self, until: (Date, Instant)) -> Self {
        self.grace = Some(until);
        self
    }

    /// Whether nothing moves.
    pub const fn is_empty(&self) -> bool {
        self.transfers.is_empty()
    }

    /// The moves so far.
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// Moves an amount between two accounts of the shop.
    pub fn transfer(&mut self, debit: Account, credit: Account, amount: i64, why: &'static str) -> Result<()> {
        self.line(debit, credit, amount, why).map(|_| ())
    }

    fn line(&mut self, debit: Account, credit: Account, amount: i64, why: &'static str) -> Result<i64> {
        if amount < 0 || debit.kind.counts_points() != credit.kind.counts_points() {
            return Err(Error::internal(format!("a transfer of {amount} from {debit:?} to {credit:?}")));
        }
        let line = self.first_line + i64::try_from(self.transfers.len()).unwrap_or(i64::MAX);
        if amount > 0 {
            self.transfers.push(Transfer { debit, credit, amount, why, line });
        }
        Ok(line)
    }

    /// `origin` is under whom it can be given back: what never is (debt paid, points clawed back,
    /// value expired) counts under its owner, or a refund would give it back in place of what was spent.
    fn allocate(&mut self, origin: Uuid, owner: Uuid, kind: AccountKind, line: i64, parts: &[Allocation]) {
        for part in parts {
            self.taken.push((owner, kind, part.lot, part.amount));
            self.allocations.push(Line { origin, line, allocation: *part });
        }
    }

    /// Takes an amount from what a member holds, lots of the soonest expiry first.
    ///
    /// Errors: `balance_insufficient`.
    pub fn spend(
        &mut self,
        cx: &Cx,
        from: &mut Holdings,
        kind: AccountKind,
        amount: i64,
        credit: Account,
        why: &'static str,
    ) -> Result<()> {
        let origin = self.origin;
        self.take(cx, from, kind, amount, credit, why, origin)
    }

    fn take(
        &mut self,
        cx: &Cx,
        from: &mut Holdings,
        kind: AccountKind,
        amount: i64,
        credit: Account,
        why: &'static str,
        origin: Uuid,
    ) -> Result<()> {
        let parts = from.take(kind, amount, cx.now)?;
        let line = self.line(Account::of(kind, from.owner), credit, amount, why)?;
        self.allocate(origin, from.owner, kind, line, &parts);
        Ok(())
    }

    /// Gives a member value in a new lot. Points first pay what the member owes.
    pub fn grant(
        &mut self,
        cx: &Cx,
        to: &mut Holdings,
        kind: AccountKind,
        amount: i64,
        debit: Account,
        terms: LotTerms,
        why: &'static str,
    ) -> Result<()> {
        if amount <= 0 {
            return if amount == 0 { Ok(()) } else { Err(Error::internal("a grant below zero")) };
        }
        let line = self.line(debit, Account::of(kind, to.owner), amount, why)?;
        let id = cx.id::<LotId>();
        self.lots.push(lot::store::NewLot { owner: to.owner, kind, id, amount, terms, source_id: self.source.id, source_line: line });
        to.lots.push(Lot {
            kind,
            id,
            granted: amount,
            remaining: amount,
            available_at: terms.available_at,
            expires_at: terms.expires.map(|(_, at)| at),
            expires_on: terms.expires.map(|(on, _)| on),
            source_id: self.source.id,
            created_at: cx.now,
        });
        to.add(kind, amount);
        self.settle_debt(cx, to)
    }

    /// Gives back part of what the origin took, to the lots it was taken from.
    ///
    /// `out` is what the origin still has out, with the lots themselves; see [`outstanding_stmt`](super::outstanding_stmt).
    pub fn give_back(
        &mut self,
        cx: &Cx,
        to: &mut Holdings,
        out: &mut Outstanding,
        kind: AccountKind,
        amount: i64,
        debit: Account,
        why: &'static str,
    ) -> Result<()> {
        if amount == 0 {
            return Ok(());
        }
        let parts = lot::give_back(&out.of_kind(kind), amount);
        if parts.iter().map(|part| part.amount).sum::<i64>() != amount {
            return Err(Error::internal(format!("the origin {} has less than {amount} {} out", self.origin, kind.as_str())));
        }
        self.revive(cx, to, out, kind, &parts)?;
        let line = self.line(debit, Account::of(kind, to.owner), amount, why)?;
        for part in &parts {
            out.returned(part);
            to.put_back(out.lot(part.lot), part.amount);
        }
        to.add(kind, amount);
        self.allocate(self.origin, to.owner, kind, line, &parts);
        self.settle_debt(cx, to)
    }

    /// Where there are days of grace, gives the expired lots among those to be refilled a new end, and
    /// first takes out what they still hold, unless something of the kind is on hold.
    fn revive(&mut self, cx: &Cx, to: &mut Holdings, out: &mut Outstanding, kind: AccountKind, parts: &[Allocation]) -> Result<()> {
        let Some(until) = self.grace else { return Ok(()) };
        for part in parts {
            let lot = to.lots(kind).find(|lot| lot.id == part.lot).or_else(|| out.lot(part.lot));
            let Some(lot) = lot.filter(|lot| lot.expires_at.is_some_and(|end| end <= cx.now)) else { continue };
            let left = lot.remaining;
            if left > 0 && to.balance(kind).held == 0 {
                self.drop_lots(to, kind, &[(part.lot, left)], Account::merchant(kind.expiry_account()), "expired")?;
                out.emptied(part.lot);
            }
            self.extended.push((to.owner, part.lot));
            for lot in to.lots.iter_mut().filter(|lot| lot.id == part.lot) {
                lot.expire(until);
            }
            out.extended(part.lot, until);
        }
        Ok(())
    }

    /// Takes points back that were granted in vain: from the lots that `granted_by` made, usable yet or
    /// not, then from others; what is no longer there becomes debt, or is forgiven. Returns what became debt.
    pub fn claw_back(
        &mut self,
        cx: &Cx,
        from: &mut Holdings,
        granted_by: Uuid,
        amount: i64,
        credit: Account,
        forgive: bool,
        why: &'static str,
    ) -> Result<i64> {
        let kind = AccountKind::Points;
        let parts = from.claw(kind, amount, cx.now, granted_by);
        let there = -parts.iter().map(|part| part.amount).sum::<i64>();
        if there > 0 {
            let line = self.line(Account::of(kind, from.owner), credit, there, why)?;
            self.allocate(from.owner, from.owner, kind, line, &parts);
        }
        let short = amount - there;
        if short == 0 || forgive {
            return Ok(0);
        }
        self.line(Account::of(AccountKind::PointsDebt, from.owner), credit, short, "debt")?;
        from.add(AccountKind::PointsDebt, -short);
        Ok(short)
    }

    /// Pays what the member owes from points that can be used.
    pub(crate) fn settle_debt(&mut self, cx: &Cx, holdings: &mut Holdings) -> Result<()> {
        let owed = -holdings.balance(AccountKind::PointsDebt).balance;
        let pays = owed.min(holdings.available(AccountKind::Points, cx.now));
        if pays <= 0 {
            return Ok(());
        }
        let owner = holdings.owner;
        self.take(cx, holdings, AccountKind::Points, pays, Account::of(AccountKind::PointsDebt, owner), "debt_settled", owner)?;
        holdings.add(AccountKind::PointsDebt, pays);
        Ok(())
    }

    /// Empties certain lots, whether they are usable or not.
    pub fn drop_lots(
        &mut self,
        from: &mut Holdings,
        kind: AccountKind,
        due: &[(LotId, i64)],
        credit: Account,
        why: &'static str,
    ) -> Result<()> {
        let amount = due.iter().map(|(_, remaining)| remaining).sum();
        let line = self.line(Account::of(kind, from.owner), credit, amount, why)?;
        let parts: Vec<Allocation> = due.iter().map(|(lot, remaining)| Allocation { lot: *lot, amount: -remaining }).collect();
        for (id, remaining) in due {
            if let Some(lot) = from.lots.iter_mut().find(|lot| lot.id == *id) {
                lot.remaining -= remaining;
            }
        }
        from.add(kind, -amount);
        self.allocate(from.owner, from.owner, kind, line, &parts);
        Ok(())
    }

    /// Queues the journal's statements. `holders` are the holdings it changed: members in any order,
    /// written in the order of their ids.
    pub async fn post(self, tx: &mut Tx, cx: &Cx, holders: &[&Holdings]) -> Result<()> {
        if self.transfers.is_empty() {
            return Ok(());
        }
        let deltas = self.balance_deltas();
        let missing: Vec<(Uuid, AccountKind)> = deltas
            .iter()
            .flat_map(|(owner, kinds)| kinds.iter().map(move |(kind, _)| (*owner, *kind)))
            .filter(|(owner, kind)| !holders.iter().any(|holder| holder.owner == *owner && holder.read(*kind)))
            .collect();
        accounts::create(tx, cx.merchant, &missing).await?;
        for (owner, kinds) in &deltas {
            account::store::add(tx, cx.merchant, *owner, kinds).await?;
        }
        // New lots first: paying a debt may take from a lot that this very journal grants.
        if !self.lots.is_empty() {
            tx.queue(lot::store::insert_stmt(cx.merchant, cx.now, &self.lots)).await?;
        }
        for (owner, lots) in self.lot_deltas() {
            lot::store::add(tx, cx.merchant, owner, &lots).await?;
        }
        if let Some(until) = self.grace.filter(|_| !self.extended.is_empty()) {
            lot::store::extend(tx, cx.merchant, &self.extended, until).await?;
        }
        tx.queue(store::insert_stmt(cx, self.source, self.store, &self.transfers)).await?;
        if !self.allocations.is_empty() {
            let rows: Vec<lot::store::NewAllocation> = self
                .allocations
                .iter()
                .map(|of| lot::store::NewAllocation {
                    origin_id: of.origin,
                    source_id: self.source.id,
                    source_line: of.line,
                    allocation: of.allocation,
                })
                .collect();
            tx.queue(lot::store::allocations_stmt(cx.merchant, &rows)).await?;
        }
        Ok(())
    }

    fn balance_deltas(&self) -> Vec<(Uuid, Vec<(AccountKind, i64)>)> {
        let mut deltas: Vec<(Uuid, AccountKind, i64)> = Vec::new();
        for transfer in &self.transfers {
            for (account, delta) in [(transfer.debit, -transfer.amount), (transfer.credit, transfer.amount)] {
                if !account.kind.of_member() {
                    continue;
                }
                match deltas.iter_mut().find(|(owner, kind, _)| *owner == account.owner && *kind == account.kind) {
                    Some((_, _, sum)) => *sum += delta,
                    None => deltas.push((account.owner, account.kind, delta)),
                }
            }
        }
        deltas.sort_by_key(|(owner, kind, _)| (*owner, *kind));
        group(deltas.into_iter().map(|(owner, kind, delta)| (owner, (kind, delta))))
    }

    /// Net changes of lots.
    fn lot_deltas(&self) -> Vec<(Uuid, Vec<(AccountKind, LotId, i64)>)> {
        let mut sums: Vec<(Uuid, AccountKind, LotId, i64)> = Vec::new();
        for (owner, kind, lot, amount) in &self.taken {
            match sums.iter_mut().find(|(_, _, id, _)| id == lot) {
                Some((_, _, _, sum)) => *sum += amount,
                None => sums.push((*owner, *kind, *lot, *amount)),
            }
        }
        sums.sort_by_key(|(owner, kind, lot, _)| (*owner, *kind, *lot));
        group(sums.into_iter().map(|(owner, kind, lot, delta)| (owner, (kind, lot, delta))))
    }
}

fn group<T>(sorted: impl Iterator<Item = (Uuid, T)>) -> Vec<(Uuid, Vec<T>)> {
    let mut out: Vec<(Uuid, Vec<T>)> = Vec::new();
    for (owner, item) in sorted {
        match out.last_mut() {
            Some((last, items)) if *last == owner => items.push(item),
            _ => out.push((owner, vec![item])),
        }
    }
    out
}

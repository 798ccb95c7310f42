//! Putting a journal together.

use super::store::{self, Outstanding};
use crate::account::{self, AccountKind, Holdings};
use crate::lot::{self, Allocation, Lot, LotId, LotTerms};
use crate::{Account, account::store as accounts};
use serde::{Deserialize, Serialize};
use shuke_db::{Stmt, Tx};
use shuke_kernel::{Cx, Date, Error, Instant, Result, Uuid};
use utoipa::ToSchema;

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

/// One entry of a member's statement, told from the side of the member's account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// When.
    pub at: Instant,
    /// Which of the member's accounts.
    pub account: AccountKind,
    /// Above zero came in, below zero went out. Points, or minor units.
    pub amount: i64,
    /// Where it came from or went to.
    pub other: AccountKind,
    /// Why, as a code: `earned`, `expired`.
    pub why: String,
    /// What caused it: `sale`, `refund`.
    pub source_kind: String,
    /// The cause's id.
    pub source_id: Uuid,
    /// Which line of it.
    pub source_line: i64,
    /// At which store.
    pub store: Option<Uuid>,
    /// By whom, such as `staff:…` or `system`.
    pub actor: String,
}

/// What went in and out of one of the shop's own accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Turnover {
    /// Which account.
    pub account: AccountKind,
    /// Whose: a store, or nothing for the merchant as a whole.
    pub store: Option<Uuid>,
    /// Which points; nothing for the merchant's own, and for what is no points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_kind: Option<Uuid>,
    /// What it got where the shop owns it (cash), what it gave where it doesn't (points issued).
    pub debits: i64,
    /// The other way.
    pub credits: i64,
}

/// What a shift moved between two kinds of accounts for one kind of cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShiftTurnover {
    /// What caused it: `sale`, `refund`, `top_up`.
    pub source_kind: String,
    /// The kind that gave.
    pub debit: AccountKind,
    /// The kind that got.
    pub credit: AccountKind,
    /// Points, minor units or visits by the kinds.
    pub amount: i64,
}

/// A journal being put together.
#[derive(Debug)]
pub struct Journal {
    pub(super) source: Source,
    origin: Uuid,
    pub(super) store: Option<Uuid>,
    pub(super) shift: Option<Uuid>,
    pub(super) issuer: Option<Uuid>,
    first_line: i64,
    pub(super) transfers: Vec<Transfer>,
    pub(super) lots: Vec<lot::store::NewLot>,
    pub(super) taken: Vec<(Uuid, AccountKind, LotId, i64)>,
    pub(super) allocations: Vec<Line>,
    grace: Option<(Date, Instant)>,
    extended: Vec<(Uuid, LotId)>,
    pub(super) marks: Vec<(Uuid, AccountKind, LotId, i64, i64)>,
}

/// Which origin an allocation counts for, and which line it explains.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) origin: Uuid,
    pub(super) line: i64,
    pub(super) allocation: Allocation,
}

/// The most that one entry moves, in points or minor units: thousands of such entries still fit into a
/// balance of 64 bits.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

pub(super) fn too_large() -> Error {
    Error::invalid("amount_too_large", format!("an entry moves at most {AMOUNT_MAX}"))
}

impl Journal {
    /// A journal of a cause, at a store where there is one.
    pub const fn new(kind: &'static str, id: Uuid, store: Option<Uuid>) -> Self {
        let source = Source { kind, id };
        Self {
            source,
            origin: id,
            store,
            shift: None,
            issuer: store,
            first_line: 0,
            transfers: Vec::new(),
            lots: Vec::new(),
            taken: Vec::new(),
            allocations: Vec::new(),
            grace: None,
            extended: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Counts what it gives back and takes under another cause: a refund under its sale.
    #[must_use]
    pub const fn of_origin(mut self, origin: Uuid) -> Self {
        self.origin = origin;
        self
    }

    /// Counts its entries to the shift of a till, where one is open.
    #[must_use]
    pub const fn in_shift(mut self, shift: Option<Uuid>) -> Self {
        self.shift = shift;
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

    pub(super) fn line(&mut self, debit: Account, credit: Account, amount: i64, why: &'static str) -> Result<i64> {
        if amount < 0 || debit.kind.unit() != credit.kind.unit() {
            return Err(Error::internal(format!("a transfer of {amount} from {debit:?} to {credit:?}")));
        }
        if amount > AMOUNT_MAX {
            return Err(too_large());
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
        let parts = from.take(kind, amount, cx.now)?;
        let line = self.line(Account::of(kind, from.owner), credit, amount, why)?;
        self.allocate(self.origin, from.owner, kind, line, &parts);
        Ok(())
    }

    /// Takes an amount from one lot of a member: a visit of a pass.
    ///
    /// Errors: `balance_insufficient`.
    #[expect(clippy::too_many_arguments, reason = "each names a part of the entry; a struct would only repeat the names")]
    pub fn spend_from(
        &mut self,
        cx: &Cx,
        from: &mut Holdings,
        kind: AccountKind,
        lot: LotId,
        amount: i64,
        credit: Account,
        why: &'static str,
    ) -> Result<()> {
        if amount == 0 {
            return Ok(());
        }
        let parts = from.take_from(kind, lot, amount, cx.now)?;
        let line = self.line(Account::of(kind, from.owner), credit, amount, why)?;
        self.allocate(self.origin, from.owner, kind, line, &parts);
        Ok(())
    }

    /// Takes what a lot still holds, usable or not, for good: no refund gives it back.
    pub fn withdraw(
        &mut self,
        from: &mut Holdings,
        kind: AccountKind,
        lot: LotId,
        amount: i64,
        credit: Account,
        why: &'static str,
    ) -> Result<()> {
        match from.lot(lot).map_or(0, |lot| lot.remaining) {
            there if there < amount => {
                Err(Error::refused("balance_insufficient", format!("the {} has {there} left, {amount} is to be taken", kind.as_str())))
            }
            _ if amount == 0 => Ok(()),
            _ => self.empty(from, kind, &[(lot, amount)], credit, why),
        }
    }

    /// Gives a member value in a new lot.
    #[expect(clippy::too_many_arguments, reason = "each names a part of the entry; a struct would only repeat the names")]
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
        self.grant_lot(cx, to, kind, amount, debit, terms, why).map(|_| ())
    }

    /// The same, above zero, with the new lot's id.
    #[expect(clippy::too_many_arguments, reason = "each names a part of the entry; a struct would only repeat the names")]
    pub fn grant_lot(
        &mut self,
        cx: &Cx,
        to: &mut Holdings,
        kind: AccountKind,
        amount: i64,
        debit: Account,
        terms: LotTerms,
        why: &'static str,
    ) -> Result<LotId> {
        let line = self.line(debit, Account::of(kind, to.owner), amount, why)?;
        let id = cx.id::<LotId>();
        self.lots.push(lot::store::NewLot { owner: to.owner, kind, id, amount, terms, source_id: self.source.id, source_line: line });
        to.lots.push(Lot {
            kind,
            id,
            granted: amount,
            remaining: amount,
            short: 0,
            expired: 0,
            available_at: terms.available_at,
            expires_at: terms.expires.map(|(_, at)| at),
            expires_on: terms.expires.map(|(on, _)| on),
            source_id: self.source.id,
            created_at: cx.now,
        });
        to.add(kind, amount);
        Ok(id)
    }

    /// Gives back part of what the origin took, to the lots it was taken from. What was meanwhile taken
    /// back of such a lot's grant pays the debt that this had made.
    ///
    /// `out` is what the origin still has out, with the lots themselves; see [`outstanding_stmt`](super::outstanding_stmt).
    #[expect(clippy::too_many_arguments, reason = "each names a part of the entry; a struct would only repeat the names")]
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
        self.put_back(cx, to, out, kind, &parts, (amount, debit, why))
    }

    /// The same for what was taken from one lot: a visit goes back to its pass.
    #[expect(clippy::too_many_arguments, reason = "each names a part of the entry; a struct would only repeat the names")]
    pub fn give_back_to(
        &mut self,
        cx: &Cx,
        to: &mut Holdings,
        out: &mut Outstanding,
        kind: AccountKind,
        lot: LotId,
        amount: i64,
        debit: Account,
        why: &'static str,
    ) -> Result<()> {
        if amount == 0 {
            return Ok(());
        }
        let parts = lot::give_back(&out.of_lot(lot), amount);
        self.put_back(cx, to, out, kind, &parts, (amount, debit, why))
    }

    fn put_back(
        &mut self,
        cx: &Cx,
        to: &mut Holdings,
        out: &mut Outstanding,
        kind: AccountKind,
        parts: &[Allocation],
        (amount, debit, why): (i64, Account, &'static str),
    ) -> Result<()> {
        if parts.iter().map(|part| part.amount).sum::<i64>() != amount {
            return Err(Error::internal(format!("the origin {} has less than {amount} {} out", self.origin, kind.as_str())));
        }
        self.revive(cx, to, out, kind, parts)?;
        let line = self.line(debit, Account::of(kind, to.owner), amount, why)?;
        for part in parts {
            out.returned(part);
            to.put_back(out.lot(part.lot), part.amount);
        }
        to.add(kind, amount);
        self.allocate(self.origin, to.owner, kind, line, parts);
        for part in parts {
            self.pay_short(to, kind, part)?;
        }
        Ok(())
    }

    /// A lot that owes keeps what comes back only beyond that.
    fn pay_short(&mut self, to: &mut Holdings, kind: AccountKind, part: &Allocation) -> Result<()> {
        let Some(lot) = to.lots.iter_mut().find(|lot| lot.id == part.lot && lot.short > 0) else { return Ok(()) };
        let due = part.amount.min(lot.short);
        lot.short -= due;
        self.marks.push((to.owner, kind, part.lot, -due, 0));
        let pays = due.min(to.owed());
        self.pay_debt(to, kind, &[(part.lot, pays)])
    }

    /// Pays debt out of lots.
    pub(crate) fn pay_debt(&mut self, holdings: &mut Holdings, kind: AccountKind, parts: &[(LotId, i64)]) -> Result<()> {
        let amount: i64 = parts.iter().map(|(_, part)| part).sum();
        if amount > 0 {
            self.empty(holdings, kind, parts, Account::of(AccountKind::PointsDebt, holdings.owner), "debt_settled")?;
            holdings.add(AccountKind::PointsDebt, amount);
        }
        Ok(())
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
                let gone = to.shop(kind.expiry_account());
                self.drop_lots(to, kind, &[(part.lot, left)], gone, "expired")?;
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

    /// Takes points back that were granted in vain, out of the lots that `granted_by` made (to be read
    /// with [`Holdings::with_granted`]), usable yet or not. What of them was spent meanwhile becomes
    /// debt, or is forgiven; what ran out of time is gone already. Returns what became debt.
    ///
    /// Other lots are left alone: debt lowers what is available, and is paid when the spent points come
    /// back, so that undoing everything leaves every lot as it was.
    pub fn claw_back(
        &mut self,
        from: &mut Holdings,
        granted_by: Uuid,
        amount: i64,
        credit: Account,
        forgive: bool,
        why: &'static str,
    ) -> Result<i64> {
        let kind = AccountKind::Points;
        let parts = from.claw(kind, amount, granted_by);
        let there = -parts.iter().map(|part| part.amount).sum::<i64>();
        if there > 0 {
            let line = self.line(Account::of(kind, from.owner), credit, there, why)?;
            self.allocate(from.owner, from.owner, kind, line, &parts);
        }
        let mut short = amount - there;
        let owner = from.owner;
        for lot in from.lots.iter_mut().filter(|lot| lot.kind == kind && lot.source_id == granted_by && lot.expired > 0) {
            let gone = short.min(lot.expired);
            lot.expired -= gone;
            short -= gone;
            self.marks.push((owner, kind, lot.id, 0, -gone));
        }
        if short == 0 || forgive {
            return Ok(0);
        }
        self.line(Account::of(AccountKind::PointsDebt, owner), credit, short, "debt")?;
        if let Some(lot) = from.lots.iter_mut().rfind(|lot| lot.kind == kind && lot.source_id == granted_by) {
            lot.short += short;
            self.marks.push((owner, kind, lot.id, short, 0));
        }
        from.add(AccountKind::PointsDebt, -short);
        Ok(short)
    }

    /// Empties certain lots whose time is over, whether they are usable or not.
    pub fn drop_lots(
        &mut self,
        from: &mut Holdings,
        kind: AccountKind,
        due: &[(LotId, i64)],
        credit: Account,
        why: &'static str,
    ) -> Result<()> {
        for (id, amount) in due.iter().filter(|(_, amount)| *amount > 0) {
            self.marks.push((from.owner, kind, *id, 0, *amount));
            for lot in from.lots.iter_mut().filter(|lot| lot.id == *id) {
                lot.expired += amount;
            }
        }
        self.empty(from, kind, due, credit, why)
    }

    fn empty(&mut self, from: &mut Holdings, kind: AccountKind, parts: &[(LotId, i64)], credit: Account, why: &'static str) -> Result<()> {
        let amount = parts.iter().map(|(_, part)| part).sum();
        let line = self.line(Account::of(kind, from.owner), credit, amount, why)?;
        let taken: Vec<Allocation> =
            parts.iter().filter(|(_, part)| *part > 0).map(|(lot, part)| Allocation { lot: *lot, amount: -part }).collect();
        for part in &taken {
            for lot in from.lots.iter_mut().filter(|lot| lot.id == part.lot) {
                lot.remaining += part.amount;
            }
        }
        from.add(kind, -amount);
        self.allocate(from.owner, from.owner, kind, line, &taken);
        Ok(())
    }

    /// Queues the journal's statements. `holders` are the holdings it changed: members in any order,
    /// written in the order of their ids.
    pub async fn post(self, tx: &mut Tx, cx: &Cx, holders: &[&Holdings]) -> Result<()> {
        if self.transfers.is_empty() && self.marks.is_empty() {
            return Ok(());
        }
        let deltas = self.balance_deltas();
        let holder = |owner: &Uuid| holders.iter().find(|holder| holder.owner == *owner);
        let missing: Vec<_> = deltas
            .iter()
            .flat_map(|(owner, kinds)| kinds.iter().map(move |(kind, _)| (*owner, *kind)))
            .filter(|(owner, kind)| !holder(owner).is_some_and(|holder| holder.read(*kind)))
            .map(|(owner, kind)| (owner, kind, holder(&owner).map_or(Uuid::nil(), |holder| holder.points_kind)))
            .collect();
        accounts::create(tx, cx.merchant, &missing).await?;
        let accounts = deltas.iter().map(|(owner, kinds)| account::store::add_stmt(cx.merchant, *owner, kinds)).collect();
        let transfers =
            (!self.transfers.is_empty()).then(|| store::insert_stmt(cx, self.source, (self.store, self.shift), &self.transfers));
        store::queue(tx, accounts, transfers).await?;
        if !self.lots.is_empty() {
            tx.queue(lot::store::insert_stmt(cx.merchant, cx.now, self.issuer, &self.lots)).await?;
        }
        let lots = self.lot_deltas().iter().map(|(owner, lots)| lot::store::add_stmt(cx.merchant, *owner, lots)).collect();
        store::queue(tx, lots, self.allocations_stmt(cx)).await?;
        lot::store::mark(tx, cx.merchant, &self.marks).await?;
        match self.grace.filter(|_| !self.extended.is_empty()) {
            Some(until) => lot::store::extend(tx, cx.merchant, &self.extended, until).await,
            None => Ok(()),
        }
    }

    fn allocations_stmt(&self, cx: &Cx) -> Option<Stmt> {
        let rows: Vec<_> = self.new_allocations().collect();
        (!rows.is_empty()).then(|| lot::store::allocations_stmt(cx.merchant, &rows))
    }

    pub(super) fn new_allocations(&self) -> impl Iterator<Item = lot::store::NewAllocation> {
        let source_id = self.source.id;
        self.allocations.iter().map(move |of| lot::store::NewAllocation {
            origin_id: of.origin,
            source_id,
            source_line: of.line,
            allocation: of.allocation,
        })
    }

    pub(super) fn balance_deltas(&self) -> ByOwner<(AccountKind, i64)> {
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
    fn lot_deltas(&self) -> ByOwner<(AccountKind, LotId, i64)> {
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

pub(super) type ByOwner<T> = Vec<(Uuid, Vec<T>)>;

fn group<T>(sorted: impl Iterator<Item = (Uuid, T)>) -> ByOwner<T> {
    let mut out = ByOwner::<T>::new();
    for (owner, item) in sorted {
        match out.last_mut() {
            Some((last, items)) if *last == owner => items.push(item),
            _ => out.push((owner, vec![item])),
        }
    }
    out
}

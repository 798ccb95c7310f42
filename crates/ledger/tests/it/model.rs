//! A plain ledger in memory, written from the laws and not from the code: what the real one must equal.

use shuke_kernel::{Date, Instant, Uuid};
use shuke_ledger::AccountKind::{self, Bonus, Points, Principal};
use std::collections::BTreeMap;

/// What can happen. Both ledgers are told the same.
#[derive(Clone, Debug)]
pub enum Op {
    Grant {
        id: Uuid,
        member: Uuid,
        kind: AccountKind,
        amount: i64,
        available: Instant,
        expires: Option<(Date, Instant)>,
    },
    Spend {
        id: Uuid,
        member: Uuid,
        kind: AccountKind,
        amount: i64,
    },
    /// A sale: spends points and principal and earns points, in one journal.
    Sale {
        id: Uuid,
        member: Uuid,
        points: i64,
        principal: i64,
        earned: i64,
    },
    GiveBack {
        id: Uuid,
        origin: Uuid,
        member: Uuid,
        kind: AccountKind,
        amount: i64,
        grace: Option<(Date, Instant)>,
    },
    ClawBack {
        id: Uuid,
        member: Uuid,
        granted_by: Uuid,
        amount: i64,
        forgive: bool,
    },
    Hold {
        id: Uuid,
        member: Uuid,
        kind: AccountKind,
        amount: i64,
        until: Instant,
    },
    Release {
        id: Uuid,
    },
    Settle {
        id: Uuid,
        hold: Uuid,
        member: Uuid,
        kind: AccountKind,
        amount: i64,
    },
    ExpireHolds,
    ExpireLots,
    Seal,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    pub owner: Uuid,
    pub kind: AccountKind,
    pub source: Uuid,
    pub created: Instant,
    pub granted: i64,
    pub left: i64,
    pub available: Instant,
    pub expires: Option<Instant>,
    /// Taken back while it was spent, and owed.
    pub short: i64,
    /// Ran out of time and not taken back.
    pub expired: i64,
}

impl Lot {
    fn usable(&self, now: Instant) -> bool {
        self.available <= now && self.expires.is_none_or(|end| end > now)
    }
    fn ended(&self, now: Instant) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }
    /// Soonest expiry, then the oldest; what never ends comes last.
    fn order(&self) -> (Instant, Instant) {
        (self.expires.unwrap_or(Instant(i64::MAX)), self.created)
    }
}

#[derive(Clone, Debug)]
struct Hold {
    owner: Uuid,
    kind: AccountKind,
    amount: i64,
    until: Instant,
    is_open: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Model {
    pub lots: Vec<Lot>,
    pub debts: BTreeMap<Uuid, i64>,
    holds: BTreeMap<Uuid, Hold>,
    /// What each origin has out: index of the lot, amount.
    out: BTreeMap<Uuid, BTreeMap<usize, i64>>,
}

type Outcome = Result<(), &'static str>;
const SHORT: Outcome = Err("balance_insufficient");

impl Model {
    pub fn balance(&self, owner: Uuid, kind: AccountKind) -> i64 {
        self.lots.iter().filter(|lot| lot.owner == owner && lot.kind == kind).map(|lot| lot.left).sum()
    }
    pub fn held(&self, owner: Uuid, kind: AccountKind) -> i64 {
        self.holds.values().filter(|hold| hold.is_open && hold.owner == owner && hold.kind == kind).map(|hold| hold.amount).sum()
    }
    fn usable(&self, owner: Uuid, kind: AccountKind, now: Instant) -> i64 {
        self.lots.iter().filter(|lot| lot.owner == owner && lot.kind == kind && lot.usable(now)).map(|lot| lot.left).sum()
    }
    pub fn available(&self, owner: Uuid, kind: AccountKind, now: Instant) -> i64 {
        let owed = if kind == Points { self.debts.get(&owner).copied().unwrap_or(0) } else { 0 };
        (self.usable(owner, kind, now) - self.held(owner, kind) - owed).max(0)
    }
    /// What an origin has out of a kind.
    pub fn out(&self, origin: Uuid, kind: AccountKind) -> i64 {
        let taken = self.out.get(&origin).into_iter().flatten();
        taken.filter(|(lot, _)| self.lots[**lot].kind == kind).map(|(_, amount)| amount).sum()
    }
    pub fn open_holds(&self) -> Vec<(Uuid, Uuid, AccountKind, i64)> {
        self.holds.iter().filter(|(_, hold)| hold.is_open).map(|(id, hold)| (*id, hold.owner, hold.kind, hold.amount)).collect()
    }

    fn take(&mut self, now: Instant, owner: Uuid, kind: AccountKind, amount: i64, origin: Option<Uuid>) -> Outcome {
        if self.available(owner, kind, now) < amount {
            return SHORT;
        }
        let mut left = amount;
        while left > 0 {
            let candidates = (0..self.lots.len()).filter(|at| {
                let lot = &self.lots[*at];
                lot.owner == owner && lot.kind == kind && lot.left > 0 && lot.usable(now)
            });
            let at = candidates.min_by_key(|at| self.lots[*at].order()).unwrap();
            let part = left.min(self.lots[at].left);
            self.lots[at].left -= part;
            left -= part;
            if let Some(origin) = origin {
                *self.out.entry(origin).or_default().entry(at).or_default() += part;
            }
        }
        Ok(())
    }

    pub fn apply(&mut self, now: Instant, op: &Op) -> Outcome {
        match op {
            Op::Grant { id, member, kind, amount, available, expires } => {
                self.grant(now, *id, *member, *kind, *amount, (*available, expires.map(|(_, end)| end)));
            }
            Op::Spend { id, member, kind, amount } => self.take(now, *member, *kind, *amount, Some(*id))?,
            Op::Sale { id, member, points, principal, earned } => {
                self.take(now, *member, Points, *points, Some(*id))?;
                self.take(now, *member, Principal, *principal, Some(*id))?;
                self.grant(now, *id, *member, Points, *earned, (now, None));
            }
            Op::GiveBack { origin, member, kind, amount, grace, .. } => self.give_back(now, *origin, *member, *kind, *amount, *grace),
            Op::ClawBack { member, granted_by, amount, forgive, .. } => self.claw_back(*member, *granted_by, *amount, *forgive),
            Op::Hold { id, member, kind, amount, until } => {
                if self.available(*member, *kind, now) < *amount {
                    self.expire_holds(now, Some(*member));
                }
                if self.available(*member, *kind, now) < *amount {
                    return SHORT;
                }
                self.holds.insert(*id, Hold { owner: *member, kind: *kind, amount: *amount, until: *until, is_open: true });
            }
            Op::Release { id } => self.end_hold(*id)?,
            Op::Settle { id, hold, member, kind, amount } => {
                if self.holds[hold].until <= now {
                    return Err("hold_ended");
                }
                self.end_hold(*hold)?;
                self.take(now, *member, *kind, *amount, Some(*id))?;
            }
            Op::ExpireHolds => self.expire_holds(now, None),
            Op::ExpireLots => {
                let mut order: Vec<usize> = (0..self.lots.len()).collect();
                order.sort_by_key(|at| self.lots[*at].order());
                for at in order {
                    let (owner, kind) = (self.lots[at].owner, self.lots[at].kind);
                    if self.lots[at].ended(now) && self.held(owner, kind) == 0 {
                        // What would be lost anyway pays what is owed.
                        let owed = if kind == Points { self.debts.get(&owner).copied().unwrap_or(0) } else { 0 };
                        let pays = owed.min(self.lots[at].left);
                        if pays > 0 {
                            *self.debts.entry(owner).or_default() -= pays;
                        }
                        self.lots[at].expired += self.lots[at].left - pays;
                        self.lots[at].left = 0;
                    }
                }
            }
            Op::Seal => {}
        }
        Ok(())
    }

    fn grant(&mut self, now: Instant, source: Uuid, owner: Uuid, kind: AccountKind, amount: i64, terms: (Instant, Option<Instant>)) {
        if amount > 0 {
            let (available, expires) = terms;
            self.lots.push(Lot {
                owner,
                kind,
                source,
                created: now,
                granted: amount,
                left: amount,
                available,
                expires,
                short: 0,
                expired: 0,
            });
        }
    }

    fn give_back(&mut self, now: Instant, origin: Uuid, owner: Uuid, kind: AccountKind, amount: i64, grace: Option<(Date, Instant)>) {
        let mut left = amount;
        let mut parts = Vec::new();
        let mut taken: Vec<usize> = self.out[&origin].keys().copied().filter(|at| self.lots[*at].kind == kind).collect();
        taken.sort_by_key(|at| std::cmp::Reverse(self.lots[*at].order()));
        for at in taken {
            let out = self.out.get_mut(&origin).unwrap().get_mut(&at).unwrap();
            let part = left.min(*out);
            *out -= part;
            left -= part;
            parts.push((at, part));
        }
        assert_eq!(left, 0);
        let held = self.held(owner, kind);
        for (at, part) in parts.into_iter().filter(|(_, part)| *part > 0) {
            let lot = &mut self.lots[at];
            if let Some((_, end)) = grace.filter(|_| lot.ended(now)) {
                if held == 0 {
                    lot.expired += lot.left;
                    lot.left = 0;
                }
                lot.expires = Some(end);
            }
            // What was taken back of the lot while it was spent is paid first.
            let due = part.min(lot.short);
            let owed = self.debts.entry(owner).or_default();
            let pays = due.min(*owed);
            lot.short -= due;
            lot.left += part - pays;
            *owed -= pays;
        }
    }

    fn claw_back(&mut self, owner: Uuid, source: Uuid, amount: i64, forgive: bool) {
        let spare = (self.balance(owner, Points) - self.held(owner, Points)).max(0);
        let (mut left, mut short) = (amount.min(spare), amount);
        let own: Vec<usize> = (0..self.lots.len())
            .filter(|at| self.lots[*at].owner == owner && self.lots[*at].kind == Points && self.lots[*at].source == source)
            .collect();
        for at in &own {
            let part = left.min(self.lots[*at].left);
            self.lots[*at].left -= part;
            left -= part;
            short -= part;
        }
        for at in &own {
            let gone = short.min(self.lots[*at].expired);
            self.lots[*at].expired -= gone;
            short -= gone;
        }
        if !forgive && short > 0 {
            *self.debts.entry(owner).or_default() += short;
            if let Some(at) = own.last() {
                self.lots[*at].short += short;
            }
        }
    }

    fn end_hold(&mut self, id: Uuid) -> Outcome {
        let hold = self.holds.get_mut(&id).unwrap();
        if !hold.is_open {
            return Err("hold_ended");
        }
        hold.is_open = false;
        Ok(())
    }

    fn expire_holds(&mut self, now: Instant, of: Option<Uuid>) {
        for hold in self.holds.values_mut().filter(|hold| hold.until <= now && of.is_none_or(|owner| hold.owner == owner)) {
            hold.is_open = false;
        }
    }

    /// All that a member has, to be compared.
    pub fn state(&self, owner: Uuid) -> Vec<(AccountKind, i64, i64)> {
        let mut state: Vec<_> =
            [Points, Principal, Bonus].iter().map(|kind| (*kind, self.balance(owner, *kind), self.held(owner, *kind))).collect();
        state.push((AccountKind::PointsDebt, -self.debts.get(&owner).copied().unwrap_or(0), 0));
        state
    }
}

//! Kinds of accounts, and what a member holds.

use crate::lot::{Allocation, Lot};
use shuke_kernel::{Error, Instant, Result, Uuid};

shuke_kernel::text_enum! {
    /// What an account holds.
    pub enum AccountKind {
        /// 积分 of a member.
        Points = "points",
        /// Points that a member owes after a refund took back more than was left (never above zero).
        PointsDebt = "points_debt",
        /// 本金 of a member, minor units.
        Principal = "principal",
        /// 赠送金 of a member, minor units.
        Bonus = "bonus",
        /// Cash drawer of a store.
        Cash = "cash",
        /// WeChat Pay receipts of a store.
        WechatPay = "wechat_pay",
        /// Alipay receipts of a store.
        Alipay = "alipay",
        /// Bank-card receipts of a store.
        BankCard = "bank_card",
        /// Other receipts of a store.
        OtherTender = "other_tender",
        /// What a store sold.
        Revenue = "revenue",
        /// Points given out.
        PointsIssued = "points_issued",
        /// Points used up.
        PointsRedeemed = "points_redeemed",
        /// Points that ran out of time.
        PointsExpired = "points_expired",
        /// Bonus given out.
        BonusIssued = "bonus_issued",
        /// Bonus that ran out of time.
        BonusExpired = "bonus_expired",
        /// Principal that ran out of time.
        PrincipalExpired = "principal_expired",
        /// Where opening balances come from.
        Opening = "opening",
        /// Where adjustments by hand come from and go to.
        Adjustment = "adjustment",
    }
}

impl AccountKind {
    /// Whether a member owns accounts of this kind.
    pub const fn of_member(self) -> bool {
        matches!(self, Self::Points | Self::PointsDebt | Self::Principal | Self::Bonus)
    }
    /// Whether its value sits in lots.
    pub const fn in_lots(self) -> bool {
        matches!(self, Self::Points | Self::Principal | Self::Bonus)
    }
    /// Whether it counts points rather than money.
    pub const fn counts_points(self) -> bool {
        matches!(self, Self::Points | Self::PointsDebt | Self::PointsIssued | Self::PointsRedeemed | Self::PointsExpired)
    }
    /// Where value of this kind goes when it expires.
    pub const fn expiry_account(self) -> Self {
        match self {
            Self::Principal => Self::PrincipalExpired,
            Self::Bonus => Self::BonusExpired,
            _ => Self::PointsExpired,
        }
    }
}

/// One side of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// What it holds.
    pub kind: AccountKind,
    /// A member, a store, or nil for the merchant as a whole.
    pub owner: Uuid,
}

impl Account {
    /// An account of an owner.
    pub fn of(kind: AccountKind, owner: impl Into<Uuid>) -> Self {
        Self { kind, owner: owner.into() }
    }
    /// An account of the merchant as a whole.
    pub const fn merchant(kind: AccountKind) -> Self {
        Self { kind, owner: Uuid::nil() }
    }
}

/// The row of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// What it holds, lots that are not available yet included.
    pub balance: i64,
    /// The part that open holds keep back.
    pub held: i64,
}

/// All that a member holds: balances and open lots. Read once, changed in memory by the journal
/// while it is put together, and written by [`Journal::post`](crate::Journal::post).
#[derive(Clone, Debug)]
pub struct Holdings {
    /// The member.
    pub owner: Uuid,
    pub(crate) accounts: Vec<(AccountKind, Balance)>,
    pub(crate) rows: Vec<AccountKind>,
    pub(crate) lots: Vec<Lot>,
}

impl Holdings {
    /// Of a member who has nothing yet.
    pub const fn none(owner: Uuid) -> Self {
        Self { owner, accounts: Vec::new(), rows: Vec::new(), lots: Vec::new() }
    }
    /// The balance row; zero where the account doesn't exist yet.
    pub fn balance(&self, kind: AccountKind) -> Balance {
        self.accounts.iter().find(|(k, _)| *k == kind).map_or_else(Balance::default, |(_, balance)| *balance)
    }
    /// Whether the account's row was there when the holdings were read.
    pub(crate) fn read(&self, kind: AccountKind) -> bool {
        self.rows.contains(&kind)
    }
    /// What can be spent now: lots that are available and not expired, less what is held.
    pub fn available(&self, kind: AccountKind, now: Instant) -> i64 {
        let lots: i64 = self.usable(kind, now).map(|lot| lot.remaining).sum();
        (lots - self.balance(kind).held).max(0)
    }
    /// The open lots of a kind, expired and pending ones included.
    pub fn lots(&self, kind: AccountKind) -> impl Iterator<Item = &Lot> {
        self.lots.iter().filter(move |lot| lot.kind == kind)
    }
    fn usable(&self, kind: AccountKind, now: Instant) -> impl Iterator<Item = &Lot> {
        self.lots(kind).filter(move |lot| lot.usable(now))
    }

    /// Takes an amount from lots, soonest expiry first; changes the lots in memory.
    ///
    /// Errors: `balance_insufficient` with what is there.
    pub(crate) fn take(&mut self, kind: AccountKind, amount: i64, now: Instant) -> Result<Vec<Allocation>> {
        let there = self.available(kind, now);
        if there < amount {
            return Err(Error::refused(
                "balance_insufficient",
                format!("the {} balance has {there} to spend, {amount} is asked for", kind.as_str()),
            ));
        }
        let taken = crate::lot::take(&mut self.lots, kind, amount, now, None);
        self.add(kind, -amount);
        Ok(taken)
    }

    /// Takes up to an amount, first from the lots that a source granted, usable or not. What is held
    /// stays. Returns what was there.
    pub(crate) fn claw(&mut self, kind: AccountKind, amount: i64, now: Instant, granted_by: Uuid) -> Vec<Allocation> {
        let unusable = self.lots(kind).filter(|lot| lot.source_id == granted_by && !lot.usable(now));
        let Balance { balance, held } = self.balance(kind);
        // Lots may have ended under a hold: then the balance is what keeps it covered.
        let there = (unusable.map(|lot| lot.remaining).sum::<i64>() + self.available(kind, now)).min(balance - held).max(0);
        let taken = crate::lot::take(&mut self.lots, kind, amount.min(there), now, Some(granted_by));
        self.add(kind, taken.iter().map(|part| part.amount).sum());
        taken
    }

    /// Lets part of what was held be spent again.
    pub(crate) fn unhold(&mut self, kind: AccountKind, amount: i64) {
        for (_, balance) in self.accounts.iter_mut().filter(|(of, _)| *of == kind) {
            balance.held -= amount;
        }
    }

    /// Puts an amount back into a lot, which may have been empty and so not among the open ones.
    pub(crate) fn put_back(&mut self, lot: Option<&Lot>, amount: i64) {
        let Some(lot) = lot else { return };
        match self.lots.iter_mut().find(|open| open.id == lot.id) {
            Some(open) => open.remaining += amount,
            None => self.lots.push(Lot { remaining: lot.remaining + amount, ..lot.clone() }),
        }
    }

    pub(crate) fn add(&mut self, kind: AccountKind, delta: i64) {
        match self.accounts.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, balance)) => balance.balance += delta,
            None => self.accounts.push((kind, Balance { balance: delta, held: 0 })),
        }
    }
}

//! Kinds of accounts, and what a member holds.

use crate::journal::Entry;
use crate::lot::{Allocation, Lot, LotId, LotTerms};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Instant, Result, Uuid};
use utoipa::ToSchema;

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
        /// 次卡剩余次数 of a member: visits, a lot for each item of a pass.
        PassVisits = "pass_visits",
        /// 次卡未消耗金额 of a member, minor units: what was paid for visits that are still to come.
        PassValue = "pass_value",
        /// 礼品卡余额, minor units; the card owns it.
        GiftCard = "gift_card",
        /// Cash drawer of a store.
        Cash = "cash",
        /// Cash of a store outside its drawers: in the safe, or paid out.
        Safe = "safe",
        /// What the drawers of a store held more or less than they should.
        CashDifference = "cash_difference",
        /// What a store owes other stores for prepaid value, settled.
        StoreClearing = "store_clearing",
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
        /// Points on their way from one member to another: empty once they arrived.
        PointsTransferred = "points_transferred",
        /// Bonus given out.
        BonusIssued = "bonus_issued",
        /// Bonus that ran out of time.
        BonusExpired = "bonus_expired",
        /// Principal that ran out of time.
        PrincipalExpired = "principal_expired",
        /// Visits given out, less those withdrawn with a refund or a transfer.
        PassVisitsIssued = "pass_visits_issued",
        /// Visits used up.
        PassVisitsUsed = "pass_visits_used",
        /// Visits that ran out of time.
        PassVisitsExpired = "pass_visits_expired",
        /// Paid for visits that ran out of time.
        PassValueExpired = "pass_value_expired",
        /// Gift cards' balances that ran out of time.
        GiftCardExpired = "gift_card_expired",
        /// What a store takes for passes and gift cards, on its way to them; empty in between.
        PrepaidSold = "prepaid_sold",
        /// Prepaid value on its way from one holder to another; empty in between.
        PrepaidMoved = "prepaid_moved",
        /// Points on their way from a member to the one they were merged into: empty once they arrived.
        PointsMerged = "points_merged",
        /// Visits on that way: empty once they arrived.
        PassVisitsMerged = "pass_visits_merged",
        /// What a store kept when it gave prepaid value back.
        RefundFee = "refund_fee",
        /// Where opening balances come from.
        Opening = "opening",
        /// Where adjustments by hand come from and go to.
        Adjustment = "adjustment",
    }
}

impl AccountKind {
    /// Whether a member, or a gift card, owns accounts of this kind.
    pub const fn of_member(self) -> bool {
        self.in_lots() || matches!(self, Self::PointsDebt)
    }
    /// Whether its value sits in lots.
    pub const fn in_lots(self) -> bool {
        matches!(self, Self::Points | Self::Principal | Self::Bonus | Self::PassVisits | Self::PassValue | Self::GiftCard)
    }
    /// Whether it is money that was paid before, or given like it.
    pub const fn is_prepaid(self) -> bool {
        matches!(self, Self::Principal | Self::Bonus | Self::PassValue | Self::GiftCard)
    }
    /// Whether it is a store's receipt of money.
    pub const fn is_tender(self) -> bool {
        matches!(self, Self::Cash | Self::WechatPay | Self::Alipay | Self::BankCard | Self::OtherTender)
    }
    /// Whether a hand may correct it and something under way may hold it: what a member has as a whole,
    /// not what belongs to a pass or a card.
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Points | Self::Principal | Self::Bonus)
    }
    /// What it counts.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Points
            | Self::PointsDebt
            | Self::PointsMerged
            | Self::PointsIssued
            | Self::PointsRedeemed
            | Self::PointsExpired
            | Self::PointsTransferred => Unit::Points,
            Self::PassVisits | Self::PassVisitsMerged | Self::PassVisitsIssued | Self::PassVisitsUsed | Self::PassVisitsExpired => {
                Unit::Visits
            }
            _ => Unit::Money,
        }
    }
    /// Through which account value of this kind goes from a member to the one they were merged into.
    pub const fn merging_account(self) -> Self {
        match self.unit() {
            Unit::Points => Self::PointsMerged,
            Unit::Visits => Self::PassVisitsMerged,
            Unit::Money => Self::PrepaidMoved,
        }
    }
    /// Where value of this kind goes when it expires.
    pub const fn expiry_account(self) -> Self {
        match self {
            Self::Principal => Self::PrincipalExpired,
            Self::Bonus => Self::BonusExpired,
            Self::PassVisits => Self::PassVisitsExpired,
            Self::PassValue => Self::PassValueExpired,
            Self::GiftCard => Self::GiftCardExpired,
            _ => Self::PointsExpired,
        }
    }
}

/// What an account counts. An entry never turns one into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Points.
    Points,
    /// Minor units of money.
    Money,
    /// Visits of passes.
    Visits,
}

/// The kinds that are [`AccountKind::in_lots`], as an SQL list.
macro_rules! lot_kinds {
    () => {
        "('points', 'principal', 'bonus', 'pass_visits', 'pass_value', 'gift_card')"
    };
}
/// The kinds that are [`AccountKind::of_member`], as an SQL list.
macro_rules! member_kinds {
    () => {
        "('points', 'points_debt', 'principal', 'bonus', 'pass_visits', 'pass_value', 'gift_card')"
    };
}
/// The kinds that are [`AccountKind::in_lots`] and money, as an SQL list.
macro_rules! money_kinds {
    () => {
        "('principal', 'bonus', 'pass_value', 'gift_card')"
    };
}
pub(crate) use {lot_kinds, member_kinds, money_kinds};

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
    /// The member, or the purse that holds a member's points of another kind.
    pub owner: Uuid,
    /// Which of the merchant's kinds of points these are; nil for its own.
    pub(crate) points_kind: Uuid,
    pub(crate) accounts: Vec<(AccountKind, Balance)>,
    pub(crate) rows: Vec<AccountKind>,
    pub(crate) lots: Vec<Lot>,
}

impl Holdings {
    /// Of a member who has nothing yet.
    pub const fn none(owner: Uuid) -> Self {
        Self { owner, points_kind: Uuid::nil(), accounts: Vec::new(), rows: Vec::new(), lots: Vec::new() }
    }
    /// Of points of another kind than the merchant's own.
    #[must_use]
    pub const fn of_points_kind(mut self, kind: Uuid) -> Self {
        self.points_kind = kind;
        self
    }
    /// The merchant's account that these points come from or go to: each kind has its own.
    pub const fn shop(&self, kind: AccountKind) -> Account {
        Account { kind, owner: self.points_kind }
    }
    /// The balance row; zero where the account doesn't exist yet.
    pub fn balance(&self, kind: AccountKind) -> Balance {
        self.accounts.iter().find(|(k, _)| *k == kind).map_or_else(Balance::default, |(_, balance)| *balance)
    }
    /// Whether the account's row was there when the holdings were read.
    pub(crate) fn read(&self, kind: AccountKind) -> bool {
        self.rows.contains(&kind)
    }
    /// What can be spent now: lots that are available and not expired, less what is held and owed.
    pub fn available(&self, kind: AccountKind, now: Instant) -> i64 {
        let lots: i64 = self.usable(kind, now).map(|lot| lot.remaining).sum();
        let owed = if kind == AccountKind::Points { self.owed() } else { 0 };
        (lots - self.balance(kind).held - owed).max(0)
    }
    /// Points that the member owes.
    pub fn owed(&self) -> i64 {
        -self.balance(AccountKind::PointsDebt).balance
    }
    /// Adds the lots that a source granted and that are empty meanwhile; see [`granted_stmt`](crate::lot::granted_stmt).
    pub fn with_granted(&mut self, rows: &[shuke_db::Row]) -> Result<()> {
        for row in rows {
            let lot = crate::lot::store::read(row)?;
            if !self.lots.iter().any(|known| known.id == lot.id) {
                self.lots.push(lot);
            }
        }
        self.lots.sort_by_key(Lot::order);
        Ok(())
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
        let taken = crate::lot::take(&mut self.lots, kind, amount, now);
        self.add(kind, -amount);
        Ok(taken)
    }

    /// The open lot with an id.
    pub fn lot(&self, id: LotId) -> Option<&Lot> {
        self.lots.iter().find(|lot| lot.id == id)
    }

    /// Takes an amount from one lot; changes it in memory.
    ///
    /// Errors: `balance_insufficient` with what is there.
    pub(crate) fn take_from(&mut self, kind: AccountKind, id: LotId, amount: i64, now: Instant) -> Result<Vec<Allocation>> {
        let lot = self.lots.iter_mut().find(|lot| lot.id == id && lot.kind == kind && lot.usable(now));
        let there = lot.as_ref().map_or(0, |lot| lot.remaining);
        let Some(lot) = lot.filter(|lot| lot.remaining >= amount) else {
            return Err(Error::refused(
                "balance_insufficient",
                format!("the {} has {there} left to use, {amount} is asked for", kind.as_str()),
            ));
        };
        lot.remaining -= amount;
        self.add(kind, -amount);
        Ok(vec![Allocation { lot: id, amount: -amount }])
    }

    /// Takes up to an amount from the lots that a source granted, usable or not. What is held stays.
    pub(crate) fn claw(&mut self, kind: AccountKind, amount: i64, granted_by: Uuid) -> Vec<Allocation> {
        let Balance { balance, held } = self.balance(kind);
        let mut left = amount.min(balance - held).max(0);
        let mut taken = Vec::new();
        for lot in self.lots.iter_mut().filter(|lot| lot.kind == kind && lot.source_id == granted_by) {
            let part = left.min(lot.remaining);
            if part > 0 {
                lot.remaining -= part;
                left -= part;
                taken.push(Allocation { lot: lot.id, amount: -part });
            }
        }
        self.add(kind, taken.iter().map(|part| part.amount).sum());
        taken
    }

    /// Gives lots new days.
    pub(crate) fn reschedule(&mut self, lots: &[LotId], terms: LotTerms) {
        for lot in self.lots.iter_mut().filter(|lot| lots.contains(&lot.id)) {
            lot.available_at = terms.available_at;
            lot.expires_on = terms.expires.map(|(on, _)| on);
            lot.expires_at = terms.expires.map(|(_, at)| at);
        }
        self.lots.sort_by_key(Lot::order);
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

/// What a member has of all kinds, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Balances {
    /// The member.
    pub member: Uuid,
    /// 积分, in points.
    pub points: BalanceView,
    /// 本金, in minor units.
    pub principal: BalanceView,
    /// 赠送金, in minor units.
    pub bonus: BalanceView,
}

/// What a member has of one kind. Points, or minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalanceView {
    /// All of it.
    pub balance: i64,
    /// What can be spent now.
    pub available: i64,
    /// What is kept back for something under way.
    pub held: i64,
    /// What can't be used yet.
    pub pending: i64,
    /// What the member owes after a refund; points only.
    pub debt: i64,
    /// What ends next, where anything does.
    pub next_expiry: Option<NextExpiry>,
}

/// What ends next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextExpiry {
    /// The last local day on which it can be used.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// How much.
    pub amount: i64,
}

/// What a member had on a local day.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DayView {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The zone in which it began and ended.
    pub zone: String,
    /// One row for each kind that its owner ever had until then.
    pub balances: Vec<DayBalance>,
    /// The day's entries, newest first, at most 200.
    pub entries: Vec<Entry>,
    /// Whether there are more of the day than are shown; the statement has them all.
    pub more: bool,
}

/// What one account held on a local day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayBalance {
    /// Which.
    pub account: AccountKind,
    /// When the day began.
    pub start: i64,
    /// When it ended.
    pub end: i64,
}

impl Holdings {
    /// As it is shown.
    pub fn view(&self, now: Instant) -> Balances {
        let of = |kind| self.view_of(kind, now);
        Balances {
            member: self.owner,
            points: of(AccountKind::Points),
            principal: of(AccountKind::Principal),
            bonus: of(AccountKind::Bonus),
        }
    }

    /// What it holds of one kind, as it is shown.
    pub fn view_of(&self, kind: AccountKind, now: Instant) -> BalanceView {
        let Balance { balance, held } = self.balance(kind);
        let debt = if kind == AccountKind::Points { -self.balance(AccountKind::PointsDebt).balance } else { 0 };
        let pending = self.lots(kind).filter(|lot| lot.available_at > now).map(|lot| lot.remaining).sum();
        let ending = |lot: &Lot| lot.expires_on.filter(|_| lot.usable(now)).map(|on| NextExpiry { on, amount: lot.remaining });
        let next_expiry = self.lots(kind).filter_map(ending).reduce(|first, other| match first.on.cmp(&other.on) {
            std::cmp::Ordering::Less => first,
            std::cmp::Ordering::Equal => NextExpiry { amount: first.amount + other.amount, ..first },
            std::cmp::Ordering::Greater => other,
        });
        BalanceView { balance, available: self.available(kind, now), held, pending, debt, next_expiry }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_for_sql_name_what_the_kinds_say() {
        let list = |holds: fn(AccountKind) -> bool| {
            let names: Vec<String> =
                AccountKind::ALL.iter().filter(|kind| holds(**kind)).map(|kind| format!("'{}'", kind.as_str())).collect();
            format!("({})", names.join(", "))
        };
        assert_eq!(list(AccountKind::in_lots), lot_kinds!());
        assert_eq!(list(AccountKind::of_member), member_kinds!());
        assert_eq!(list(AccountKind::is_prepaid), money_kinds!());
    }
}

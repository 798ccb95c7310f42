//! What a follower is given.

use crate::{Account, AccountKind, LotId};
use shuke_kernel::{Instant, Uuid};

/// An entry, as it was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// What caused it: `sale`, `refund`, `top_up`.
    pub source_kind: String,
    /// The cause's id.
    pub source_id: Uuid,
    /// Which line of it.
    pub source_line: i64,
    /// When.
    pub at: Instant,
    /// Points, minor units or visits by the kinds; above zero.
    pub amount: i64,
    /// The account that gave.
    pub debit: Account,
    /// The account that got.
    pub credit: Account,
    /// At which store.
    pub store: Option<Uuid>,
}

impl Posted {
    /// What it adds to an account of a kind: below zero where that gave.
    pub fn into(&self, kind: AccountKind) -> i64 {
        let got = if self.credit.kind == kind { self.amount } else { 0 };
        let gave = if self.debit.kind == kind { self.amount } else { 0 };
        got - gave
    }
    /// The side that a member or a gift card has, where one has.
    pub fn held(&self) -> Option<Account> {
        [self.debit, self.credit].into_iter().find(|account| account.kind.in_lots())
    }
}

/// What an entry took from a lot of money, or gave back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotMove {
    /// The entry's cause.
    pub source_id: Uuid,
    /// Which line of it.
    pub source_line: i64,
    /// Under whom it counts: a refund under its sale.
    pub origin_id: Uuid,
    /// The lot.
    pub lot: LotId,
    /// What it holds.
    pub kind: AccountKind,
    /// The store that stands for it; none where nobody knows.
    pub issuer: Option<Uuid>,
    /// Below zero: taken; above: given back. Minor units.
    pub amount: i64,
}

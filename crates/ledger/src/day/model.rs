//! A row of the ledger by day.

use crate::AccountKind;
use shuke_kernel::{Date, Uuid};

/// What moved between two kinds on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRow {
    /// The store's local day.
    pub day: Date,
    /// The store; none where it happened at none.
    pub store: Option<Uuid>,
    /// What caused it: `sale`, `refund`, `top_up`.
    pub source_kind: String,
    /// The kind that gave.
    pub debit: AccountKind,
    /// The kind that got.
    pub credit: AccountKind,
    /// Points, minor units or visits by the kinds.
    pub amount: i64,
    /// How many entries.
    pub entries: i64,
}

impl DayRow {
    /// What it adds to accounts of a kind: below zero where they gave.
    pub fn into(&self, kind: AccountKind) -> i64 {
        let got = if self.credit == kind { self.amount } else { 0 };
        let gave = if self.debit == kind { self.amount } else { 0 };
        got - gave
    }
    /// The other kind, where one side is of this kind.
    pub fn other(&self, kind: AccountKind) -> Option<AccountKind> {
        match (self.debit == kind, self.credit == kind) {
            (true, false) => Some(self.credit),
            (false, true) => Some(self.debit),
            _ => None,
        }
    }
}

//! Carrying value over to another member, lots and all: what a merge of two members does.

use super::model::{Journal, Line};
use crate::account::{Account, AccountKind, Holdings};
use crate::lot::{Allocation, LotId};
use shuke_kernel::{Result, Uuid};

impl Journal {
    /// What it grants in money is issued by this store, and not by the one where it happens: a gift card
    /// that goes into a wallet stays the debt of the store that sold it.
    #[must_use]
    pub const fn issued_by(mut self, store: Option<Uuid>) -> Self {
        self.issuer = store;
        self
    }

    /// Carries what certain lots hold over to another member, usable or not. The lots themselves are to be
    /// given over with it: they stay what they are, so that whatever took from them gives back to them.
    pub(crate) fn carry(&mut self, from: &mut Holdings, to: &mut Holdings, lots: &[LotId]) -> Result<()> {
        for kind in AccountKind::ALL.iter().copied().filter(|kind| kind.in_lots()) {
            let parts: Vec<Allocation> = from
                .lots(kind)
                .filter(|lot| lot.remaining > 0 && lots.contains(&lot.id))
                .map(|lot| Allocation { lot: lot.id, amount: lot.remaining })
                .collect();
            let amount: i64 = parts.iter().map(|part| part.amount).sum();
            if amount == 0 {
                continue;
            }
            let between = from.shop(kind.merging_account());
            let out = self.line(Account::of(kind, from.owner), between, amount, "merged")?;
            let back = self.line(between, Account::of(kind, to.owner), amount, "merged")?;
            for part in &parts {
                let taken = Allocation { lot: part.lot, amount: -part.amount };
                self.allocations.push(Line { origin: from.owner, line: out, allocation: taken });
                self.allocations.push(Line { origin: to.owner, line: back, allocation: *part });
            }
            from.add(kind, -amount);
            to.add(kind, amount);
        }
        Ok(())
    }

    /// Carries points that one member owes over to another.
    pub(crate) fn carry_debt(&mut self, from: &mut Holdings, to: &mut Holdings, amount: i64) -> Result<()> {
        if amount > 0 {
            let between = from.shop(AccountKind::PointsMerged);
            self.line(between, Account::of(AccountKind::PointsDebt, from.owner), amount, "merged")?;
            self.line(Account::of(AccountKind::PointsDebt, to.owner), between, amount, "merged")?;
            from.add(AccountKind::PointsDebt, amount);
            to.add(AccountKind::PointsDebt, -amount);
        }
        Ok(())
    }
}

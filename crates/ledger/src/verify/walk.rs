//! One walk over the entries, in the order of sealing, beside the seals.

use super::Difference;
use super::ops::Sums;
use crate::journal::store::{self as entries, Place, Sides};
use crate::seal::{Chain, Seal};
use shuke_db::{Row, Stmt};
use shuke_kernel::{MerchantId, Result};

/// Where the walk is. Seals come in pages; an entry is seen once.
pub(super) struct Walk<'s> {
    merchant: MerchantId,
    sums: &'s mut Sums,
    /// Everything up to here was seen.
    from: Place,
    until: Place,
    seals: std::vec::IntoIter<Seal>,
    seal: Option<Seal>,
    chain: Chain,
    previous: String,
    sequence: i64,
    in_seal: i64,
    /// Entries of one position, which come in no order.
    tied: Vec<(Place, Vec<u8>)>,
    pub(super) entries: i64,
    pub(super) unsealed: i64,
    pub(super) difference: Option<Difference>,
}

impl<'s> Walk<'s> {
    pub(super) fn new(merchant: MerchantId, sums: &'s mut Sums) -> Self {
        Self {
            merchant,
            sums,
            from: entries::START,
            until: entries::START,
            seals: Vec::new().into_iter(),
            seal: None,
            chain: Chain::new(merchant, ""),
            previous: String::new(),
            sequence: 0,
            in_seal: 0,
            tied: Vec::new(),
            entries: 0,
            unsealed: 0,
            difference: None,
        }
    }

    /// Goes on with the next seals; without any, with what is not sealed.
    pub(super) fn begin(&mut self, page: Vec<Seal>) {
        self.from = self.until;
        // Seals that were tampered with may go back; what was seen is not seen again.
        self.until = page.last().map_or((i64::MAX, shuke_kernel::Uuid::max(), i64::MAX), |seal| seal.last.max(self.from));
        self.seals = page.into_iter();
        self.next_seal();
    }

    pub(super) fn stmt(&self) -> Stmt {
        entries::between_stmt(self.merchant, self.from.0, self.until.0)
    }

    fn next_seal(&mut self) {
        self.seal = self.seals.next();
        self.in_seal = 0;
        self.chain = Chain::new(self.merchant, &self.previous);
    }

    pub(super) fn see(&mut self, row: &Row) -> Result<()> {
        let place = entries::place(row)?;
        // A position at either end may be shared with the page before or after.
        if place <= self.from || place > self.until {
            return Ok(());
        }
        self.entries += 1;
        self.add_up(place, entries::sides(row)?);
        if self.tied.first().is_some_and(|(first, _)| first.0 != place.0) {
            self.flush();
        }
        let mut bytes = Vec::with_capacity(256);
        entries::canonical(row, &mut bytes)?;
        self.tied.push((place, bytes));
        Ok(())
    }

    fn add_up(&mut self, place: Place, sides: Option<Sides>) {
        let Some(Sides { amount, debit, credit }) = sides else {
            self.sums.entry_is_wrong = true;
            return;
        };
        self.sums.entry_is_wrong |= amount <= 0 || debit.0.unit() != credit.0.unit();
        let Sums { balances, explained, .. } = &mut *self.sums;
        if debit.0.of_member() {
            balances.subtract(&(debit.1, debit.0.as_str()), amount);
        }
        if credit.0.of_member() {
            balances.add(&(credit.1, credit.0.as_str()), amount);
        }
        if debit.0.in_lots() {
            explained.subtract(&(place.1, place.2), amount);
        }
        if credit.0.in_lots() {
            explained.add(&(place.1, place.2), amount);
        }
    }

    fn flush(&mut self) {
        let mut tied = std::mem::take(&mut self.tied);
        tied.sort_unstable_by_key(|(place, _)| *place);
        for (place, bytes) in tied.drain(..) {
            while self.seal.as_ref().is_some_and(|seal| place > seal.last) {
                self.close();
            }
            match self.seal {
                Some(_) => {
                    self.chain.add(&bytes);
                    self.in_seal += 1;
                }
                None => self.unsealed += 1,
            }
        }
        self.tied = tied;
    }

    /// Ends a page: all its seals must be complete.
    pub(super) fn end(&mut self) {
        self.flush();
        while self.seal.is_some() {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(seal) = self.seal.take() else { return };
        let hash = std::mem::replace(&mut self.chain, Chain::new(self.merchant, "")).finish();
        if self.difference.is_none() {
            self.difference = compare(&seal, self.sequence, self.in_seal, &hash);
        }
        self.sequence = seal.sequence;
        self.previous = seal.hash;
        self.next_seal();
    }
}

fn compare(seal: &Seal, before: i64, count: i64, hash: &str) -> Option<Difference> {
    let Seal { sequence, entries, last, at, .. } = seal;
    let place = format!("seal {sequence} of {at}, which ends with entry {} line {}", last.1, last.2);
    let difference = |text| Some(Difference::new("seal", text));
    if *sequence != before + 1 {
        difference(format!("seal {before} is followed by seal {sequence}: those between are gone"))
    } else if count != *entries {
        difference(format!("{place}, was put on {entries} entries and there are {count}: entries were removed or slipped in"))
    } else if *hash != *seal.hash {
        difference(format!("{place}, doesn't fit its {entries} entries: one of them, or a seal, was changed after it was sealed"))
    } else {
        None
    }
}

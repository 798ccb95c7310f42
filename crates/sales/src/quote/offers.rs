//! What the published offers ask about the member and their budgets: read with everything else, and
//! only where an offer asks.

use crate::book::SaleBook;
use crate::order;
use shuke_db::{Row, Stmt};
use shuke_kernel::{Date, MerchantId, Result};
use shuke_member::MemberId;
use shuke_member::member;
use shuke_offer::offer::{MonthDay, Offer, OfferFacts, OfferId, store};

/// What has to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Tags and birthday.
    person: Option<MemberId>,
    /// Whether there was a paid order before.
    first: Option<MemberId>,
    /// Uses in these periods.
    used: Option<(MemberId, Vec<String>)>,
    /// Budgets.
    budgets: Vec<OfferId>,
}

impl Asked {
    /// What the offers of a book ask, on a local day.
    pub(super) fn of(book: &SaleBook, member: Option<MemberId>, today: Date) -> Self {
        let offers = &book.offers;
        let any = |asks: fn(&Offer) -> bool| member.filter(|_| offers.iter().any(asks));
        let periods = periods(offers, today);
        Self {
            person: any(|offer| !offer.tags.is_empty() || offer.birthday.is_some()),
            first: any(|offer| offer.first_purchase),
            used: member.filter(|_| !periods.is_empty()).map(|member| (member, periods)),
            budgets: offers.iter().filter(|offer| offer.budget.is_limited()).map(|offer| offer.id).collect(),
        }
    }

    pub(super) fn stmts(&self, merchant: MerchantId) -> Vec<Stmt> {
        let mut stmts = Vec::new();
        stmts.extend(self.person.map(|member| member::store::audience_stmt(merchant, member)));
        stmts.extend(self.first.map(|member| order::store::bought_stmt(merchant, member)));
        stmts.extend(self.used.as_ref().map(|(member, periods)| store::used_stmt(merchant, member.0, periods)));
        if !self.budgets.is_empty() {
            stmts.push(store::budgets_stmt(merchant, &self.budgets));
        }
        stmts
    }

    /// Reads the answers of [`Self::stmts`].
    pub(super) fn read(&self, answers: &[Vec<Row>]) -> Result<OfferFacts> {
        let mut answers = answers.iter();
        let mut next = |asked: bool| if asked { answers.next().map_or(&[][..], Vec::as_slice) } else { &[] };
        let audience = member::store::audience_read(next(self.person.is_some()))?;
        let bought_before = !next(self.first.is_some()).is_empty();
        Ok(OfferFacts {
            tags: audience.tags,
            birthday: audience.birthday.and_then(|(text, lunar)| MonthDay::parse(&text, lunar)),
            bought_before,
            used: store::used_read(next(self.used.is_some()))?,
            budgets: store::budgets_read(next(!self.budgets.is_empty()))?,
        })
    }
}

/// The periods in which the offers may have been used already: those of today, and the birthdays of
/// this year and its neighbours.
fn periods(offers: &[Offer], today: Date) -> Vec<String> {
    let mut periods: Vec<String> = offers.iter().filter_map(|offer| offer.per_member).map(|per| per.period.key(today)).collect();
    if offers.iter().any(|offer| offer.birthday.is_some_and(|terms| terms.once)) {
        periods.extend((today.year() - 1..=today.year() + 1).map(|year| format!("b{year}")));
    }
    if offers.iter().any(|offer| offer.first_purchase) {
        periods.push("first".to_owned());
    }
    periods.sort();
    periods.dedup();
    periods
}

//! Cards, and what an order stamps.

use crate::gift::Gift;
use crate::rule::Scope;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Money, Result, Uuid, id, split, time};
use utoipa::ToSchema;

id!(StampCardId, "A kind of stamp card.");

/// Cards that a merchant may have.
const CARDS_MAX: usize = 20;

/// What is stamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StampPer {
    /// One stamp for an order.
    Visit,
    /// One for each so much paid.
    Amount {
        /// Minor units.
        money: Money,
    },
    /// One for each whole piece.
    Piece,
}

/// A kind of stamp card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StampCard {
    /// The card.
    pub id: StampCardId,
    /// What people call it.
    pub name: String,
    /// What is stamped.
    pub per: StampPer,
    /// Which goods count.
    #[serde(default)]
    pub scope: Scope,
    /// In which stores; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Uuid>,
    /// The first local day; none for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last local day; none for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// Stamps of a full card, 1 to 1000.
    pub needed: i64,
    /// What a full card gives.
    pub gift: Gift,
    /// The most stamps of an order; none for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_order_max: Option<i64>,
    /// How many full cards a member may have; none for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounds_max: Option<i64>,
    /// Months that a stamp lasts; none for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_months: Option<i32>,
}

/// The merchant's stamp cards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StampScheme {
    /// The cards, at most 20.
    pub cards: Vec<StampCard>,
}

impl StampScheme {
    /// Checks a scheme at the door.
    ///
    /// Errors: `stamp_scheme_invalid` with the fault of the first field that is out of its range,
    /// `gift_invalid`.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: String, detail: &str| {
            Err(Error::invalid("stamp_scheme_invalid", "the stamp cards can't be used").field(field, "out_of_range", detail))
        };
        if self.cards.len() > CARDS_MAX {
            return invalid("/cards".to_owned(), "must be at most 20");
        }
        for (index, card) in self.cards.iter().enumerate() {
            let at = |field: &str| format!("/cards/{index}/{field}");
            if !(1..=1_000).contains(&card.needed) {
                return invalid(at("needed"), "must be 1 to 1000");
            }
            if matches!(card.per, StampPer::Amount { money } if !money.is_positive()) {
                return invalid(at("per"), "money must be above 0");
            }
            if card.per_order_max.is_some_and(|max| max < 1) || card.rounds_max.is_some_and(|max| max < 1) {
                return invalid(at("per_order_max"), "limits must be above 0");
            }
            if card.validity_months.is_some_and(|months| !(1..=1_200).contains(&months)) {
                return invalid(at("validity_months"), "must be 1 to 1200");
            }
            if self.cards.iter().take(index).any(|other| other.id == card.id) {
                return invalid(at("id"), "must not occur twice");
            }
            card.gift.check(&at("gift"))?;
        }
        Ok(())
    }
}

/// A line of an order that counts for a card, and what of it was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampLine {
    /// Its number in the order.
    pub line: i64,
    /// Thousandths of a piece sold.
    pub quantity_milli: i64,
    /// What was paid for it, in minor units.
    pub net: Money,
    /// Thousandths taken back.
    #[serde(default)]
    pub refunded_milli: i64,
}

impl StampLine {
    fn left(&self) -> Result<(i64, i64)> {
        let gone = split::slice(self.net, self.quantity_milli, 0, self.refunded_milli)?;
        Ok((self.quantity_milli - self.refunded_milli, self.net.0 - gone.0))
    }
}

impl StampCard {
    /// The stamps of what is left of an order's lines.
    ///
    /// Errors: `amount_too_large`.
    pub fn stamps(&self, lines: &[StampLine]) -> Result<i64> {
        let left = lines.iter().map(StampLine::left).collect::<Result<Vec<_>>>()?;
        let paid = || left.iter().filter(|(quantity, net)| *quantity > 0 && *net > 0);
        let stamps = match self.per {
            StampPer::Visit => i64::from(paid().next().is_some()),
            StampPer::Amount { money } => paid().map(|(_, net)| net).sum::<i64>() / money.0.max(1),
            StampPer::Piece => paid().map(|(quantity, _)| quantity / 1_000).sum(),
        };
        Ok(self.per_order_max.map_or(stamps, |max| stamps.min(max)))
    }
    /// The last local day of stamps of a day; none for ever.
    pub fn expires_on(&self, stamped_on: Date) -> Option<Date> {
        self.validity_months.map(|months| time::add_months(stamped_on, months))
    }
    /// How many full cards so many stamps are.
    pub fn full(&self, stamps: i64) -> i64 {
        let full = stamps / self.needed.max(1);
        self.rounds_max.map_or(full, |max| full.min(max))
    }
    /// Whether an order counts here and then.
    pub fn is_open(&self, store: Uuid, on: Date) -> bool {
        (self.stores.is_empty() || self.stores.contains(&store))
            && self.from.is_none_or(|from| from <= on)
            && self.to.is_none_or(|to| on <= to)
    }
}

/// What of an order's stamps lapsed, when full cards have used up `used` stamps, the oldest first. Of each
/// entry: its stamps, what lapsed before, and whether its time is over.
pub fn lapse(entries: &[(i64, i64, bool)], used: i64) -> Vec<i64> {
    let mut left = used;
    let mut next = |(stamps, lapsed, over): &(i64, i64, bool)| {
        let there = stamps - lapsed;
        let kept = there.min(left);
        left -= kept;
        if *over { lapsed + there - kept } else { *lapsed }
    };
    entries.iter().map(&mut next).collect()
}

/// A member's card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StampView {
    /// Which.
    pub card: StampCardId,
    /// What people call it.
    pub name: String,
    /// Stamps on the card that isn't full yet.
    pub stamps: i64,
    /// Stamps of a full card.
    pub needed: i64,
    /// Full cards that were rewarded.
    pub rounds: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn card(per: StampPer) -> StampCard {
        StampCard {
            id: StampCardId(Uuid::from_u128(1)),
            name: "集点卡".to_owned(),
            per,
            scope: Scope::ALL,
            stores: Vec::new(),
            from: None,
            to: None,
            needed: 10,
            gift: Gift::default(),
            per_order_max: None,
            rounds_max: None,
            validity_months: None,
        }
    }
    fn line(quantity_milli: i64, net: i64, refunded_milli: i64) -> StampLine {
        StampLine { line: 0, quantity_milli, net: Money(net), refunded_milli }
    }

    #[test]
    fn an_order_is_stamped_by_visit_amount_or_piece() {
        let lines = [line(2_500, 5_050, 0), line(1_000, 0, 0)];
        assert_eq!(card(StampPer::Visit).stamps(&lines).unwrap(), 1);
        assert_eq!(card(StampPer::Piece).stamps(&lines).unwrap(), 2, "what was free is no piece");
        assert_eq!(card(StampPer::Amount { money: Money(1_000) }).stamps(&lines).unwrap(), 5);
        let few = StampCard { per_order_max: Some(3), ..card(StampPer::Amount { money: Money(1_000) }) };
        assert_eq!(few.stamps(&lines).unwrap(), 3);
        assert_eq!(card(StampPer::Visit).stamps(&[line(1_000, 100, 1_000)]).unwrap(), 0);
        assert_eq!((card(StampPer::Visit).full(29), StampCard { rounds_max: Some(1), ..card(StampPer::Visit) }.full(29)), (2, 1));
    }

    #[test]
    fn what_lapses_is_what_no_full_card_has_used() {
        assert_eq!(lapse(&[(4, 0, true), (4, 0, true), (5, 0, false)], 6), [0, 2, 0]);
        assert_eq!(lapse(&[(4, 1, true), (4, 0, false)], 0), [4, 0]);
        assert_eq!(lapse(&[(4, 0, false)], 0), [0]);
    }

    proptest! {
        #[test]
        fn taking_back_more_never_leaves_more_stamps(quantity in 1_i64..20_000, net in 0_i64..100_000, a in 0_i64..20_000, b in 0_i64..20_000) {
            let (a, b) = (a.min(quantity), b.min(quantity));
            for per in [StampPer::Visit, StampPer::Piece, StampPer::Amount { money: Money(700) }] {
                let stamps = |refunded| card(per).stamps(&[line(quantity, net, refunded)]).unwrap();
                prop_assert!(stamps(a.max(b)) <= stamps(a.min(b)));
                prop_assert_eq!(stamps(quantity), 0);
            }
        }
    }
}

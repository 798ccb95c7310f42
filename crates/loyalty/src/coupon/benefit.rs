//! What a coupon is good for, and which coupons go together.

use crate::rule::{Item, SaleLine};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Money, Rate, Result, Uuid, money};
use utoipa::ToSchema;

/// Goods that a coupon may name.
const GOODS_MAX: usize = 200;
/// Pieces that one use may give.
const PIECES_MAX: i64 = 100;
const CLASS_CHARS_MAX: usize = 40;

/// What a coupon is good for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Benefit {
    /// A fixed amount off, or what is left to pay where that is less.
    Amount {
        /// Minor units taken off.
        off: Money,
    },
    /// A share off what is left to pay on the lines that count.
    Percent {
        /// What is taken off, in basis points: 2,000 is 20 % off (8折).
        rate_off: Rate,
        /// The most that is taken off, in minor units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_off: Option<Money>,
    },
    /// 礼品券: pieces of goods that cost nothing. They are put into the cart as any goods are.
    Gift {
        /// Products or variants, any of them.
        goods: Vec<Uuid>,
        /// How many pieces one use gives.
        #[serde(default = "one")]
        pieces: i64,
    },
    /// 服务券: one time a service, at a sale or without one.
    Service {
        /// Products or variants that are services, any of them.
        services: Vec<Uuid>,
    },
    /// 换购券: pieces of goods for a fixed price.
    Exchange {
        /// Products or variants, any of them.
        goods: Vec<Uuid>,
        /// Minor units to be paid for a piece.
        price: Money,
        /// For how many pieces one use is good.
        #[serde(default = "one")]
        pieces: i64,
    },
}

const fn one() -> i64 {
    1
}

/// What a coupon gives instead of money off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'b> {
    goods: &'b [Uuid],
    pieces: i64,
    price: Money,
}

impl Benefit {
    pub(super) const fn given(&self) -> Option<Given<'_>> {
        match self {
            Self::Amount { .. } | Self::Percent { .. } => None,
            Self::Gift { goods, pieces } => Some(Given { goods: goods.as_slice(), pieces: *pieces, price: Money::ZERO }),
            Self::Service { services } => Some(Given { goods: services.as_slice(), pieces: 1, price: Money::ZERO }),
            Self::Exchange { goods, price, pieces } => Some(Given { goods: goods.as_slice(), pieces: *pieces, price: *price }),
        }
    }

    /// Whether it gives this item.
    pub fn gives(&self, item: Item<'_>) -> bool {
        self.given().is_some_and(|given| given.contains(item))
    }

    /// In which order benefits are applied: what is given first, then shares, then amounts.
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Gift { .. } | Self::Service { .. } | Self::Exchange { .. } => 0,
            Self::Percent { .. } => 1,
            Self::Amount { .. } => 2,
        }
    }

    /// The first field that is out of its range.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let named = |goods: &[Uuid]| (1..=GOODS_MAX).contains(&goods.len());
        match self {
            Self::Amount { off } if !off.is_positive() => Some(("/benefit/off", "must be above 0")),
            Self::Percent { rate_off, .. } if !(1..=Rate::WHOLE.0).contains(&rate_off.0) => {
                Some(("/benefit/rate_off", "must be 1 to 10000 basis points"))
            }
            Self::Percent { max_off: Some(max), .. } if !max.is_positive() => Some(("/benefit/max_off", "must be above 0")),
            Self::Gift { goods, .. } | Self::Exchange { goods, .. } if !named(goods) => {
                Some(("/benefit/goods", "name 1 to 200 products or variants"))
            }
            Self::Service { services } if !named(services) => Some(("/benefit/services", "name 1 to 200 services")),
            Self::Gift { pieces, .. } | Self::Exchange { pieces, .. } if !(1..=PIECES_MAX).contains(pieces) => {
                Some(("/benefit/pieces", "must be 1 to 100"))
            }
            Self::Exchange { price, .. } if price.is_negative() => Some(("/benefit/price", "must not be below 0")),
            _ => None,
        }
    }
}

impl Given<'_> {
    fn contains(&self, item: Item<'_>) -> bool {
        self.goods.iter().any(|id| *id == item.product || Some(*id) == item.variant)
    }

    /// Takes it off the lines and says what each gave: the dearest pieces that no other coupon has given
    /// yet, so many as one use gives, down to the price.
    pub(super) fn take(&self, lines: &[SaleLine<'_>], left: &mut Left, allowed: impl Fn(&SaleLine<'_>) -> bool) -> Result<Vec<Money>> {
        let may = |place: &usize| left.open[*place].1 > 0 && self.contains(lines[*place].item) && allowed(&lines[*place]);
        let mut places: Vec<usize> = (0..lines.len()).filter(may).collect();
        // By what a piece costs: a / b against c / d without dividing.
        let piece = |a: usize, b: usize| i128::from(left.open[a].0) * i128::from(left.open[b].1);
        places.sort_by(|a, b| piece(*b, *a).cmp(&piece(*a, *b)).then(a.cmp(b)));
        let mut shares = vec![Money::ZERO; lines.len()];
        let mut wanted_milli = self.pieces * 1_000;
        for place in places {
            let (net, quantity_milli) = &mut left.open[place];
            let taken_milli = wanted_milli.min(*quantity_milli);
            let part = money::mul_div(*net, taken_milli, *quantity_milli)?;
            let off = (part - money::mul_div(self.price.0, taken_milli, 1_000)?).max(0);
            wanted_milli -= taken_milli;
            *net -= part;
            *quantity_milli -= taken_milli;
            left.nets[place] -= off;
            shares[place] = Money(off);
        }
        Ok(shares)
    }
}

/// What coupons have left of the lines: each takes its part, in the order of [`Benefit::rank`].
#[derive(Clone, Debug)]
pub struct Left {
    /// What is left to pay on each line.
    pub(super) nets: Vec<i64>,
    /// What is left of each line that no coupon has given: minor units, and thousandths of a piece.
    open: Vec<(i64, i64)>,
}

impl Left {
    /// All of the lines.
    pub fn of(lines: &[SaleLine<'_>]) -> Self {
        Self {
            nets: lines.iter().map(|line| line.net.0).collect(),
            open: lines.iter().map(|line| (line.net.0, line.quantity_milli.max(0))).collect(),
        }
    }
}

/// Which coupons a coupon goes together with in one order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Stacking {
    /// With any that go with it.
    #[default]
    Free,
    /// Of a class, an order uses one.
    Class {
        /// The class: 1 to 40 characters.
        class: String,
    },
    /// With none.
    Alone,
}

impl Stacking {
    pub(super) fn is_free(&self) -> bool {
        *self == Self::Free
    }
    pub(super) fn is_named(&self) -> bool {
        match self {
            Self::Class { class } => !class.trim().is_empty() && class.chars().count() <= CLASS_CHARS_MAX,
            _ => true,
        }
    }
    /// Whether two coupons go together.
    pub fn goes_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Alone, _) | (_, Self::Alone) => false,
            (Self::Class { class }, Self::Class { class: other }) => class != other,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(product: u128, quantity_milli: i64, net: i64) -> SaleLine<'static> {
        let item = Item { product: Uuid::from_u128(product), variant: None, categories: &[], special: false };
        SaleLine { item, quantity_milli, net: Money(net), member_priced: false, offered: false }
    }
    fn shares(benefits: &[&Benefit], lines: &[SaleLine<'_>]) -> Vec<i64> {
        let mut left = Left::of(lines);
        for benefit in benefits {
            benefit.given().unwrap().take(lines, &mut left, |_| true).unwrap();
        }
        lines.iter().zip(&left.nets).map(|(line, net)| line.net.0 - net).collect()
    }

    #[test]
    fn a_gift_is_the_dearest_piece_and_no_more_than_its_pieces() {
        let gift = Benefit::Gift { goods: vec![Uuid::from_u128(1), Uuid::from_u128(2)], pieces: 3 };
        let lines = [line(1, 2_000, 1_001), line(2, 2_000, 3_000), line(3, 1_000, 9_000)];
        assert_eq!(shares(&[&gift], &lines), [501, 3_000, 0], "both of the dearer and one of the cheaper; half away from zero");
        let service = Benefit::Service { services: vec![Uuid::from_u128(3)] };
        assert_eq!(shares(&[&service], &[line(3, 3_000, 9_000)]), [3_000], "one use is one time");
        let (line, all) = ([line(3, 3_000, 10_000)], [&service, &service, &service, &service]);
        assert_eq!(shares(&all[..2], &line), [6_667], "the second takes a piece that the first has not given");
        assert_eq!(shares(&all, &line), [10_000], "and the fourth finds none");
    }

    #[test]
    fn an_exchange_leaves_its_price() {
        let exchange = |price| Benefit::Exchange { goods: vec![Uuid::from_u128(1)], price: Money(price), pieces: 2 };
        assert_eq!(shares(&[&exchange(990)], &[line(1, 3_000, 9_000)]), [4_020]);
        assert_eq!(shares(&[&exchange(990)], &[line(1, 1_000, 500)]), [0], "never dearer than without");
    }

    #[test]
    fn classes_keep_apart() {
        let class = |class: &str| Stacking::Class { class: class.to_owned() };
        assert!(class("a").goes_with(&class("b")) && class("a").goes_with(&Stacking::Free) && Stacking::Free.goes_with(&Stacking::Free));
        assert!(
            !class("a").goes_with(&class("a")) && !Stacking::Alone.goes_with(&Stacking::Free) && !class("a").goes_with(&Stacking::Alone)
        );
    }

    #[test]
    fn what_names_nothing_gives_nothing() {
        assert_eq!(Benefit::Gift { goods: Vec::new(), pieces: 1 }.fault().unwrap().0, "/benefit/goods");
        let goods = vec![Uuid::from_u128(1)];
        assert_eq!(Benefit::Gift { goods: goods.clone(), pieces: 0 }.fault().unwrap().0, "/benefit/pieces");
        assert_eq!(Benefit::Exchange { goods, price: Money(-1), pieces: 1 }.fault().unwrap().0, "/benefit/price");
        assert!(!Stacking::Class { class: " ".to_owned() }.is_named());
    }
}

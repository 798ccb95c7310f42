//! What goes into a basket: what is bought again and again, and something else besides.

use super::dice::Dice;
use super::goods::Range;
use super::person::Person;
use shuke_kernel::Date;
use shuke_org::Trade;

/// A line of a basket: the good's place in [`Range::goods`], and how many pieces.
pub(super) type Item = (usize, i64);

/// What somebody's basket depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shopping<'a> {
    /// The seed of the demo.
    pub(super) seed: u64,
    /// The trade.
    pub(super) trade: Trade,
    /// What there is to buy.
    pub(super) range: &'a Range,
    /// Who buys; none for passers-by.
    pub(super) person: Option<&'a Person>,
    /// The number of the visit, unique in the demo.
    pub(super) visit: u64,
    /// The day.
    pub(super) day: Date,
}

impl Shopping<'_> {
    /// The basket: at least one line, each good once.
    pub(super) fn basket(&self) -> Vec<Item> {
        let dice = Dice::of(self.seed, "basket", self.visit);
        let mut basket: Vec<Item> = Vec::new();
        for staple in self.person.iter().flat_map(|person| &person.staples) {
            if dice.chance(520) {
                self.add(&mut basket, *staple, 1 + i64::try_from(dice.weighted([72, 23, 5])).unwrap_or(0), &dice);
            }
        }
        if dice.chance(self.service_per_mille()) {
            let services = || self.range.products.iter().map(|product| i64::from(product.minutes.is_some()));
            self.add(&mut basket, dice.weighted(services()), 1, &dice);
        }
        if basket.is_empty() || dice.chance(380) {
            // What costs less is taken along more easily.
            let weight = |place: &usize| self.range.goods.get(*place).map_or(0, |good| 40_000_000 / (good.price.0 + 2_000));
            let goods = || {
                self.range
                    .products
                    .iter()
                    .map(|product| if product.minutes.is_some() { 0 } else { product.goods.first().map_or(0, weight) })
            };
            self.add(&mut basket, dice.weighted(goods()), 1 + i64::try_from(dice.weighted([80, 20])).unwrap_or(0), &dice);
        }
        basket
    }

    const fn service_per_mille(&self) -> i64 {
        match self.trade {
            Trade::MotherAndBaby => 90,
            Trade::Beauty => 720,
            Trade::Fashion => 50,
            Trade::Grocery => 30,
        }
    }

    fn add(&self, basket: &mut Vec<Item>, product: usize, pieces: i64, dice: &Dice) {
        let Some(good) = self.variant(product, dice) else { return };
        let pieces = if self.range.is_service(good) { 1 } else { pieces };
        match basket.iter_mut().find(|(known, _)| *known == good) {
            Some((_, count)) => *count += pieces,
            None => basket.push((good, pieces)),
        }
    }

    /// The variant: as large as the child is, else the size or taste that the person always takes.
    fn variant(&self, product: usize, dice: &Dice) -> Option<usize> {
        let goods = &self.range.products.get(product)?.goods;
        let place = match self.person {
            Some(person) if goods.len() > 1 => match person.child_months(self.day) {
                Some(months) => usize::try_from(months.max(0)).unwrap_or(0) * goods.len() / 28,
                None => Dice::of(self.seed, "size", person.place).index(goods.len()),
            },
            _ => dice.index(goods.len()),
        };
        goods.get(place.min(goods.len().saturating_sub(1))).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baskets_grow_with_the_child_and_are_never_empty() {
        let range = Range::of(Trade::MotherAndBaby);
        let enrolled = Date::constant(2025, 1, 10);
        let mut lines = 0;
        for place in 0..400 {
            let person = Person::of(2, Trade::MotherAndBaby, &range, place, enrolled);
            let at =
                |visit, day| Shopping { seed: 2, trade: Trade::MotherAndBaby, range: &range, person: Some(&person), visit, day }.basket();
            let basket = at(place, enrolled);
            assert!(!basket.is_empty() && basket.iter().all(|(_, pieces)| *pieces > 0));
            assert_eq!(basket, at(place, enrolled));
            lines += basket.len();
            let later = at(place, Date::constant(2027, 8, 1));
            for ((young, _), (old, _)) in basket.iter().zip(&later) {
                if range.goods[*young].product == range.goods[*old].product && !person.children.is_empty() {
                    assert!(old >= young, "nobody grows smaller");
                }
            }
        }
        assert!((600..1_600).contains(&lines), "{lines}");
    }
}

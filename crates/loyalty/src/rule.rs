//! What every rule asks of a sale: which lines it is about ([`Scope`]), where, when and for whom it
//! is asked ([`Occasion`]), and its answer when it says no ([`WhyNot`]).
//!
//! Coupons, tiers, points and offers share these, so that "this category and all below it" means
//! the same in each of them.

use crate::tier::TierId;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Currency, Date, Money, Points, Uuid, text_enum, time};
use utoipa::ToSchema;

text_enum! {
    /// Where a sale is made.
    pub enum Channel {
        /// At a store's till.
        Till = "till",
        /// In the online shop, on the member's own phone.
        Online = "online",
    }
}

/// Which goods a rule is about. Empty lists of what is included mean everything; what is excluded
/// wins over what is included. A category stands for itself and all categories below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Categories included, each with its whole subtree.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Uuid>,
    /// Products or variants included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Uuid>,
    /// Categories excluded, each with its whole subtree.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except_categories: Vec<Uuid>,
    /// Products or variants excluded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except_products: Vec<Uuid>,
    /// Whether lines marked special or sold at an activity price are excluded (特价商品除外).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub except_specials: bool,
}

/// What a scope looks at on a cart line.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The product.
    pub product: Uuid,
    /// The variant, where the product has any.
    pub variant: Option<Uuid>,
    /// The product's category and all above it, in any order.
    pub categories: &'a [Uuid],
    /// Whether the line is marked special or sold at an activity price.
    pub special: bool,
}

impl Scope {
    /// Everything.
    pub const ALL: Self = Self {
        categories: Vec::new(),
        products: Vec::new(),
        except_categories: Vec::new(),
        except_products: Vec::new(),
        except_specials: false,
    };

    /// Whether the rule is about this item.
    pub fn contains(&self, item: Item<'_>) -> bool {
        let named = |products: &[Uuid], categories: &[Uuid]| {
            products.iter().any(|id| *id == item.product || Some(*id) == item.variant)
                || categories.iter().any(|id| item.categories.contains(id))
        };
        let included = (self.categories.is_empty() && self.products.is_empty()) || named(&self.products, &self.categories);
        included && !(self.except_specials && item.special) && !named(&self.except_products, &self.except_categories)
    }
}

/// Where, when and for whom a rule is asked. Made once per sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// The local date in the store's zone.
    pub today: Date,
    /// Minutes since local midnight, 0 to 1439.
    pub minute: i64,
    /// The local day of the week, 1 = Monday to 7 = Sunday.
    pub weekday: i64,
    /// The store.
    pub store: Uuid,
    /// The channel.
    pub channel: Channel,
    /// Whether the customer is a member.
    pub is_member: bool,
    /// The member's tier.
    pub tier: Option<TierId>,
    /// The order being priced, where it has an id yet: what is held for it is not held against it.
    pub order: Option<Uuid>,
}

impl Occasion {
    /// Refuses a rule that is bound to other stores, channels or tiers. Empty lists mean any.
    pub fn why_not(&self, stores: &[Uuid], channels: &[Channel], tiers: &[TierId]) -> Option<WhyNot> {
        if !stores.is_empty() && !stores.contains(&self.store) {
            return Some(WhyNot::WrongStore);
        }
        if !channels.is_empty() && !channels.contains(&self.channel) {
            return Some(WhyNot::WrongChannel { channel: self.channel });
        }
        match self.tier {
            _ if tiers.is_empty() => None,
            Some(tier) if tiers.contains(&tier) => None,
            _ if !self.is_member => Some(WhyNot::MembersOnly),
            _ => Some(WhyNot::WrongTier),
        }
    }
}

/// Hours of a local day, and days of the week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Hours {
    /// Minutes after local midnight from which it runs; 0 to 1439.
    pub from_minute: i64,
    /// Minutes after local midnight at which it stops, up to 1440; 0 stands for 1440. Below
    /// `from_minute` it runs over midnight.
    pub to_minute: i64,
    /// Days of the week, 1 = Monday to 7 = Sunday; empty for all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<i64>,
}

impl Hours {
    /// Whether it runs at a local minute of a local day of the week.
    pub fn contains(&self, minute: i64, weekday: i64) -> bool {
        let to = if self.to_minute == 0 { 1_440 } else { self.to_minute };
        let inside =
            if self.from_minute < to { (self.from_minute..to).contains(&minute) } else { minute >= self.from_minute || minute < to };
        inside && (self.weekdays.is_empty() || self.weekdays.contains(&weekday))
    }

    /// What is wrong with it, if anything.
    pub fn fault(&self) -> Option<&'static str> {
        let minutes = (0..1_440).contains(&self.from_minute) && (0..=1_440).contains(&self.to_minute);
        let days = self.weekdays.iter().all(|day| (1..=7).contains(day));
        match (minutes, days) {
            (false, _) => Some("minutes must be 0 to 1440"),
            (_, false) => Some("weekdays must be 1 to 7"),
            _ => None,
        }
    }
}

text_enum! {
    /// A period of the calendar, in local days.
    pub enum Period {
        /// A day.
        Day = "day",
        /// Monday to Sunday.
        Week = "week",
        /// A month.
        Month = "month",
    }
}

impl Period {
    /// The first day of the period in which a day lies.
    pub fn start(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => time::add_days(day, 1 - i32::from(day.weekday().to_monday_one_offset())),
            Self::Month => day.first_of_month(),
        }
    }
}

text_enum! {
    /// Down to which unit the total is rounded off (抹零).
    pub enum RoundingOff {
        /// It is not.
        None = "none",
        /// To tenths of the currency's major unit (角).
        Jiao = "jiao",
        /// To whole major units (元).
        Yuan = "yuan",
    }
}

impl RoundingOff {
    /// The unit, in minor units; 1 changes nothing. A currency without decimals has no tenths.
    pub fn unit(self, currency: Currency) -> i64 {
        match self {
            Self::None => 1,
            Self::Jiao => (currency.minor_per_major() / 10).max(1),
            Self::Yuan => currency.minor_per_major(),
        }
    }
}

/// A line as a coupon or an offer sees it when it is asked.
#[derive(Clone, Copy, Debug)]
pub struct SaleLine<'a> {
    /// What is sold.
    pub item: Item<'a>,
    /// Thousandths of a piece.
    pub quantity_milli: i64,
    /// What is left to pay on the line as the rule's stage begins.
    pub net: Money,
    /// Whether a member or tier price lowered it.
    pub member_priced: bool,
    /// Whether a threshold offer lowered it.
    pub offered: bool,
}

/// Why a coupon, an offer or points can't be used in this sale: a stable code and its numbers. The
/// code is the translation key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WhyNot {
    /// It can be used from a later day on.
    NotYetValid {
        /// The first local day on which it can be used.
        #[schema(value_type = String, format = Date)]
        valid_from: Date,
    },
    /// Its last day is over.
    Expired {
        /// The last local day on which it could be used.
        #[schema(value_type = String, format = Date)]
        expires_on: Date,
    },
    /// It runs at other hours or on other days of the week.
    OutsideHours,
    /// It can't be used on this day.
    ExcludedDate {
        /// The local day.
        #[schema(value_type = String, format = Date)]
        on: Date,
    },
    /// The member has used as many of its template in this period as one member may.
    PeriodLimit {
        /// The period.
        period: Period,
        /// How many may be used in one.
        max: i64,
    },
    /// What it gives is not in the cart: add it, and it costs what the coupon says.
    GoodsMissing,
    /// It doesn't go together with a coupon that is used.
    StackedOut {
        /// The coupon that is used.
        by: Uuid,
        /// What this one would save alone, in minor units.
        would_save: Money,
    },
    /// All its uses are used up.
    Used,
    /// Another order that is being paid holds it.
    Held,
    /// It was taken back.
    Revoked,
    /// It is for other stores.
    WrongStore,
    /// It is for other channels.
    WrongChannel {
        /// The channel of this sale.
        channel: Channel,
    },
    /// It is for members only.
    MembersOnly,
    /// It is for other tiers.
    WrongTier,
    /// The lines that count do not reach its threshold.
    ThresholdShort {
        /// What must be reached, in minor units.
        threshold: Money,
        /// What the lines that count come to.
        reached: Money,
        /// What is missing.
        short: Money,
    },
    /// Nothing in the cart is in its scope.
    NoLineInScope,
    /// It doesn't go with a member or tier price, and every line in its scope has one.
    MemberPriceExcluded,
    /// It doesn't go with offers, and every line in its scope has one.
    OfferExcluded,
    /// Nothing is left to pay on the lines that count, or its use would not lower the total.
    NoBenefitLeft,
    /// It could be used, but was not chosen.
    NotSelected {
        /// What it would save alone, in minor units.
        would_save: Money,
    },
    /// As many coupons as one order may use are used already.
    OrderLimit {
        /// How many coupons an order may use.
        max: i64,
        /// What this one would save alone, in minor units.
        would_save: Money,
    },
    /// As many coupons of its template as one order may use are used already.
    TemplateLimit {
        /// How many of this template an order may use.
        max: i64,
    },
    /// Another offer of its exclusive group applies.
    GroupTaken {
        /// The offer that applies.
        by: Uuid,
    },
    /// It runs on other days of the month.
    OtherDay,
    /// It is for members with certain tags.
    WrongTag,
    /// It is for a birthday, and the member's is not known.
    BirthdayUnknown,
    /// The member's birthday is too far away.
    NotAroundBirthday,
    /// It is for the first paid order, and the member has one already.
    NotFirstPurchase,
    /// The member has used it as often as one member may, for now.
    MemberLimit {
        /// The most uses in the period.
        max: i64,
    },
    /// What it may give in all is given, or too little is left of it.
    BudgetExhausted,
    /// There are too few whole pieces of the goods that count.
    PiecesShort {
        /// How many pieces are needed.
        needed: i64,
        /// How many there are.
        have: i64,
    },
    /// A part of the bundle is missing.
    BundleIncomplete {
        /// How many pieces of it are needed.
        needed: i64,
        /// How many are left for it.
        have: i64,
    },
    /// Nothing of what can be got is in the cart: add it.
    NothingToGet {
        /// How many pieces can be got.
        pieces: i64,
    },
    /// The merchant doesn't take points as money.
    PointsNotAccepted,
    /// There are fewer points than the smallest number that may be spent.
    PointsBelowMinimum {
        /// The smallest number of points that may be spent at once.
        min: Points,
        /// What could be spent: the balance, or what the order allows.
        available: Points,
    },
    /// Fewer points than asked for can be spent on this order.
    PointsLimited {
        /// What was asked for.
        asked: Points,
        /// The most that this order takes.
        max: Points,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn a_category_stands_for_its_subtree_and_exclusion_wins() {
        let path = [id(3), id(2), id(1)];
        let item = Item { product: id(10), variant: Some(id(11)), categories: &path, special: false };
        assert!(Scope::ALL.contains(item));
        assert!(Scope { categories: vec![id(1)], ..Scope::ALL }.contains(item));
        assert!(!Scope { categories: vec![id(9)], ..Scope::ALL }.contains(item));
        assert!(Scope { products: vec![id(11)], ..Scope::ALL }.contains(item));
        assert!(!Scope { categories: vec![id(1)], except_products: vec![id(10)], ..Scope::ALL }.contains(item));
        assert!(!Scope { except_categories: vec![id(2)], ..Scope::ALL }.contains(item));
        assert!(!Scope { except_specials: true, ..Scope::ALL }.contains(Item { special: true, ..item }));
    }

    #[test]
    fn a_period_begins_on_its_first_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        // 29 November 2026 is a Sunday.
        assert_eq!(Period::Day.start(day("2026-11-29")), day("2026-11-29"));
        assert_eq!(Period::Week.start(day("2026-11-29")), day("2026-11-23"));
        assert_eq!(Period::Week.start(day("2026-11-30")), day("2026-11-30"));
        assert_eq!(Period::Month.start(day("2026-11-29")), day("2026-11-01"));
    }

    #[test]
    fn a_reason_is_a_flat_code_with_numbers() {
        let why = WhyNot::ThresholdShort { threshold: Money(10_000), reached: Money(9_900), short: Money(100) };
        let json = serde_json::to_value(why).unwrap();
        assert_eq!(json, serde_json::json!({"code": "threshold_short", "threshold": 10_000, "reached": 9_900, "short": 100}));
        assert_eq!(serde_json::to_value(WhyNot::Held).unwrap(), serde_json::json!({"code": "held"}));
    }
}

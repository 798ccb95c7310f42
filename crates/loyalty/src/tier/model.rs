//! The tier scheme and the decision who is at which tier.

use crate::gift::Gift;
use crate::growth::GrowthRate;
use crate::rule::Scope;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Money, Rate, Result, id, text_enum, time};
use utoipa::ToSchema;

id!(TierId, "A tier of the merchant's scheme.");

/// What a tier gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TierBenefits {
    /// What the member pays, in basis points: 9,500 is 95折; 10,000 is no discount.
    pub discount: Rate,
    /// Which goods the discount is on. Lines marked special or sold at an activity price never get
    /// it.
    pub scope: Scope,
    /// How many times the usual points, in basis points: 15,000 is one and a half times.
    pub points_multiplier: Rate,
}

impl Default for TierBenefits {
    fn default() -> Self {
        Self { discount: Rate::WHOLE, scope: Scope::ALL, points_multiplier: Rate::WHOLE }
    }
}

/// One tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// The tier.
    pub id: TierId,
    /// What people call it.
    pub name: String,
    /// What must have been bought within the window, in minor units net of returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// How many orders there must have been within the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// How much the member must have grown within the window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth: Option<i64>,
    /// Whether it comes with a paid membership, or by hand, and is never earned.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paid_only: bool,
    /// What it gives.
    #[serde(default)]
    pub benefits: TierBenefits,
    /// What a member gets on reaching it; once in a validity, and taken back where a refund undoes the rise.
    #[serde(default, skip_serializing_if = "Gift::is_empty")]
    pub gift: Gift,
    /// What else its members have a right to, for the staff and the card: 专属客服 and her number, parking.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub privileges: Vec<String>,
}

impl Tier {
    /// A tier that asks for nothing and gives nothing.
    pub fn named(id: TierId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            amount: None,
            count: None,
            growth: None,
            paid_only: false,
            benefits: TierBenefits::default(),
            gift: Gift::default(),
            privileges: Vec::new(),
        }
    }
    /// Its thresholds, and what of each is missing: amount, count, growth; none where it doesn't ask.
    pub fn missing(&self, totals: &TierTotals) -> TierGap {
        TierGap {
            amount: self.amount.map(|least| Money((least.0 - totals.amount.0).max(0))),
            count: self.count.map(|least| (least - totals.count).max(0)),
            growth: self.growth.map(|least| (least - totals.growth).max(0)),
        }
    }
}

/// What is missing to a tier; none where the tier doesn't ask for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierGap {
    /// What must still be bought, in minor units.
    pub amount: Option<Money>,
    /// How many orders are still missing.
    pub count: Option<i64>,
    /// How much growth is still missing.
    pub growth: Option<i64>,
}

text_enum! {
    /// How a tier's thresholds on amount and count go together.
    pub enum QualifyBy {
        /// One of them is enough.
        Any = "any",
        /// All that are set must be reached.
        All = "all",
    }
}

/// The merchant's tiers and the two clocks that all of them share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TierScheme {
    /// The tiers, lowest first. A tier without thresholds is everybody's.
    pub tiers: Vec<Tier>,
    /// How amount and count go together.
    pub qualify_by: QualifyBy,
    /// How many months back the totals count; none for the member's lifetime.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_months: Option<i32>,
    /// For how many months a tier is kept once reached; none for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_months: Option<i32>,
    /// Days after the end of validity before a member who falls short is lowered.
    #[serde(default)]
    pub grace_days: i32,
    /// How many days before a member loses their tier they are warned; none for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_days: Option<i32>,
    /// How purchases make members grow; none where no tier asks for growth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth: Option<GrowthRate>,
}

/// No tiers at all.
impl Default for TierScheme {
    fn default() -> Self {
        Self {
            tiers: Vec::new(),
            qualify_by: QualifyBy::Any,
            window_months: None,
            validity_months: None,
            grace_days: 0,
            warn_days: None,
            growth: None,
        }
    }
}

/// What a member bought within the window, net of returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierTotals {
    /// Minor units.
    pub amount: Money,
    /// Orders.
    pub count: i64,
    /// Growth.
    #[serde(default)]
    pub growth: i64,
}

/// Where a member stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CurrentTier {
    /// The tier; none before the first.
    pub tier: Option<TierId>,
    /// The last local day for which it was earned; none for ever.
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_until: Option<Date>,
    /// The last local day of a tier set by hand: until it ends nothing is computed.
    #[schema(value_type = Option<String>, format = Date)]
    pub locked_until: Option<Date>,
}

/// No purchase at all.
const NOTHING: TierTotals = TierTotals { amount: Money::ZERO, count: 0, growth: 0 };

/// A paid membership's tier, beside the one that is earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Overlay {
    /// The tier.
    pub tier: TierId,
    /// The last local day.
    #[schema(value_type = String, format = Date)]
    pub until: Date,
}

text_enum! {
    /// What a decision does.
    pub enum TierChange {
        /// To a higher tier.
        Upgrade = "upgrade",
        /// To a lower tier.
        Downgrade = "downgrade",
        /// The same tier, perhaps for another period.
        Keep = "keep",
    }
}

text_enum! {
    /// Why a decision is as it is.
    pub enum TierReason {
        /// The totals reach the tier.
        Reached = "reached",
        /// The totals fall short and both clocks have run out.
        FellShort = "fell_short",
        /// The totals fall short, but the tier's validity runs on.
        StillValid = "still_valid",
        /// The totals fall short and validity is over, but the days of grace run on.
        InGrace = "in_grace",
        /// Set by hand and locked.
        Locked = "locked",
        /// The period was over and the totals still reach the tier.
        Renewed = "renewed",
        /// A refund took back what had raised the member.
        Refunded = "refunded",
    }
}

/// What a decision was computed from, as stored beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierSnapshot {
    /// Why.
    pub reason: TierReason,
    /// The local day of the decision, and the last of the window.
    #[schema(value_type = String, format = Date)]
    pub window_to: Date,
    /// The first local day of the window; none for the lifetime.
    #[schema(value_type = Option<String>, format = Date)]
    pub window_from: Option<Date>,
    /// What was bought in it, net of returns, in minor units.
    pub amount: Money,
    /// How many orders.
    pub count: i64,
    /// How much growth.
    #[serde(default)]
    pub growth: i64,
    /// The amount that the tier decided on asks for.
    pub amount_threshold: Option<Money>,
    /// The count that the tier decided on asks for.
    pub count_threshold: Option<i64>,
    /// The growth that the tier decided on asks for.
    #[serde(default)]
    pub growth_threshold: Option<i64>,
    /// How the two go together.
    pub qualify_by: QualifyBy,
    /// Until when the tier before was valid: what an undone rise goes back to.
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_until_before: Option<Date>,
}

/// The answer of [`evaluate`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierDecision {
    /// What to do.
    pub kind: TierChange,
    /// The tier before.
    pub from: Option<TierId>,
    /// The tier from now on.
    pub to: Option<TierId>,
    /// The last local day for which it is earned; none for ever.
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_until: Option<Date>,
    /// What it was computed from.
    pub snapshot: TierSnapshot,
}

impl TierDecision {
    /// Whether anything has to be written: another tier, or another end of validity.
    pub fn changes(&self, current: &CurrentTier) -> bool {
        self.to != current.tier || self.valid_until != current.valid_until
    }
}

impl TierScheme {
    /// The tier with this id.
    pub fn tier(&self, id: TierId) -> Option<&Tier> {
        self.tiers.iter().find(|tier| tier.id == id)
    }
    /// The tier that holds: the member's, or without one (before the first purchase, or where theirs
    /// is no longer in the scheme) the highest that asks for nothing.
    pub fn effective(&self, current: &CurrentTier) -> Option<TierId> {
        let theirs = current.tier.filter(|id| self.rank(*id).is_some());
        theirs.or_else(|| {
            self.tiers.iter().rev().find(|tier| !tier.paid_only && tier.missing(&NOTHING) == TierGap::default()).map(|tier| tier.id)
        })
    }
    /// The tier that holds on a day, with a paid membership beside it: the higher of the two.
    pub fn effective_with(&self, current: &CurrentTier, overlay: Option<Overlay>, today: Date) -> Option<TierId> {
        let paid = overlay.filter(|overlay| today <= overlay.until && self.rank(overlay.tier).is_some()).map(|overlay| overlay.tier);
        let own = self.effective(current);
        let rank = |id: Option<TierId>| id.and_then(|id| self.rank(id));
        if rank(paid) > rank(own) { paid } else { own }
    }
    /// The tier's place, 0 for the lowest; none for one that is no longer in the scheme.
    pub fn rank(&self, id: TierId) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.id == id)
    }
    /// The local days whose purchases count on a day: the first (none for the lifetime) and the
    /// last, both included. Twelve months up to 22 November begin on 23 November of the year before.
    pub fn window(&self, today: Date) -> (Option<Date>, Date) {
        let from = self.window_months.map(|months| time::add_days(time::add_months(today, months.saturating_neg()), 1));
        (from, today)
    }
    fn reaches(&self, tier: &Tier, totals: &TierTotals) -> bool {
        let asked = [
            tier.amount.map(|least| totals.amount >= least),
            tier.count.map(|least| totals.count >= least),
            tier.growth.map(|least| totals.growth >= least),
        ];
        let mut asked = asked.into_iter().flatten().peekable();
        match self.qualify_by {
            _ if asked.peek().is_none() => true,
            QualifyBy::Any => asked.any(|reached| reached),
            QualifyBy::All => asked.all(|reached| reached),
        }
    }
    /// Whether totals reach a tier that can be earned.
    pub fn is_reached(&self, tier: &Tier, totals: &TierTotals) -> bool {
        !tier.paid_only && self.reaches(tier, totals)
    }
    /// The last local day on which a member still has a tier of this validity; none for ever.
    pub fn kept_until(&self, current: &CurrentTier) -> Option<Date> {
        current.valid_until.map(|until| time::add_days(until, self.grace_days))
    }
    /// The local day from which a member is warned that they lose their tier; none for never.
    pub fn warned_from(&self, current: &CurrentTier) -> Option<Date> {
        let days = self.warn_days?;
        self.kept_until(current).map(|last| time::add_days(last, 1 - days))
    }
    /// The last local day on which everything still counts that counts today, where a window moves on.
    pub fn counts_until(&self, first_on: Option<Date>) -> Option<Date> {
        let months = self.window_months?;
        first_on.map(|first| time::add_days(time::add_months(first, months), -1))
    }
    /// The highest tier that the totals reach.
    pub fn earned(&self, totals: &TierTotals) -> Option<&Tier> {
        self.tiers.iter().rev().find(|tier| self.is_reached(tier, totals))
    }
    fn valid_until(&self, today: Date) -> Option<Date> {
        self.validity_months.map(|months| time::add_months(today, months))
    }

    /// Checks a scheme at the door.
    ///
    /// Errors: `tier_scheme_invalid`, with a fault for each field that is out of its range.
    pub fn check(&self) -> Result<()> {
        let mut error: Option<Error> = None;
        let mut fault = |field: String, detail: &str| {
            let whole = error.take().unwrap_or_else(|| Error::invalid("tier_scheme_invalid", "the tier scheme can't be used"));
            error = Some(whole.field(field, "out_of_range", detail));
        };
        for (index, tier) in self.tiers.iter().enumerate() {
            if !(0..=Rate::WHOLE.0).contains(&tier.benefits.discount.0) {
                fault(format!("/tiers/{index}/benefits/discount"), "must be 0 to 10000 basis points of the price");
            }
            if !(0..=1_000_000).contains(&tier.benefits.points_multiplier.0) {
                fault(format!("/tiers/{index}/benefits/points_multiplier"), "must be 0 to 1000000 basis points");
            }
            // A tier that is paid for has no thresholds to be above.
            let lower = self.tiers.iter().take(index).rev().find(|tier| !tier.paid_only);
            if tier.amount.is_some_and(|a| a.is_negative() || lower.is_some_and(|l| l.amount > Some(a))) {
                fault(format!("/tiers/{index}/amount"), "must not be below 0 nor below the tier before");
            }
            if tier.count.is_some_and(|c| c < 0 || lower.is_some_and(|l| l.count > Some(c))) {
                fault(format!("/tiers/{index}/count"), "must not be below 0 nor below the tier before");
            }
            if tier.growth.is_some_and(|g| g < 0 || lower.is_some_and(|l| l.growth > Some(g))) {
                fault(format!("/tiers/{index}/growth"), "must not be below 0 nor below the tier before");
            }
            if tier.paid_only && (tier.amount.is_some() || tier.count.is_some() || tier.growth.is_some()) {
                fault(format!("/tiers/{index}/paid_only"), "a tier that is paid for asks for nothing else");
            }
            if tier.privileges.len() > 20 || tier.privileges.iter().any(|text| text.trim().is_empty() || text.chars().count() > 100) {
                fault(format!("/tiers/{index}/privileges"), "must be at most 20 texts of 1 to 100 characters");
            }
            if tier.gift.check("/gift").is_err() {
                fault(format!("/tiers/{index}/gift"), "points must not be below 0, coupons at most 20");
            }
            if self.tiers.iter().take(index).any(|other| other.id == tier.id) {
                fault(format!("/tiers/{index}/id"), "must not occur twice");
            }
        }
        if self.window_months.is_some_and(|m| !(1..=120).contains(&m)) {
            fault("/window_months".to_owned(), "must be 1 to 120");
        }
        if self.validity_months.is_some_and(|m| !(1..=120).contains(&m)) {
            fault("/validity_months".to_owned(), "must be 1 to 120");
        }
        if !(0..=3_660).contains(&self.grace_days) {
            fault("/grace_days".to_owned(), "must be 0 to 3660");
        }
        if self.warn_days.is_some_and(|days| !(1..=366).contains(&days)) {
            fault("/warn_days".to_owned(), "must be 1 to 366");
        }
        if self.growth.is_some_and(|rate| !rate.is_usable()) {
            fault("/growth".to_owned(), "points, per and per_order must not be below 0, per above where points are");
        }
        error.map_or(Ok(()), Err)
    }
}

fn decision(
    scheme: &TierScheme,
    current: &CurrentTier,
    to: Option<TierId>,
    reason: TierReason,
    totals: &TierTotals,
    today: Date,
) -> TierDecision {
    let place = |id: Option<TierId>| id.and_then(|id| scheme.rank(id)).map_or(-1, |rank| i64::try_from(rank).unwrap_or(i64::MAX));
    let kind = match place(to).cmp(&place(current.tier)) {
        std::cmp::Ordering::Greater => TierChange::Upgrade,
        std::cmp::Ordering::Less => TierChange::Downgrade,
        std::cmp::Ordering::Equal => TierChange::Keep,
    };
    let fresh = matches!(reason, TierReason::Reached | TierReason::FellShort | TierReason::Renewed) && to.is_some();
    let valid_until =
        if fresh && (to != current.tier || reason == TierReason::Renewed) { scheme.valid_until(today) } else { current.valid_until };
    let asked = to.and_then(|id| scheme.tier(id));
    let (window_from, window_to) = scheme.window(today);
    TierDecision {
        kind,
        from: current.tier,
        to,
        valid_until,
        snapshot: TierSnapshot {
            reason,
            window_to,
            window_from,
            amount: totals.amount,
            count: totals.count,
            growth: totals.growth,
            amount_threshold: asked.and_then(|tier| tier.amount),
            count_threshold: asked.and_then(|tier| tier.count),
            growth_threshold: asked.and_then(|tier| tier.growth),
            qualify_by: scheme.qualify_by,
            valid_until_before: current.valid_until,
        },
    }
}

/// At which tier a member is from today on. `totals` are those of [`TierScheme::window`].
///
/// - locked by hand until a day: kept until that day ends;
/// - the totals reach a higher tier: raised at once, valid for a new period;
/// - they reach the tier that the member has: kept; a period that is over is renewed;
/// - they fall short: kept while the tier is valid and for the days of grace after it, then lowered
///   to the highest tier that they reach;
/// - a tier that is no longer in the scheme counts as none.
pub fn evaluate(scheme: &TierScheme, current: &CurrentTier, totals: &TierTotals, today: Date) -> TierDecision {
    let decide = |to, reason| decision(scheme, current, to, reason, totals, today);
    if current.locked_until.is_some_and(|until| today <= until) {
        return decide(current.tier, TierReason::Locked);
    }
    let earned = scheme.earned(totals).map(|tier| tier.id);
    let rank = |id: Option<TierId>| id.and_then(|id| scheme.rank(id));
    let (now, then) = (rank(current.tier), rank(earned));
    if then > now || (now.is_none() && then.is_none()) {
        return decide(earned, TierReason::Reached);
    }
    let over = current.valid_until.is_some_and(|until| today > until);
    if then == now {
        return decide(current.tier, if over { TierReason::Renewed } else { TierReason::Reached });
    }
    let grace_over = current.valid_until.is_some_and(|until| today > time::add_days(until, scheme.grace_days));
    match (over, grace_over) {
        (false, _) => decide(current.tier, TierReason::StillValid),
        (true, false) => decide(current.tier, TierReason::InGrace),
        (true, true) => decide(earned, TierReason::FellShort),
    }
}

/// What a refund does to the rise that the refunded purchase may have brought: where `raised` is the
/// member's last change, was an upgrade to the tier that they still have, and the totals no longer
/// reach it, they go back to the tier and validity before it (or to a tier in between that the
/// totals do reach). Nothing where there is nothing to take back, or where the tier is locked.
pub fn after_refund(
    scheme: &TierScheme,
    current: &CurrentTier,
    raised: &TierDecision,
    totals: &TierTotals,
    today: Date,
) -> Option<TierDecision> {
    let locked = current.locked_until.is_some_and(|until| today <= until);
    if locked || raised.kind != TierChange::Upgrade || raised.to != current.tier {
        return None;
    }
    let rank = |id: Option<TierId>| id.and_then(|id| scheme.rank(id));
    let earned = scheme.earned(totals).map(|tier| tier.id);
    if rank(earned) >= rank(current.tier) {
        return None;
    }
    let between = rank(earned) > rank(raised.from);
    let mut back = decision(scheme, current, if between { earned } else { raised.from }, TierReason::Refunded, totals, today);
    back.valid_until = if between { raised.valid_until } else { raised.snapshot.valid_until_before };
    Some(back)
}

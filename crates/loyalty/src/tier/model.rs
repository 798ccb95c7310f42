//! The tier scheme and the decision who is at which tier.

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
    /// What it gives.
    #[serde(default)]
    pub benefits: TierBenefits,
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
}

/// No tiers at all.
impl Default for TierScheme {
    fn default() -> Self {
        Self { tiers: Vec::new(), qualify_by: QualifyBy::Any, window_months: None, validity_months: None, grace_days: 0 }
    }
}

/// What a member bought within the window, net of returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierTotals {
    /// Minor units.
    pub amount: Money,
    /// Orders.
    pub count: i64,
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
    /// The amount that the tier decided on asks for.
    pub amount_threshold: Option<Money>,
    /// The count that the tier decided on asks for.
    pub count_threshold: Option<i64>,
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
        theirs.or_else(|| self.tiers.iter().rev().find(|tier| tier.amount.is_none() && tier.count.is_none()).map(|tier| tier.id))
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
        let amount = tier.amount.map(|least| totals.amount >= least);
        let count = tier.count.map(|least| totals.count >= least);
        match (amount, count, self.qualify_by) {
            (None, None, _) => true,
            (Some(one), None, _) | (None, Some(one), _) => one,
            (Some(a), Some(b), QualifyBy::Any) => a || b,
            (Some(a), Some(b), QualifyBy::All) => a && b,
        }
    }
    /// The highest tier that the totals reach.
    pub fn earned(&self, totals: &TierTotals) -> Option<&Tier> {
        self.tiers.iter().rev().find(|tier| self.reaches(tier, totals))
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
            let lower = index.checked_sub(1).and_then(|below| self.tiers.get(below));
            if tier.amount.is_some_and(|a| a.is_negative() || lower.is_some_and(|l| l.amount > Some(a))) {
                fault(format!("/tiers/{index}/amount"), "must not be below 0 nor below the tier before");
            }
            if tier.count.is_some_and(|c| c < 0 || lower.is_some_and(|l| l.count > Some(c))) {
                fault(format!("/tiers/{index}/count"), "must not be below 0 nor below the tier before");
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
            amount_threshold: asked.and_then(|tier| tier.amount),
            count_threshold: asked.and_then(|tier| tier.count),
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shuke_kernel::Uuid;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }
    fn id(n: u128) -> TierId {
        TierId(Uuid::from_u128(n))
    }
    fn tier(n: u128, amount: Option<i64>, count: Option<i64>) -> Tier {
        Tier { id: id(n), name: format!("tier {n}"), amount: amount.map(Money), count, benefits: TierBenefits::default() }
    }
    fn scheme() -> TierScheme {
        TierScheme {
            tiers: vec![tier(1, None, None), tier(2, Some(100_000), Some(5)), tier(3, Some(500_000), Some(20))],
            qualify_by: QualifyBy::Any,
            window_months: Some(12),
            validity_months: Some(12),
            grace_days: 30,
        }
    }
    fn totals(amount: i64, count: i64) -> TierTotals {
        TierTotals { amount: Money(amount), count }
    }
    fn at(n: u128, until: &str) -> CurrentTier {
        CurrentTier { tier: Some(id(n)), valid_until: Some(day(until)), locked_until: None }
    }

    #[test]
    fn amount_and_count_qualify_by_any_or_all() {
        let mut scheme = scheme();
        assert_eq!(scheme.earned(&totals(99_999, 5)).map(|t| t.id), Some(id(2)));
        scheme.qualify_by = QualifyBy::All;
        assert_eq!(scheme.earned(&totals(100_000, 4)).map(|t| t.id), Some(id(1)));
        assert_eq!(scheme.earned(&totals(100_000, 5)).map(|t| t.id), Some(id(2)));
        assert_eq!(scheme.earned(&totals(900_000, 19)).map(|t| t.id), Some(id(2)));
    }

    #[test]
    fn the_window_is_a_whole_year_of_days() {
        let mut scheme = scheme();
        assert_eq!(scheme.window(day("2026-11-22")), (Some(day("2025-11-23")), day("2026-11-22")));
        assert_eq!(scheme.window(day("2024-02-29")).0, Some(day("2023-03-01")));
        scheme.window_months = None;
        assert_eq!(scheme.window(day("2026-11-22")).0, None);
    }

    #[test]
    fn a_rise_is_at_once_and_leaves_a_snapshot() {
        let decision = evaluate(&scheme(), &at(1, "2026-12-31"), &totals(120_000, 2), day("2026-11-22"));
        assert_eq!((decision.kind, decision.to, decision.valid_until), (TierChange::Upgrade, Some(id(2)), Some(day("2027-11-22"))));
        let snapshot = decision.snapshot;
        assert_eq!(snapshot.reason, TierReason::Reached);
        assert_eq!((snapshot.window_from, snapshot.window_to), (Some(day("2025-11-23")), day("2026-11-22")));
        assert_eq!((snapshot.amount, snapshot.count), (Money(120_000), 2));
        assert_eq!((snapshot.amount_threshold, snapshot.count_threshold), (Some(Money(100_000)), Some(5)));
        assert_eq!(snapshot.valid_until_before, Some(day("2026-12-31")));
        let first = evaluate(&scheme(), &CurrentTier::default(), &totals(0, 0), day("2026-11-22"));
        assert_eq!((first.kind, first.from, first.to), (TierChange::Upgrade, None, Some(id(1))));
    }

    #[test]
    fn a_fall_waits_for_both_clocks() {
        let ask = |today| evaluate(&scheme(), &at(3, "2026-06-30"), &totals(150_000, 1), day(today));
        assert_eq!((ask("2026-06-30").kind, ask("2026-06-30").snapshot.reason), (TierChange::Keep, TierReason::StillValid));
        assert_eq!((ask("2026-07-30").kind, ask("2026-07-30").snapshot.reason), (TierChange::Keep, TierReason::InGrace));
        let fallen = ask("2026-07-31");
        assert_eq!((fallen.kind, fallen.to, fallen.snapshot.reason), (TierChange::Downgrade, Some(id(2)), TierReason::FellShort));
        assert_eq!(fallen.valid_until, Some(day("2027-07-31")));
        let for_ever = CurrentTier { valid_until: None, ..at(3, "2026-06-30") };
        assert_eq!(evaluate(&scheme(), &for_ever, &totals(0, 0), day("2036-01-01")).kind, TierChange::Keep);
    }

    #[test]
    fn who_still_qualifies_is_renewed_after_the_period_only() {
        let ask = |today| evaluate(&scheme(), &at(2, "2026-06-30"), &totals(150_000, 1), day(today));
        assert_eq!(ask("2026-06-30").valid_until, Some(day("2026-06-30")));
        assert!(!ask("2026-06-30").changes(&at(2, "2026-06-30")));
        assert_eq!(ask("2026-07-01").snapshot.reason, TierReason::Renewed);
        assert_eq!(ask("2026-07-01").valid_until, Some(day("2027-07-01")));
        assert!(ask("2026-07-01").changes(&at(2, "2026-06-30")));
    }

    #[test]
    fn a_lock_holds_until_its_day_ends() {
        let locked = CurrentTier { locked_until: Some(day("2026-11-22")), ..at(1, "2026-01-01") };
        let held = evaluate(&scheme(), &locked, &totals(900_000, 0), day("2026-11-22"));
        assert_eq!((held.kind, held.to, held.snapshot.reason), (TierChange::Keep, Some(id(1)), TierReason::Locked));
        assert_eq!(evaluate(&scheme(), &locked, &totals(900_000, 0), day("2026-11-23")).to, Some(id(3)));
    }

    #[test]
    fn a_refund_takes_back_the_rise_it_had_brought() {
        let before = at(1, "2026-12-31");
        let raised = evaluate(&scheme(), &before, &totals(600_000, 1), day("2026-11-22"));
        let now = CurrentTier { tier: raised.to, valid_until: raised.valid_until, locked_until: None };
        let back = after_refund(&scheme(), &now, &raised, &totals(0, 0), day("2026-11-23")).unwrap();
        assert_eq!((back.kind, back.to, back.valid_until), (TierChange::Downgrade, before.tier, before.valid_until));
        assert_eq!(back.snapshot.reason, TierReason::Refunded);
        let half = after_refund(&scheme(), &now, &raised, &totals(100_000, 1), day("2026-11-23")).unwrap();
        assert_eq!((half.to, half.valid_until), (Some(id(2)), raised.valid_until));
        assert_eq!(after_refund(&scheme(), &now, &raised, &totals(500_000, 1), day("2026-11-23")), None);
        let moved_on = CurrentTier { tier: Some(id(2)), ..now };
        assert_eq!(after_refund(&scheme(), &moved_on, &raised, &totals(0, 0), day("2026-11-23")), None);
        let locked = CurrentTier { locked_until: Some(day("2027-01-01")), ..now };
        assert_eq!(after_refund(&scheme(), &locked, &raised, &totals(0, 0), day("2026-11-23")), None);
    }

    #[test]
    fn a_scheme_is_checked_at_the_door() {
        assert!(scheme().check().is_ok());
        let mut bad = scheme();
        bad.tiers[2].amount = Some(Money(99_999));
        bad.tiers[1].benefits.discount = Rate(10_001);
        let fields: Vec<String> = bad.check().unwrap_err().fields().iter().map(|fault| fault.field.clone()).collect();
        assert_eq!(fields, ["/tiers/1/benefits/discount", "/tiers/2/amount"]);
    }

    proptest! {
        #[test]
        fn decisions_settle_and_more_is_never_worse(
            place in 0_usize..4, amount in 0_i64..700_000, more in 0_i64..700_000, count in 0_i64..30,
            until in -60_i32..60, all in any::<bool>(),
        ) {
            let mut scheme = scheme();
            scheme.qualify_by = if all { QualifyBy::All } else { QualifyBy::Any };
            let today = day("2026-11-22");
            let tier = scheme.tiers.get(place).map(|tier| tier.id);
            let current = CurrentTier { tier, valid_until: tier.map(|_| time::add_days(today, until)), locked_until: None };
            let decision = evaluate(&scheme, &current, &totals(amount, count), today);
            let after = CurrentTier { tier: decision.to, valid_until: decision.valid_until, locked_until: None };
            let again = evaluate(&scheme, &after, &totals(amount, count), today);
            prop_assert!(!again.changes(&after), "asking twice must change nothing: {decision:?} then {again:?}");
            let richer = evaluate(&scheme, &current, &totals(amount + more, count), today);
            prop_assert!(richer.to.and_then(|t| scheme.rank(t)) >= decision.to.and_then(|t| scheme.rank(t)));
        }
    }
}

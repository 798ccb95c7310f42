//! The tier rules, held against examples and properties.

use super::*;
use proptest::prelude::*;
use shuke_kernel::{Date, Money, Rate, Uuid, time};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}
fn id(n: u128) -> TierId {
    TierId(Uuid::from_u128(n))
}
fn tier(n: u128, amount: Option<i64>, count: Option<i64>) -> Tier {
    Tier { amount: amount.map(Money), count, ..Tier::named(id(n), format!("tier {n}")) }
}
fn scheme() -> TierScheme {
    TierScheme {
        tiers: vec![tier(1, None, None), tier(2, Some(100_000), Some(5)), tier(3, Some(500_000), Some(20))],
        qualify_by: QualifyBy::Any,
        window_months: Some(12),
        validity_months: Some(12),
        grace_days: 30,
        ..TierScheme::default()
    }
}
fn totals(amount: i64, count: i64) -> TierTotals {
    TierTotals { amount: Money(amount), count, growth: 0 }
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
fn growth_qualifies_beside_amount_and_count() {
    let mut scheme = TierScheme { tiers: vec![tier(1, None, None), Tier { growth: Some(500), ..tier(2, Some(1_000), None) }], ..scheme() };
    let grown = |growth| TierTotals { growth, ..totals(0, 0) };
    assert_eq!(scheme.earned(&grown(500)).map(|t| t.id), Some(id(2)));
    assert_eq!(scheme.tiers[1].missing(&grown(120)), TierGap { amount: Some(Money(1_000)), count: None, growth: Some(380) });
    scheme.qualify_by = QualifyBy::All;
    assert_eq!(scheme.earned(&grown(900)).map(|t| t.id), Some(id(1)));
}

#[test]
fn a_paid_tier_is_never_earned_and_overlays_what_is() {
    let mut scheme = scheme();
    scheme.tiers.insert(2, Tier { paid_only: true, ..tier(9, None, None) });
    assert_eq!(scheme.earned(&totals(900_000, 30)).map(|t| t.id), Some(id(3)));
    assert_eq!(scheme.earned(&totals(100_000, 0)).map(|t| t.id), Some(id(2)));
    assert_eq!(scheme.effective(&CurrentTier::default()), Some(id(1)));
    let overlay = Some(Overlay { tier: id(9), until: day("2026-12-31") });
    let holds = |n, today| scheme.effective_with(&at(n, "2030-01-01"), overlay, day(today));
    assert_eq!((holds(1, "2026-12-31"), holds(1, "2027-01-01")), (Some(id(9)), Some(id(1))), "until its last day");
    assert_eq!(holds(3, "2026-12-31"), Some(id(3)), "the higher of the two");
    let gone = Some(Overlay { tier: id(77), until: day("2030-01-01") });
    assert_eq!(scheme.effective_with(&at(1, "2030-01-01"), gone, day("2026-12-31")), Some(id(1)));
    scheme.tiers[2].count = Some(9);
    assert_eq!(scheme.check().unwrap_err().fields()[0].field, "/tiers/2/paid_only");
}

#[test]
fn the_days_of_a_warning_and_of_the_window() {
    let scheme = TierScheme { warn_days: Some(7), ..scheme() };
    assert_eq!(scheme.kept_until(&at(2, "2026-06-30")), Some(day("2026-07-30")));
    assert_eq!(scheme.warned_from(&at(2, "2026-06-30")), Some(day("2026-07-24")), "seven days before 31 July");
    assert_eq!(scheme.counts_until(Some(day("2026-01-15"))), Some(day("2027-01-14")));
    assert_eq!(scheme.window(day("2027-01-14")).0, Some(day("2026-01-15")), "the last day on which it counts");
    assert_eq!(TierScheme::default().counts_until(Some(day("2026-01-15"))), None);
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

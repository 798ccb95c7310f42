//! Tiers over time: raised at once, kept, in grace, lowered at midnight, locked.

use crate::support::shop;
use serde_json::json;
use shuke_http::Role;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// The walk of a member over three years, each change with what it was computed from.
    async fn a_member_rises_at_once_and_falls_after_grace(given) {
        let [base, silver, gold] = given.tiers().await;
        let member = given.member().await;
        let view = given.tier(member).await;
        assert_eq!((&view["current"]["tier"], &view["next"]["amount_missing"]), (&json!(base), &json!(100_000)));
        given.buy(member, 40_000).await;
        assert_eq!(given.tier(member).await["next"]["amount_missing"], json!(60_000));
        given.buy(member, 460_000).await;
        let view = given.tier(member).await;
        assert_eq!((&view["current"]["tier"], &view["current"]["valid_until"]), (&json!(gold), &json!("2027-11-22")));
        assert_eq!((&view["name"], &view["next"], &view["since"]), (&json!("金卡"), &json!(null), &json!("2026-11-22")));
        let change = given.last_change(member).await;
        let snapshot = &change["snapshot"];
        assert_eq!((change["kind"].as_str(), snapshot["reason"].as_str()), (Some("upgrade"), Some("reached")));
        assert_eq!((&snapshot["amount"], &snapshot["count"], &snapshot["amount_threshold"]), (&json!(500_000), &json!(2), &json!(500_000)));
        assert_eq!((&snapshot["window_from"], &snapshot["window_to"]), (&json!("2025-11-23"), &json!("2026-11-22")));

        given.app.advance_days(300); // 2027-09-18: bought again, enough for silver next year.
        given.buy(member, 120_000).await;
        given.app.advance_days(66); // 2027-11-23: the first day after validity, grace begins.
        assert_eq!(given.midnight().await, 0);
        assert_eq!(given.tier(member).await["current"]["tier"], json!(gold), "in grace");
        given.app.advance_days(29);
        assert_eq!(given.midnight().await, 0, "the last day of grace");
        given.app.advance_days(1);
        assert_eq!(given.midnight().await, 1);
        let change = given.last_change(member).await;
        assert_eq!((&change["from"], &change["to"], change["kind"].as_str()), (&json!(gold), &json!(silver), Some("downgrade")));
        assert_eq!((change["snapshot"]["reason"].as_str(), &change["snapshot"]["amount"]), (Some("fell_short"), &json!(120_000)));
        assert_eq!((&change["changed_on"], &change["valid_until"]), (&json!("2027-12-23"), &json!("2028-12-23")));
        assert_eq!(given.midnight().await, 0, "once");
        given.app.advance_days(500);
        assert_eq!(given.midnight().await, 1);
        assert_eq!(given.tier(member).await["current"]["tier"], json!(base));
    }

    /// Whoever still qualifies on the day gets another period, not a fall.
    async fn who_still_qualifies_is_renewed(given) {
        let [_, silver, _] = given.tiers().await;
        let member = given.member().await;
        given.buy(member, 100_000).await;
        given.app.advance_days(200);
        given.buy(member, 100_000).await;
        assert_eq!(given.tier(member).await["current"]["valid_until"], json!("2027-11-22"), "buying more does not prolong");
        given.app.advance_days(166);
        assert_eq!(given.midnight().await, 1);
        let change = given.last_change(member).await;
        assert_eq!((change["kind"].as_str(), change["snapshot"]["reason"].as_str()), (Some("keep"), Some("renewed")));
        let view = given.tier(member).await;
        assert_eq!((&view["current"]["tier"], &view["current"]["valid_until"]), (&json!(silver), &json!("2028-11-23")));
    }

    /// A tier set by hand is left alone until its lock ends, then has its days of grace.
    async fn a_tier_set_by_hand_is_locked(given) {
        let [base, silver, gold] = given.tiers().await;
        let member = given.member().await;
        let path = format!("/api/v1/members/{member}/tier");
        let by_hand = json!({ "tier": gold, "locked_until": "2026-12-31", "reason": "店主的朋友" });
        given.role(Role::Cashier).put(&path, &by_hand).await.refused(403, "permission_missing");
        given.owner().put(&path, &json!({ "tier": given.uuid(), "locked_until": "2026-12-31", "reason": "x" })).await.refused(422, "tier_unknown");
        given.owner().put(&path, &json!({ "tier": gold, "locked_until": "2026-11-21", "reason": "x" })).await.refused(400, "tier_lock_over");
        given.owner().put(&path, &json!({ "tier": gold, "locked_until": "2026-12-31", "reason": " " })).await.refused(400, "text_malformed");
        let view = given.owner().put(&path, &by_hand).await.ok();
        assert_eq!((&view["current"]["tier"], &view["current"]["locked_until"]), (&json!(gold), &json!("2026-12-31")));
        given.owner().put(&path, &by_hand).await.ok();
        let change = given.last_change(member).await;
        assert_eq!(change["sequence"], json!(1), "saying it twice is one change");
        assert_eq!((change["kind"].as_str(), change["note"].as_str(), &change["from"]), (Some("manual"), Some("店主的朋友"), &json!(base)));
        given.buy(member, 150_000).await;
        given.app.advance_days(30);
        assert_eq!(given.midnight().await, 0);
        assert_eq!(given.tier(member).await["current"]["tier"], json!(gold), "locked");
        given.app.advance_days(10 + 30);
        assert_eq!(given.midnight().await, 1);
        assert_eq!(given.tier(member).await["current"]["tier"], json!(silver), "what was really earned");
    }

    /// Many members fall due on one night: all of them are looked at, in batches.
    async fn midnight_takes_everybody_in_batches(given) {
        let [base, silver, _] = given.tiers().await;
        let mut members = Vec::new();
        for _ in 0..130 {
            let member = given.member().await;
            given.buy(member, 100_000).await;
            members.push(member);
        }
        given.app.advance_days(365 + 31);
        assert_eq!(given.tier(members[0]).await["current"]["tier"], json!(silver));
        assert_eq!(given.midnight().await, 130);
        assert_eq!(given.midnight().await, 0);
        for member in [members[0], members[129]] {
            assert_eq!(given.tier(member).await["current"]["tier"], json!(base));
        }
    }

    /// The scheme is checked, and another merchant's member is nobody.
    async fn a_scheme_is_checked_and_members_are_walled(given) {
        let id = given.uuid();
        let scheme = json!({ "tiers": [{ "id": id, "name": "A", "amount": 5 }, { "id": id, "name": "B", "amount": 4 }], "qualify_by": "any" });
        let body = given.owner().put("/api/v1/settings/tiers", &scheme).await.refused(400, "tier_scheme_invalid");
        assert_eq!(body["fields"][0]["field"], json!("/tiers/1/amount"));
        let member = given.member().await;
        let other = shuke_org::fixture::shop(&given.app.app).await.unwrap();
        let foreign = given.app.as_token(other.token(Role::Owner));
        foreign.get(&format!("/api/v1/members/{member}/tier")).await.refused(404, "member_not_found");
        let by_hand = json!({ "tier": null, "locked_until": "2026-12-31", "reason": "x" });
        foreign.put(&format!("/api/v1/members/{member}/tier"), &by_hand).await.refused(404, "member_not_found");
        foreign.get(&format!("/api/v1/members/{member}/tier-changes")).await.refused(404, "member_not_found");
    }
}

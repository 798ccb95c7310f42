//! Points at the till: caps, limits, what is pending, what ends by inactivity, each undone by refunds.

use crate::desk::{Desk, desk};
use serde_json::{Value, json};
use shuke_kernel::Uuid;
use shuke_testkit::{Reply, scenario};

impl Desk {
    async fn at_once(&self, carts: Vec<Value>) -> Vec<Reply> {
        let mut running = tokio::task::JoinSet::new();
        for (number, cart) in carts.into_iter().enumerate() {
            let client = self.owner.clone();
            running.spawn(async move { client.post_with_key("/api/v1/orders", &format!("at-once-{number}"), &cart).await });
        }
        running.join_all().await
    }
    async fn settle_pending(&self, member: Uuid, verb: &str, order: &Value) -> i64 {
        let path = format!("/api/v1/members/{member}/pending-points/{verb}");
        self.owner.post(&path, &json!({ "source": order["id"] })).await.ok()["points"].as_i64().unwrap()
    }
}

scenario! {
    setup = desk;

    /// A member would earn beyond a cap, or a refund would leave its room used up.
    async fn caps_reduce_and_refunds_free_their_room(desk) {
        let rule = desk.owner.get("/api/v1/settings/earn").await.ok()["rules"][0]["id"].clone();
        desk.set("points-terms", json!({ "caps": [
            { "period": "order", "max": 100 }, { "period": "day", "max": 150 }, { "rule": rule, "period": "month", "max": 170 },
        ] })).await;
        let member = desk.member(0);
        let ask = json!({ "store": desk.stall.store, "member": member, "lines": [{ "variant": desk.stall.variants[0], "quantity_milli": 3_000 }] });
        let quote = desk.owner.post("/api/v1/quotes", &ask).await.ok();
        assert_eq!((&quote["earns"]["points"], &quote["earns"]["cuts"][0]["points"]), (&json!(100), &json!(42)), "142 within 100 an order");
        let first = desk.sell(member, 3).await;
        let second = desk.sell(member, 3).await;
        assert_eq!((&first["points_earned"], &second["points_earned"]), (&json!(100), &json!(50)));
        let third = desk.sell(member, 1).await;
        assert_eq!(third["points_earned"], json!(0));
        let caps = desk.points(member).await["caps"].clone();
        assert_eq!((&caps[0]["used"], &caps[0]["max"], &caps[0]["until"]), (&json!(150), &json!(150), &json!("2026-11-22")));
        desk.app.advance_days(1);
        assert_eq!(desk.sell(member, 1).await["points_earned"], json!(20), "20 are left of the rule's month");
        desk.refund(&first, 1_500).await;
        desk.refund(&first, 0).await;
        assert_eq!(desk.sell(member, 2).await["points_earned"], json!(95), "the month has room for 100 again");
        assert_eq!(desk.difference().await, None);
        desk.tamper("UPDATE quota SET used = used - 1 WHERE merchant_id = $1 AND used > 1").await;
        assert_eq!(desk.difference().await.as_deref(), Some("quota"));
    }

    /// Sales at once would each take the last of a cap.
    async fn sales_at_once_stay_within_a_cap(desk) {
        desk.set("points-terms", json!({ "caps": [{ "period": "day", "max": 200 }] })).await;
        let member = desk.member(1);
        let before = desk.balance(member).await.0;
        let replies = desk.at_once((0..12).map(|_| desk.cart(member, 1, 0)).collect()).await;
        let earned: Vec<i64> = replies.into_iter().map(|reply| reply.ok()["points_earned"].as_i64().unwrap()).collect();
        assert_eq!(earned.iter().sum::<i64>(), 200, "{earned:?}");
        assert_eq!(desk.balance(member).await.0, before + 200);
        assert_eq!(desk.difference().await, None);
    }

    /// More would be spent than a day allows, by sales at once too.
    async fn a_limit_refuses_and_a_refund_frees_it(desk) {
        desk.set("points-terms", json!({ "spend_limits": [{ "period": "day", "max": 300 }] })).await;
        let member = desk.member(2);
        let replies = desk.at_once((0..6).map(|_| desk.cart(member, 1, 100)).collect()).await;
        let codes: Vec<String> = replies.iter().filter(|reply| !reply.status.is_success()).map(|reply| reply.code().to_owned()).collect();
        assert_eq!(codes, ["quota_exhausted"; 3]);
        let sold = replies.into_iter().find(|reply| reply.status.is_success()).unwrap().ok();
        desk.post_cart(&desk.cart(member, 1, 100)).await.refused(422, "quota_exhausted");
        desk.refund(&sold, 0).await;
        desk.post_cart(&desk.cart(member, 1, 100)).await.ok();
        desk.app.advance_days(1);
        desk.post_cart(&desk.cart(member, 1, 300)).await.ok();
        assert_eq!(desk.difference().await, None);
    }

    /// Points would be spent before their day, or stay behind when the order is taken back.
    async fn pending_points_wait_for_their_day(desk) {
        desk.set("points-terms", json!({ "pending": { "kind": "days", "days": 7 } })).await;
        let member = desk.member(0);
        let order = desk.sell(member, 2).await;
        assert_eq!(desk.balance(member).await, (1_095, 1_000));
        let pending = desk.owner.get(&format!("/api/v1/members/{member}/pending-points")).await.ok();
        assert_eq!((&pending[0]["remaining"], &pending[0]["source_id"]), (&json!(95), &order["id"]));
        desk.post_cart(&desk.cart(member, 1, 1_100)).await.refused(422, "points_not_usable");
        let gone = desk.sell(member, 1).await;
        desk.refund(&gone, 0).await;
        assert_eq!(desk.balance(member).await, (1_095, 1_000), "what was pending of a refunded order is gone");
        desk.app.advance_ms(6 * 86_400_000 + 14 * 3_600_000 - 1);
        assert_eq!(desk.balance(member).await.1, 1_000);
        desk.app.advance_ms(1);
        assert_eq!(desk.balance(member).await.1, 1_095, "as the local day begins");
        assert_eq!(desk.difference().await, None);
    }

    /// What was taken back while it waited would be taken back again by the refund, as a debt.
    async fn a_word_confirms_or_cancels_what_waits(desk) {
        desk.set("points-terms", json!({ "pending": { "kind": "confirmed", "days_max": 30 } })).await;
        let member = desk.member(0);
        let (kept, dropped) = (desk.sell(member, 2).await, desk.sell(member, 2).await);
        assert_eq!(desk.balance(member).await, (1_190, 1_000));
        assert_eq!(desk.settle_pending(member, "release", &kept).await, 95);
        assert_eq!(desk.settle_pending(member, "release", &kept).await, 0, "once");
        assert_eq!(desk.settle_pending(member, "cancel", &kept).await, 0, "what was confirmed is theirs");
        assert_eq!(desk.settle_pending(member, "cancel", &dropped).await, 95);
        assert_eq!(desk.balance(member).await, (1_095, 1_095));
        desk.refund(&dropped, 0).await;
        let points = desk.points(member).await["points"].clone();
        assert_eq!((&points["balance"], &points["debt"]), (&json!(1_095), &json!(0)));
        desk.refund(&kept, 0).await;
        assert_eq!(desk.balance(member).await, (1_000, 1_000));
        let third = desk.sell(member, 2).await;
        desk.app.advance_days(31);
        assert_eq!(desk.balance(member).await.1, 1_095, "after thirty days it counts as confirmed");
        assert_eq!(desk.settle_pending(member, "cancel", &third).await, 0);
        assert_eq!(desk.difference().await, None);
    }

    /// Points would outlive, or not live up to, the member's last activity.
    async fn points_end_when_nothing_was_done_for_so_long(desk) {
        let mut earn = desk.owner.get("/api/v1/settings/earn").await.ok();
        earn["expiry"] = json!({ "kind": "inactivity", "months": 3, "activities": ["purchase"] });
        desk.set("earn", earn).await;
        let (member, other) = (desk.member(0), desk.member(1));
        desk.sell(member, 2).await;
        let undone = desk.sell(other, 2).await;
        desk.app.advance_days(40); // 2027-01-01
        desk.sell(member, 1).await;
        let late = desk.sell(other, 1).await;
        desk.refund(&undone, 0).await;
        desk.refund(&late, 0).await;
        assert_eq!(desk.points(member).await["clock"], json!({ "last_on": "2027-01-01", "due_on": "2027-04-01" }));
        assert_eq!(desk.points(other).await["clock"], json!(null), "all that it did is undone");
        desk.app.advance_days(90); // 2027-04-01, the last day
        desk.midnight().await;
        assert_eq!(desk.balance(member).await.0, 1_142);
        desk.app.advance_days(1);
        desk.midnight().await;
        assert_eq!(desk.balance(member).await.0, 0);
        assert_eq!(desk.points(member).await["clock"]["due_on"], json!(null));
        assert_eq!(desk.balance(other).await.0, 1_000, "a clock that doesn't run ends nothing");
        desk.sell(member, 1).await;
        assert_eq!(desk.balance(member).await.0, 47);
        desk.app.advance_days(100);
        desk.sell(member, 2).await;
        assert_eq!(desk.balance(member).await.0, 95, "what ended before the new purchase ended, that night or by it");
        assert_eq!(desk.difference().await, None);
        desk.tamper("UPDATE points_activity SET undone = TRUE WHERE merchant_id = $1").await;
        assert_eq!(desk.difference().await.as_deref(), Some("points_clock"));
    }

    /// Every other kind of expiry gives the lot the day that it says.
    async fn lots_end_on_the_day_of_the_policy(desk) {
        let earn = desk.owner.get("/api/v1/settings/earn").await.ok();
        let member = desk.member(0);
        for (expiry, day) in [
            (json!({ "kind": "never" }), json!(null)),
            (json!({ "kind": "months", "months": 3 }), json!("2027-02-22")),
            (json!({ "kind": "rounded", "months": 3, "to": "month" }), json!("2027-02-28")),
            (json!({ "kind": "rounded", "months": 3, "to": "quarter" }), json!("2027-03-31")),
            (json!({ "kind": "rounded", "months": 3, "to": "year" }), json!("2027-12-31")),
            (json!({ "kind": "dates", "dates": [{ "month": 6, "day": 30 }, { "month": 12, "day": 31 }], "months_min": 3 }), json!("2027-06-30")),
        ] {
            let mut policy = earn.clone();
            policy["expiry"] = expiry.clone();
            desk.set("earn", policy).await;
            let order = desk.sell(member, 1).await;
            let lots = desk.owner.get(&format!("/api/v1/members/{member}/lots?kind=points")).await.ok();
            let lot = lots["items"].as_array().unwrap().iter().find(|lot| lot["source_id"] == order["id"]).unwrap().clone();
            assert_eq!(lot.get("expires_on").unwrap_or(&json!(null)), &day, "{expiry}");
        }
    }
}

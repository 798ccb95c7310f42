//! Stamp cards and streaks: stamped and rewarded by sales, taken back by refunds in any split.

use crate::desk::{Desk, desk};
use serde_json::{Value, json};
use shuke_kernel::Uuid;
use shuke_testkit::scenario;

impl Desk {
    /// A card of these terms that needs so many stamps and gives these.
    async fn stamp_card(&self, per: Value, needed: i64, gift: Value, more: Value) -> Uuid {
        let id = self.uuid();
        let mut card = json!({ "id": id, "name": "集点卡", "per": per, "needed": needed, "gift": gift });
        card.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.set("stamps", json!({ "cards": [card] })).await;
        id
    }
    /// Stamps on the card, and full cards.
    async fn stamps(&self, member: Uuid) -> (i64, i64) {
        let card = self.owner.get(&format!("/api/v1/members/{member}/stamps")).await.ok()[0].clone();
        (card["stamps"].as_i64().unwrap(), card["rounds"].as_i64().unwrap())
    }
    async fn template(&self, limits: Value) -> Uuid {
        let id = self.uuid();
        let terms =
            json!({ "benefit": { "kind": "amount", "off": 1_000 }, "validity": { "kind": "relative", "days": 30 }, "limits": limits });
        self.owner
            .post("/api/v1/coupon-templates", &json!({ "id": id, "name": "集点券", "terms": terms, "state": "published" }))
            .await
            .ok();
        id
    }
    /// The member's coupons of a template that can be used.
    async fn coupons(&self, member: Uuid, template: Uuid) -> Vec<Value> {
        let list = self.owner.get(&format!("/api/v1/members/{member}/coupons?limit=200")).await.ok();
        let of = |coupon: &&Value| coupon["template"] == json!(template) && coupon["state"] == json!("active");
        list["items"].as_array().unwrap().iter().filter(of).cloned().collect()
    }
}

scenario! {
    setup = desk;

    /// A full card would be rewarded twice, or its reward stay when the orders are taken back.
    async fn a_full_card_is_rewarded_and_taken_back_in_any_split(desk) {
        let template = desk.template(json!({})).await;
        desk.stamp_card(json!({ "kind": "piece" }), 5, json!({ "points": 50, "coupons": [template] }), json!({})).await;
        let member = desk.member(0);
        let before = desk.balance(member).await.0;
        let first = desk.sell(member, 3).await;
        assert_eq!(desk.stamps(member).await, (3, 0));
        let second = desk.sell(member, 8).await;
        assert_eq!(desk.stamps(member).await, (1, 2));
        assert_eq!(desk.coupons(member, template).await.len(), 2);
        assert_eq!(desk.balance(member).await.0, before + 142 + 380 + 100);
        desk.refund(&second, 2_500).await;
        assert_eq!(desk.stamps(member).await, (3, 1), "five and a half pieces are left of eight");
        assert_eq!(desk.coupons(member, template).await.len(), 1);
        desk.refund(&first, 0).await;
        desk.refund(&second, 1_000).await;
        assert_eq!(desk.stamps(member).await, (4, 0));
        let third = desk.sell(member, 1).await;
        assert_eq!((desk.stamps(member).await, desk.coupons(member, template).await.len()), ((0, 1), 1), "full again, and rewarded again");
        desk.refund(&second, 0).await;
        desk.refund(&third, 0).await;
        assert_eq!((desk.stamps(member).await, desk.coupons(member, template).await.len()), ((0, 0), 0));
        assert_eq!(desk.balance(member).await, (before, before), "as it was");
        let gifts = desk.owner.get(&format!("/api/v1/members/{member}/gifts")).await.ok();
        assert!(gifts.as_array().unwrap().iter().all(|gift| gift["taken_back"] == json!(true)), "{gifts}");
        assert_eq!(desk.difference().await, None);
        desk.tamper("UPDATE stamp_card SET stamps = stamps + 1 WHERE merchant_id = $1").await;
        assert_eq!(desk.difference().await.as_deref(), Some("stamp_card"));
    }

    /// A reward that was used would be given a second time when the card fills up again.
    async fn a_reward_that_was_used_is_not_given_again(desk) {
        let template = desk.template(json!({})).await;
        desk.stamp_card(json!({ "kind": "visit" }), 2, json!({ "coupons": [template] }), json!({})).await;
        let member = desk.member(0);
        let (first, second) = (desk.sell(member, 1).await, desk.sell(member, 1).await);
        let coupon = desk.coupons(member, template).await[0].clone();
        let mut cart = desk.cart(member, 1, 0);
        cart["coupons"] = json!({ "kind": "selected", "coupons": [coupon["id"]] });
        cart["payments"] = json!([{ "tender": "cash", "amount": 3_750 }]);
        desk.post_cart(&cart).await.ok();
        desk.app.step().await;
        assert_eq!(desk.stamps(member).await, (1, 1));
        desk.refund(&first, 0).await;
        desk.refund(&second, 0).await;
        assert_eq!(desk.stamps(member).await, (0, 1), "it was used and stays");
        desk.sell(member, 1).await;
        assert_eq!((desk.stamps(member).await, desk.coupons(member, template).await.len()), ((0, 1), 0));
        desk.sell(member, 1).await;
        desk.sell(member, 1).await;
        assert_eq!((desk.stamps(member).await, desk.coupons(member, template).await.len()), ((0, 2), 1));
        assert_eq!(desk.difference().await, None);
        desk.tamper("UPDATE gift SET taken_back = TRUE WHERE merchant_id = $1").await;
        assert_eq!(desk.difference().await.as_deref(), Some("stamp_gift"));
    }

    /// A template that has run out would hold up the reader for everybody.
    async fn what_cannot_be_given_is_left_out_and_told(desk) {
        let template = desk.template(json!({ "issued_max": 1 })).await;
        desk.stamp_card(json!({ "kind": "amount", "money": 4_750 }), 1, json!({ "points": 5, "coupons": [template] }), json!({ "per_order_max": 1 })).await;
        let member = desk.member(0);
        desk.sell(member, 3).await;
        desk.sell(member, 3).await;
        let gifts = desk.owner.get(&format!("/api/v1/members/{member}/gifts")).await.ok();
        let told: Vec<_> = gifts.as_array().unwrap().iter().map(|gift| (gift["place"].clone(), gift["coupons"].clone(), gift["skipped"].clone())).collect();
        assert!(told.contains(&(json!("000001"), json!(1), json!(""))), "{told:?}");
        assert!(told.contains(&(json!("000002"), json!(0), json!("coupon_budget_exhausted"))), "{told:?}");
        assert_eq!(desk.difference().await, None);
        desk.tamper("UPDATE gift SET points = points + 1 WHERE merchant_id = $1").await;
        assert_eq!(desk.difference().await.as_deref(), Some("gift"));
    }

    /// Stamps would outlive their time, or those of a full card lapse a second time.
    async fn stamps_lapse_that_no_full_card_has_used(desk) {
        desk.stamp_card(json!({ "kind": "piece" }), 4, json!({ "points": 1 }), json!({ "validity_months": 1 })).await;
        let member = desk.member(0);
        let first = desk.sell(member, 6).await;
        assert_eq!(desk.stamps(member).await, (2, 1));
        desk.app.advance_days(20);
        desk.sell(member, 1).await;
        desk.app.advance_days(10); // 2026-12-22, the last day of the first stamps
        desk.midnight().await;
        assert_eq!(desk.stamps(member).await, (3, 1));
        desk.app.advance_days(1);
        desk.midnight().await;
        desk.midnight().await;
        assert_eq!(desk.stamps(member).await, (1, 1));
        desk.refund(&first, 0).await;
        assert_eq!(desk.stamps(member).await, (1, 0), "one is left of the second order, and no full card");
        assert_eq!(desk.difference().await, None);
    }

    /// A streak would be rewarded twice, or its reward stay when a visit in it is undone.
    async fn a_streak_is_rewarded_and_broken_by_a_refund(desk) {
        let id = desk.uuid();
        let rule = json!({ "id": id, "name": "连续三天", "every": "day", "length": 3, "repeats": true, "gift": { "points": 30 }, "from": "2026-11-22" });
        desk.set("streaks", json!({ "rules": [rule] })).await;
        let member = desk.member(0);
        let before = desk.balance(member).await.0;
        let mut orders = Vec::new();
        for _ in 0..6 {
            orders.push(desk.sell(member, 1).await);
            desk.sell(desk.member(1), 1).await;
            desk.app.advance_days(1);
        }
        let streak = || async { desk.owner.get(&format!("/api/v1/members/{member}/streaks")).await.ok()[0].clone() };
        let shown = streak().await;
        assert_eq!((&shown["run"], &shown["rewarded"], &shown["until"]), (&json!(6), &json!(2), &json!("2026-11-28")));
        assert_eq!(desk.balance(member).await.0, before + 6 * 47 + 60);
        let same_day = desk.sell(member, 1).await;
        desk.refund(&same_day, 0).await;
        desk.refund(&orders[1], 500).await;
        assert_eq!(streak().await["rewarded"], json!(2), "half an order is still a visit");
        desk.refund(&orders[1], 0).await;
        let shown = streak().await;
        assert_eq!((&shown["run"], &shown["rewarded"]), (&json!(4), &json!(1)), "days one, and three to six");
        for order in &orders {
            if order["id"] != orders[1]["id"] {
                desk.refund(order, 0).await;
            }
        }
        assert_eq!(desk.balance(member).await, (before, before));
        assert_eq!(streak().await["rewarded"], json!(0));
        assert_eq!(desk.difference().await, None);
    }
}

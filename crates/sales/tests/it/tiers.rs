//! Tiers at the till: growth, gifts on the rise, paid memberships in the price.

use crate::desk::{Desk, desk};
use serde_json::{Value, json};
use shuke_kernel::Uuid;
use shuke_testkit::scenario;

impl Desk {
    /// A base tier, and silver of these terms; both at 95折. Gives silver's id.
    async fn silver(&self, more: Value, scheme: Value) -> Uuid {
        let (base, silver) = (self.uuid(), self.uuid());
        let mut tier = json!({ "id": silver, "name": "银卡", "benefits": { "discount": 9_500 } });
        tier.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let base = json!({ "id": base, "name": "普通", "benefits": { "discount": 9_500 } });
        let mut body = json!({ "tiers": [base, tier], "qualify_by": "any", "window_months": 12, "validity_months": 12 });
        body.as_object_mut().unwrap().extend(scheme.as_object().unwrap().clone());
        self.set("tiers", body).await;
        silver
    }
    async fn tier(&self, member: Uuid) -> Value {
        self.owner.get(&format!("/api/v1/members/{member}/tier")).await.ok()
    }
    async fn gifts_held(&self, member: Uuid) -> usize {
        let gifts = self.owner.get(&format!("/api/v1/members/{member}/gifts")).await.ok();
        gifts.as_array().unwrap().iter().filter(|gift| gift["taken_back"] == json!(false)).count()
    }
}

scenario! {
    setup = desk;

    /// A tier on growth would be reached by what was taken back, or not lost with it.
    async fn growth_raises_a_member_and_a_refund_takes_it_back(desk) {
        let silver = desk.silver(json!({ "growth": 100 }), json!({ "growth": { "points": 1, "per": 100, "per_order": 10 } })).await;
        let member = desk.member(0);
        let order = desk.sell(member, 2).await;
        let view = desk.tier(member).await;
        assert_eq!((&view["current"]["tier"], &view["totals"]["growth"]), (&json!(silver), &json!(105)));
        assert_eq!((&view["keep"]["missing"]["growth"], &view["keep"]["by"]), (&json!(0), &json!("2027-11-22")));
        desk.refund(&order, 1_000).await;
        let view = desk.tier(member).await;
        assert_eq!((&view["totals"]["growth"], &view["next"]["growth_missing"], &view["next"]["by"]), (&json!(57), &json!(43), &json!("2027-11-21")));
        assert_ne!(view["current"]["tier"], json!(silver));
        let path = format!("/api/v1/members/{member}/growth");
        let by_hand = json!({ "id": desk.uuid(), "growth": 50, "reason": "填写问卷" });
        desk.owner.post(&path, &by_hand).await.ok();
        desk.owner.post(&path, &by_hand).await.refused(409, "growth_taken");
        desk.owner.post(&path, &json!({ "id": desk.uuid(), "growth": 0, "reason": "x" })).await.refused(400, "growth_out_of_range");
        assert_eq!(desk.tier(member).await["current"]["tier"], json!(silver));
        let why = desk.owner.get(&format!("/api/v1/members/{member}/tier/why")).await.ok();
        let step = &why["tiers"][1];
        assert_eq!((&step["growth"], &step["reached"], &step["missing"]["growth"]), (&json!(100), &json!(true), &json!(0)));
        assert_eq!((&why["decision"]["snapshot"]["reason"], &why["totals"]["growth"]), (&json!("reached"), &json!(107)));
        assert_eq!((&why["last_change"]["to"], &why["last_change"]["snapshot"]["growth_threshold"]), (&json!(silver), &json!(100)));
        desk.refund(&order, 0).await;
        assert_eq!(desk.tier(member).await["totals"]["growth"], json!(50));
        assert_ne!(desk.tier(member).await["current"]["tier"], json!(silver));
        assert_eq!(desk.owner.get(&path).await.ok()["items"].as_array().unwrap().len(), 2);
        assert_eq!(desk.difference().await, None);
        desk.tamper("UPDATE growth SET growth = growth + 1 WHERE merchant_id = $1").await;
        assert_eq!(desk.difference().await.as_deref(), Some("growth"));
    }

    /// A gift of a tier would be given for every order that reaches it, or stay when the rise is undone.
    async fn a_rise_gives_its_gift_once_and_a_refund_takes_it_back(desk) {
        let template = desk.uuid();
        let terms = json!({ "benefit": { "kind": "amount", "off": 1_000 }, "validity": { "kind": "relative", "days": 30 } });
        desk.owner.post("/api/v1/coupon-templates", &json!({ "id": template, "name": "升级券", "terms": terms, "state": "published" })).await.ok();
        let gift = json!({ "points": 20, "coupons": [template] });
        desk.silver(json!({ "amount": 9_000, "gift": gift, "privileges": ["专属客服"] }), json!({})).await;
        let member = desk.member(0);
        let before = desk.balance(member).await.0;
        let first = desk.sell(member, 2).await;
        assert_eq!(desk.tier(member).await["privileges"], json!(["专属客服"]));
        let second = desk.sell(member, 2).await;
        assert_eq!((desk.gifts_held(member).await, desk.balance(member).await.0), (1, before + 95 + 95 + 20));
        desk.refund(&first, 0).await;
        assert_eq!(desk.gifts_held(member).await, 1, "the second order reaches it too");
        desk.refund(&second, 0).await;
        assert_eq!((desk.gifts_held(member).await, desk.balance(member).await), (0, (before, before)));
        let third = desk.sell(member, 2).await;
        assert_eq!(desk.gifts_held(member).await, 1, "reached again, given again");
        let coupons = desk.owner.get(&format!("/api/v1/members/{member}/coupons")).await.ok();
        let of = |coupon: &&Value| coupon["template"] == json!(template) && coupon["state"] == json!("active");
        let coupon = coupons["items"].as_array().unwrap().iter().find(of).unwrap().clone();
        let mut cart = desk.cart(member, 1, 0);
        cart["coupons"] = json!({ "kind": "selected", "coupons": [coupon["id"]] });
        cart["payments"] = json!([{ "tender": "cash", "amount": 3_750 }]);
        desk.post_cart(&cart).await.ok();
        desk.app.step().await;
        desk.refund(&third, 0).await;
        assert_eq!(desk.gifts_held(member).await, 1, "what was used stays");
        desk.sell(member, 2).await;
        assert_eq!(desk.gifts_held(member).await, 1, "and isn't given a second time");
        assert_eq!(desk.difference().await, None);
    }

    /// A refund would give back by the tier of today: more money than was paid, or other points than were earned.
    async fn a_refund_is_by_the_tier_of_its_sale(desk) {
        let gold = desk.uuid();
        let base = |discount: i64| json!({ "id": desk.uuid(), "name": "普通", "benefits": { "discount": discount } });
        let tier = json!({ "id": gold, "name": "金卡", "benefits": { "discount": 8_000, "points_multiplier": 20_000 } });
        desk.set("tiers", json!({ "tiers": [base(10_000), tier], "qualify_by": "any", "window_months": 12, "validity_months": 12 })).await;
        let member = desk.member(0);
        let before = desk.balance(member).await;
        let by_hand = async |tier: Value| {
            let set = json!({ "tier": tier, "locked_until": "2027-12-31", "reason": "补偿" });
            desk.owner.put(&format!("/api/v1/members/{member}/tier"), &set).await.ok();
            desk.app.step().await;
        };
        by_hand(json!(gold)).await;
        let mut cart = desk.cart(member, 3, 0);
        cart["payments"] = json!([{ "tender": "wallet", "amount": 6_000 }, { "tender": "cash", "amount": 6_000 }]);
        let order = desk.post_cart(&cart).await.ok();
        desk.app.step().await;
        assert_eq!((&order["total"], &order["points_earned"]), (&json!(12_000), &json!(240)), "{order}");
        // Now it is the full price and half the points; then the tier is gone from the scheme altogether.
        by_hand(Value::Null).await;
        let first = desk.refund(&order, 1_000).await;
        assert_eq!(first["amount"], json!(4_000));
        assert_eq!(desk.balance(member).await.0, before.0 + 160);
        desk.set("tiers", json!({ "tiers": [base(5_000)], "qualify_by": "any" })).await;
        let second = desk.refund(&order, 500).await;
        assert_eq!(second["amount"], json!(2_000));
        by_hand(Value::Null).await;
        let third = desk.refund(&order, 0).await;
        assert_eq!(third["amount"], json!(6_000));
        assert_eq!(desk.balance(member).await, before);
        let wallet = desk.owner.get(&format!("/api/v1/members/{member}/balances")).await.ok();
        assert_eq!(wallet["principal"]["balance"], json!(100_000));
        assert_eq!(desk.difference().await, None);
    }

    /// A paid membership would not lower the price, or lower it after its end.
    async fn a_paid_membership_is_in_the_price_until_its_last_day(desk) {
        let plus = desk.uuid();
        let base = json!({ "id": desk.uuid(), "name": "普通", "benefits": { "discount": 9_500 } });
        let paid = json!({ "id": plus, "name": "PLUS", "paid_only": true, "benefits": { "discount": 8_000 } });
        desk.set("tiers", json!({ "tiers": [base, paid], "qualify_by": "any" })).await;
        let plan = json!({ "id": desk.uuid(), "name": "PLUS月卡", "tier": plus, "price": 1_500, "term": { "kind": "months", "months": 1 } });
        desk.owner.post("/api/v1/membership-plans", &plan).await.ok();
        let member = desk.member(0);
        let ask = json!({ "store": desk.stall.store, "member": member, "lines": [{ "variant": desk.stall.variants[0], "quantity_milli": 1_000 }] });
        let total = || async { desk.owner.post("/api/v1/quotes", &ask).await.ok()["quote"]["total"].as_i64().unwrap() };
        assert_eq!(total().await, 4_750);
        let sold = json!({ "id": desk.uuid(), "plan": plan["id"], "member": member, "store": desk.stall.store, "tender": "alipay" });
        let term = desk.owner.post("/api/v1/memberships", &sold).await.ok();
        assert_eq!((&term["starts_on"], &term["ends_on"]), (&json!("2026-11-22"), &json!("2026-12-21")));
        assert_eq!(total().await, 4_000);
        desk.app.advance_ms(29 * 86_400_000 + 14 * 3_600_000 - 1);
        assert_eq!(total().await, 4_000, "to the end of its last day");
        desk.app.advance_ms(1);
        assert_eq!(total().await, 4_750);
        assert_eq!(desk.difference().await, None);
    }
}

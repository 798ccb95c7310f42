//! Passes and gift cards at the till: what they pay, and that it comes back exactly.

use crate::purse::{Counter, counter};
use serde_json::{Value, json};
use shuke_kernel::Uuid;
use shuke_testkit::scenario;

impl Counter {
    /// A pass of the first member for three of a variant, bought for 100.00 in cash.
    async fn pass(&self, variant: usize, more: Value) -> Uuid {
        let mut plan = json!({
            "id": self.uuid(), "name": "三次卡", "price": 10_000,
            "items": [{ "name": "洗澡", "services": { "products": [self.variant(variant)] }, "visits": 3, "worth": 5_000 }],
            "validity": { "kind": "days", "days": 30, "start": "first_visit" },
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            plan[key] = value.clone();
        }
        self.owner.post("/api/v1/pass-plans", &plan).await.ok();
        let payments = json!([{ "tender": "cash", "amount": 10_000 }]);
        let draft =
            json!({ "id": self.uuid(), "member": self.member(0), "store": self.stall.store, "plan": plan["id"], "payments": payments });
        self.cashier.post("/api/v1/passes", &draft).await.ok()["id"].as_str().unwrap().parse().unwrap()
    }
    /// A gift card of 100.00.
    async fn gift_card(&self) -> Uuid {
        let batch = json!({ "id": self.uuid(), "name": "礼品卡", "face": 10_000, "cards": 1 });
        self.owner.post("/api/v1/gift-card-batches", &batch).await.ok();
        let path = format!("/api/v1/gift-card-batches/{}/codes", batch["id"].as_str().unwrap());
        let card = self.owner.get(&path).await.ok()["items"][0]["card"].as_str().unwrap().to_owned();
        let sale = json!({ "store": self.stall.store, "payments": [{ "tender": "cash", "amount": 10_000 }] });
        self.cashier.post(&format!("/api/v1/gift-cards/{card}/sale"), &sale).await.ok();
        card.parse().unwrap()
    }
    async fn on_card(&self, card: Uuid) -> i64 {
        self.owner.get(&format!("/api/v1/gift-cards/{card}")).await.ok()["balance"].as_i64().unwrap()
    }
    async fn seen_pass(&self, pass: Uuid) -> Value {
        self.owner.get(&format!("/api/v1/passes/{pass}")).await.ok()
    }
    fn paying(&self, cart: &Value, prepaid: Value) -> Value {
        let mut cart = cart.clone();
        cart["prepaid"] = prepaid;
        cart
    }
}

scenario! {
    setup = counter;

    /// A line that a pass pays costs what its visits were paid with, takes part in nothing and earns nothing;
    /// taken back in parts, visits and value are where they were, and the clock has not begun.
    async fn a_pass_pays_its_line_and_gets_it_back(given) {
        let pass = given.pass(0, json!({})).await;
        let uses = json!([{ "line": 0, "pass": pass }]);
        let mut ask = given.cart(&[(0, 2), (1, 1)]);
        ask["passes"] = uses.clone();
        let quote = given.quote(&ask).await;
        assert_eq!((&quote["quote"]["total"], &quote["paid_by_passes"]), (&json!(6_667 + 4_750), &json!(6_667)));
        let mut cart = given.paying(&given.cart(&[(0, 2), (1, 1)]), json!({ "passes": uses }));
        cart["points"] = json!({ "kind": "exact", "points": 100 });
        let order = given.sell(&cart, 4_650).await;
        assert_eq!((&order["total"], &order["points_earned"]), (&json!(6_667 + 4_650), &json!(46)));
        let line = &order["lines"][0];
        assert_eq!((&line["net"], &line["unit_price"], &line["pass"], &line["points_earned"]), (&json!(6_667), &json!(3_334), &json!(pass), &json!(0)));
        assert_eq!(order["payments"][1], json!({ "tender": "pass", "amount": 6_667, "refunded": 0 }));
        let seen = given.seen_pass(pass).await;
        assert_eq!((&seen["items"][0]["visits_left"], &seen["starts_on"]), (&json!(1), &json!("2026-11-22")));
        given.sound().await;
        let body = json!({ "id": given.uuid(), "order": order["id"], "reason": "试", "lines": [{ "line": 0, "quantity_milli": 500 }] });
        given.owner.post("/api/v1/refunds", &body).await.refused(422, "pass_visit_not_whole");
        let back = given.take_back(&order, &[(0, 1)]).await;
        assert_eq!(back["payments"], json!([{ "tender": "pass", "amount": 3_334, "refunded": 0 }]));
        given.take_back(&order, &[(1, 1)]).await;
        given.sound().await;
        given.take_back(&order, &[]).await;
        let seen = given.seen_pass(pass).await;
        let item = &seen["items"][0];
        assert_eq!((&item["visits_left"], &item["value_left"], &seen["uses"], &seen["state"]), (&json!(3), &json!(10_000), &json!(0), &json!("waiting")));
        given.sound().await;
    }

    /// The last visit would be made at two tills, or at a till and without a sale.
    async fn the_last_visit_is_sold_once(given) {
        let pass = given.pass(0, json!({})).await;
        let cart = given.paying(&given.cart(&[(0, 1)]), json!({ "passes": [{ "line": 0, "pass": pass }] }));
        let body = |_| {
            let mut body = cart.clone();
            body["id"] = json!(given.uuid());
            body
        };
        let codes = given.race("/api/v1/orders", (0..12).map(body).collect()).await;
        assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 3, "{codes:?}");
        assert!(codes.iter().all(|code| ["", "pass_not_usable"].contains(&code.as_str())), "{codes:?}");
        given.sound().await;
    }

    /// A pass pays its member's lines of its own services, each named once.
    async fn a_pass_says_why_it_doesnt_pay(given) {
        let pass = given.pass(0, json!({})).await;
        let refused = async |cart: Value, uses: Value, status: u16, code: &str| {
            let cart = given.paying(&cart, json!({ "passes": uses }));
            given.try_sell(&cart, json!([])).await.refused(status, code).to_string()
        };
        let of = |line: i64| json!([{ "line": line, "pass": pass }]);
        assert!(refused(given.cart(&[(1, 1)]), of(0), 422, "pass_not_usable").await.contains("no_item"));
        assert!(refused(given.cart(&[(0, 4)]), of(0), 422, "pass_not_usable").await.contains("used_up"));
        refused(given.cart(&[(0, 1)]), of(1), 400, "pass_line_wrong").await;
        refused(given.cart(&[(0, 1)]), json!([{ "line": 0, "pass": pass }, { "line": 0, "pass": pass }]), 400, "pass_line_wrong").await;
        let mut theirs = given.cart(&[(0, 1)]);
        theirs["member"] = json!(given.member(1));
        assert!(refused(theirs.clone(), of(0), 422, "pass_not_usable").await.contains("not_held"));
        theirs["member"] = json!(null);
        refused(theirs, of(0), 422, "member_needed").await;
        given.try_sell(&given.paying(&given.cart(&[(0, 1)]), json!({ "passes": of(0) })), json!([{ "tender": "cash", "amount": 1 }])).await.refused(422, "payments_mismatch");
        given.try_sell(&given.cart(&[(0, 1)]), json!([{ "tender": "pass", "amount": 4_750 }])).await.refused(400, "tender_not_asked_for");
    }

    /// A gift card pays in parts, earns as money received earlier, and gets back exactly what it paid.
    async fn a_gift_card_pays_and_gets_it_back(given) {
        let (card, other) = (given.gift_card().await, given.gift_card().await);
        let cards = json!([{ "card": card, "amount": 3_000 }, { "card": other, "amount": 4_000 }]);
        let order = given.sell(&given.paying(&given.cart(&[(0, 2)]), json!({ "gift_cards": cards })), 2_500).await;
        assert_eq!((&order["total"], &order["points_earned"]), (&json!(9_500), &json!(95)));
        assert_eq!((given.on_card(card).await, given.on_card(other).await), (7_000, 6_000));
        given.sound().await;
        let back = given.take_back(&order, &[(0, 1)]).await;
        assert_eq!(back["payments"], json!([{ "tender": "cash", "amount": 1_250, "refunded": 0 }, { "tender": "gift_card", "amount": 3_500, "refunded": 0 }]));
        given.take_back(&order, &[]).await;
        assert_eq!((given.on_card(card).await, given.on_card(other).await), (10_000, 10_000));
        given.sound().await;
        let mut nobody = given.cart(&[(0, 1)]);
        nobody["member"] = json!(null);
        given.sell(&given.paying(&nobody, json!({ "gift_cards": [{ "card": card, "amount": 5_000 }] })), 0).await;
        assert_eq!(given.on_card(card).await, 5_000, "whoever has the card");
        given.sound().await;
        let hand = "UPDATE gift_card_use SET amount = amount + 1 WHERE merchant_id = $1";
        assert_eq!(given.broken_by(hand).await.as_deref(), Some("gift_card_use"));
    }

    /// A card of 100.00 would pay 60.00 twice.
    async fn a_gift_card_pays_no_more_than_it_holds(given) {
        let card = given.gift_card().await;
        let cart = given.paying(&given.cart(&[(0, 2)]), json!({ "gift_cards": [{ "card": card, "amount": 6_000 }] }));
        let body = |_| {
            let mut body = cart.clone();
            body["id"] = json!(given.uuid());
            body["payments"] = json!([{ "tender": "cash", "amount": 3_500 }]);
            body
        };
        let codes = given.race("/api/v1/orders", (0..12).map(body).collect()).await;
        assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 1, "{codes:?}");
        assert!(codes.iter().all(|code| ["", "balance_insufficient"].contains(&code.as_str())), "{codes:?}");
        given.owner.post(&format!("/api/v1/gift-cards/{card}/block"), &json!({})).await.ok();
        given.try_sell(&cart, json!([{ "tender": "cash", "amount": 3_500 }])).await.refused(422, "gift_card_not_usable");
        let twice = json!([{ "card": card, "amount": 1 }, { "card": card, "amount": 1 }]);
        given.try_sell(&given.paying(&given.cart(&[(0, 1)]), json!({ "gift_cards": twice })), json!([])).await.refused(400, "gift_card_amount_wrong");
        given.sound().await;
    }
}

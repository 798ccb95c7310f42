//! Prepaid value of one store used with another: what the first owes, and that it is settled once.

use crate::purse::{Counter, counter};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::{Random, Uuid};
use shuke_testkit::{Kind, TestApp, scenario};

pub struct Chain {
    pub shop: Counter,
    pub here: Uuid,
    pub there: Uuid,
}

/// The counter with goods in its second store too.
async fn chain(kind: Kind) -> Chain {
    let shop = counter(kind).await;
    let (here, there) = (shop.stall.shop.store.0, shop.stall.shop.other_store.0);
    let lines: Vec<Value> = (0..4).map(|index| json!({ "variant": shop.variant(index), "quantity_milli": 1_000_000 })).collect();
    shop.owner.post("/api/v1/stock/receipts", &json!({ "store": there, "lines": lines })).await.ok();
    Chain { shop, here, there }
}

impl Chain {
    /// Somebody with an empty wallet.
    async fn member(&self) -> Uuid {
        let id = self.shop.uuid();
        self.shop.owner.post("/api/v1/members", &json!({ "id": id, "name": "周周" })).await.ok();
        id
    }
    async fn top_up(&self, member: Uuid, store: Uuid, amount: i64, bonus: i64) -> Uuid {
        let id = self.shop.uuid();
        let plan = json!({ "id": self.shop.uuid(), "name": "充值", "pay": amount, "bonus": bonus });
        self.shop.owner.post("/api/v1/top-up-plans", &plan).await.ok();
        let draft = json!({ "id": id, "member": member, "store": store, "plan": plan["id"], "tender": "cash" });
        self.shop.owner.post("/api/v1/top-ups", &draft).await.ok();
        id
    }
    /// Sells pieces of the first variant, 47.50 each, out of the wallet.
    async fn sell(&self, member: Uuid, store: Uuid, pieces: i64) -> Value {
        let body = json!({
            "id": self.shop.uuid(), "store": store, "member": member,
            "lines": [{ "variant": self.shop.variant(0), "quantity_milli": pieces * 1_000 }],
            "payments": [{ "tender": "wallet", "amount": pieces * 4_750 }],
        });
        self.shop.owner.post("/api/v1/orders", &body).await.ok()
    }
    /// The followers have come as far as the ledger.
    pub async fn follow(&self) {
        self.shop.app.advance_ms(3_000);
        self.shop.app.step().await;
    }
    /// What a store owes the other and no settlement holds: kind, used, given back, settled.
    async fn due(&self, debtor: Uuid) -> Vec<(String, i64, i64, i64)> {
        self.follow().await;
        let found = self.shop.owner.get("/api/v1/settlements/due").await.ok();
        let of = |due: &Value| {
            let number = |name: &str| due[name].as_i64().unwrap();
            (due["kind"].as_str().unwrap().to_owned(), number("used"), number("given_back"), number("settled"))
        };
        found.as_array().unwrap().iter().filter(|due| due["debtor"] == json!(debtor)).map(of).collect()
    }
    fn draft(&self) -> Value {
        let zone = shuke_kernel::Zone::parse("Asia/Shanghai").unwrap();
        let to = zone.date(self.shop.app.clock.now());
        json!({ "id": self.shop.uuid(), "store": self.here, "other_store": self.there, "to": to })
    }
    async fn make(&self) -> Value {
        self.follow().await;
        self.shop.owner.post("/api/v1/settlements", &self.draft()).await.ok()
    }
    fn manager(&self) -> TestApp {
        self.shop.app.as_token(self.shop.stall.shop.token(Role::Manager))
    }
    async fn confirm(&self, client: &TestApp, settlement: &Value, store: Uuid) -> shuke_testkit::Reply {
        let path = format!("/api/v1/settlements/{}/confirm", settlement["id"].as_str().unwrap());
        client.post(&path, &json!({ "store": store })).await
    }
    async fn pay(&self, client: &TestApp, settlement: &Value) -> shuke_testkit::Reply {
        let path = format!("/api/v1/settlements/{}/pay", settlement["id"].as_str().unwrap());
        client.post(&path, &json!({ "reference": "转账 0042" })).await
    }
    async fn back(&self, order: &Value, lines: Value) {
        let body = json!({ "id": self.shop.uuid(), "order": order["id"], "reason": "试", "lines": lines });
        self.shop.owner.post("/api/v1/refunds", &body).await.ok();
    }
}

fn principal(used: i64, given_back: i64) -> Vec<(String, i64, i64, i64)> {
    vec![("principal".to_owned(), used, given_back, used - given_back)]
}

scenario! {
    setup = chain;

    /// The store that did the work would get nothing, or get it twice, or nobody would have agreed.
    async fn what_was_topped_up_here_and_spent_there_is_owed(given) {
        let member = given.member().await;
        given.top_up(member, given.here, 30_000, 0).await;
        given.sell(member, given.here, 1).await;
        assert_eq!(given.due(given.here).await, [], "a store owes itself nothing");
        let order = given.sell(member, given.there, 2).await;
        assert_eq!(given.due(given.here).await, principal(9_500, 0));
        given.shop.sound().await;

        let made = given.make().await;
        assert_eq!((&made["payer"], &made["payee"], &made["amount"]), (&json!(given.here), &json!(given.there), &json!(9_500)));
        assert_eq!((&made["from"], &made["to"], &made["state"]), (&json!("2026-11-22"), &json!("2026-11-22"), &json!("made")));
        assert_eq!(given.due(given.here).await, [], "it stands in a settlement");
        given.shop.owner.post("/api/v1/settlements", &given.draft()).await.refused(409, "settlement_period_taken");
        let path = format!("/api/v1/settlements/{}/entries", made["id"].as_str().unwrap());
        let entries = given.shop.owner.get(&path).await.ok();
        assert_eq!((&entries["items"][0]["source"], &entries["items"][0]["amount"]), (&order["id"], &json!(9_500)));

        // The manager is bound to the first store.
        let (manager, owner) = (given.manager(), given.shop.owner.clone());
        given.pay(&owner, &made).await.refused(422, "settlement_not_confirmed");
        given.confirm(&manager, &made, given.there).await.refused(403, "store_not_yours");
        assert_eq!(given.confirm(&manager, &made, given.here).await.ok()["state"], "made");
        given.confirm(&manager, &made, given.here).await.refused(409, "settlement_confirmed");
        given.pay(&owner, &made).await.refused(422, "settlement_not_confirmed");
        assert_eq!(given.confirm(&owner, &made, given.there).await.ok()["state"], "confirmed");
        given.shop.sound().await;
        given.pay(&manager, &made).await.refused(403, "store_not_yours");
        assert_eq!(given.pay(&owner, &made).await.ok()["reference"], "转账 0042");
        given.pay(&owner, &made).await.refused(422, "settlement_not_confirmed");
        given.shop.sound().await;

        // Taken back later, it is owed back in the next one.
        given.back(&order, json!([{ "line": 0, "quantity_milli": 1_000 }])).await;
        assert_eq!(given.due(given.here).await, principal(0, 4_750));
        given.shop.app.advance_days(1);
        let next = given.make().await;
        assert_eq!((&next["payer"], &next["amount"], &next["from"]), (&json!(given.there), &json!(4_750), &json!("2026-11-23")));
        given.shop.sound().await;
        let listed = owner.get("/api/v1/settlements?state=paid").await.ok();
        assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["id"]), (1, &made["id"]));
    }

    /// Bonus that nobody paid for would be settled against the policy, or come back as another amount than it went.
    async fn bonus_is_settled_by_the_policy_of_its_time(given) {
        let member = given.member().await;
        given.top_up(member, given.there, 10_000, 10_000).await;
        let order = given.sell(member, given.here, 1).await;
        let bonus = |used: i64, back: i64, settled: i64| ("bonus".to_owned(), used, back, settled);
        let due = given.due(given.there).await;
        assert_eq!(due, [bonus(2_375, 0, 0), principal(2_375, 0)[0].clone()]);
        given.shop.owner.put("/api/v1/settings/settlement", &json!({ "bonus": true })).await.ok();
        given.back(&order, json!([])).await;
        assert_eq!(given.due(given.there).await, [bonus(2_375, 2_375, 0), principal(2_375, 2_375)[0].clone()]);
        let order = given.sell(member, given.here, 1).await;
        assert_eq!(given.due(given.there).await[0].3, 2_375);
        given.shop.owner.put("/api/v1/settings/settlement", &json!({ "bonus": false })).await.ok();
        given.back(&order, json!([])).await;
        assert_eq!(given.due(given.there).await, [bonus(4_750, 4_750, 0), principal(4_750, 4_750)[0].clone()]);
        given.shop.sound().await;
    }

    /// A pass or a card sold in one store would be used in another for nothing.
    async fn passes_and_gift_cards_are_owed_by_who_sold_them(given) {
        let (shop, member) = (&given.shop, given.member().await);
        let plan = json!({
            "id": shop.uuid(), "name": "三次卡", "price": 10_000,
            "items": [{ "name": "洗澡", "services": { "products": [shop.variant(0)] }, "visits": 3, "worth": 5_000 }],
            "validity": { "kind": "days", "days": 30, "start": "purchase" },
        });
        shop.owner.post("/api/v1/pass-plans", &plan).await.ok();
        let payments = json!([{ "tender": "cash", "amount": 10_000 }]);
        let pass = json!({ "id": shop.uuid(), "member": member, "store": given.here, "plan": plan["id"], "payments": payments });
        shop.owner.post("/api/v1/passes", &pass).await.ok();
        let visit = json!({ "id": shop.uuid(), "pass": pass["id"], "store": given.there });
        shop.owner.post("/api/v1/pass-visits", &visit).await.ok();
        let of = |kind: &str, used: i64, back: i64| (kind.to_owned(), used, back, used - back);
        assert_eq!(given.due(given.here).await, [of("pass_value", 3_333, 0)]);
        shop.owner.post(&format!("/api/v1/pass-visits/{}/undo", visit["id"].as_str().unwrap()), &json!({})).await.ok();
        assert_eq!(given.due(given.here).await, [of("pass_value", 3_333, 3_333)]);

        let batch = json!({ "id": shop.uuid(), "name": "礼品卡", "face": 10_000, "cards": 2 });
        shop.owner.post("/api/v1/gift-card-batches", &batch).await.ok();
        let codes = shop.owner.get(&format!("/api/v1/gift-card-batches/{}/codes", batch["id"].as_str().unwrap())).await.ok();
        let cards: Vec<&str> = codes["items"].as_array().unwrap().iter().map(|card| card["card"].as_str().unwrap()).collect();
        for card in &cards {
            let sale = json!({ "store": given.here, "payments": [{ "tender": "cash", "amount": 10_000 }] });
            shop.owner.post(&format!("/api/v1/gift-cards/{card}/sale"), &sale).await.ok();
        }
        let cart = json!({
            "id": shop.uuid(), "store": given.there, "lines": [{ "variant": shop.variant(0), "quantity_milli": 1_000 }],
            "payments": [], "prepaid": { "gift_cards": [{ "card": cards[0], "amount": 5_000 }] },
        });
        let order = shop.owner.post("/api/v1/orders", &cart).await.ok();
        // The other goes into a wallet, which stays the debt of the store that sold it.
        shop.owner.post("/api/v1/gift-card-redemptions", &json!({ "id": shop.uuid(), "card": cards[1], "member": member })).await.ok();
        given.sell(member, given.there, 1).await;
        let due = given.due(given.here).await;
        assert_eq!(due, [of("gift_card", 5_000, 0), of("pass_value", 3_333, 3_333), of("principal", 4_750, 0)]);
        given.back(&order, json!([])).await;
        assert_eq!(given.due(given.here).await[0], of("gift_card", 5_000, 5_000));

        // A pass bought there out of a wallet of here: the money is here, the debt is theirs now.
        let pass = json!({ "id": shop.uuid(), "member": member, "store": given.there, "plan": plan["id"], "payments": [
            { "tender": "wallet", "amount": 5_250 }, { "tender": "cash", "amount": 4_750 }] });
        shop.owner.post("/api/v1/passes", &pass).await.ok();
        assert_eq!(given.due(given.here).await[2], of("principal", 10_000, 0));
        shop.sound().await;
    }

    /// Two people would settle the same days of the same stores.
    async fn a_day_is_settled_once(given) {
        let member = given.member().await;
        given.top_up(member, given.here, 30_000, 0).await;
        given.sell(member, given.there, 1).await;
        given.follow().await;
        let codes = given.shop.race("/api/v1/settlements", (0..8).map(|_| given.draft()).collect()).await;
        assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 1, "{codes:?}");
        assert!(codes.iter().all(|code| ["", "settlement_period_taken"].contains(&code.as_str())), "{codes:?}");
        let found = given.shop.owner.get("/api/v1/settlements").await.ok();
        assert_eq!((found["items"].as_array().unwrap().len(), &found["items"][0]["amount"]), (1, &json!(4_750)));
        let mut ahead = given.draft();
        ahead["to"] = json!("2026-12-24");
        given.shop.owner.post("/api/v1/settlements", &ahead).await.refused(422, "settlement_ahead");
        ahead["other_store"] = json!(given.here);
        given.shop.owner.post("/api/v1/settlements", &ahead).await.refused(400, "stores_equal");
        given.shop.sound().await;
    }

    /// However top-ups, sales and refunds fall, the settlements and what is due add up to what the ledger says;
    /// when everything is taken back, nobody owes anybody.
    async fn settlements_add_up(given) {
        let random = Random::seeded(7);
        let members = [given.member().await, given.member().await];
        let stores = [given.here, given.there];
        let pick = |of: usize| usize::try_from(random.below(of as u64)).unwrap();
        for member in members {
            for store in stores {
                given.top_up(member, store, 40_000 + i64::try_from(random.below(9_999)).unwrap(), 7_777).await;
            }
        }
        let mut orders = Vec::new();
        for round in 0..16 {
            let pieces = 1 + i64::try_from(random.below(2)).unwrap();
            orders.push((given.sell(members[pick(2)], stores[pick(2)], pieces).await, pieces));
            if round % 5 == 4 {
                given.shop.owner.put("/api/v1/settings/settlement", &json!({ "bonus": round % 2 == 0 })).await.ok();
                given.make().await;
                given.shop.app.advance_days(1);
            }
            if random.below(3) == 0 {
                let (order, pieces) = orders.swap_remove(pick(orders.len()));
                given.back(&order, json!([{ "line": 0, "quantity_milli": 500 }])).await;
                orders.push((order, pieces));
            }
        }
        given.shop.sound().await;
        for (order, _) in &orders {
            given.back(order, json!([])).await;
        }
        given.make().await;
        given.shop.sound().await;
        let listed = given.shop.owner.get("/api/v1/settlements").await.ok();
        let mut net = 0;
        for settlement in listed["items"].as_array().unwrap() {
            let amount = settlement["amount"].as_i64().unwrap();
            net += if settlement["payer"] == json!(given.here) { amount } else { -amount };
        }
        assert!(listed["items"].as_array().unwrap().len() > 2);
        assert_eq!(net, 0, "{listed}");
        assert_eq!((given.due(given.here).await, given.due(given.there).await), (vec![], vec![]));
    }

    /// A hand in the database would stay unseen.
    async fn verify_sees_what_was_changed_by_hand(given) {
        let member = given.member().await;
        given.top_up(member, given.here, 30_000, 0).await;
        given.sell(member, given.there, 1).await;
        let made = given.make().await;
        given.confirm(&given.shop.owner, &made, given.here).await.ok();
        given.confirm(&given.shop.owner, &made, given.there).await.ok();
        given.shop.sound().await;
        for (hand, back, check) in [
            ("UPDATE settlement_line SET settled = settled + 1 WHERE merchant_id = $1", "UPDATE settlement_line SET settled = settled - 1 WHERE merchant_id = $1", "settlement"),
            ("UPDATE settlement SET state = 'made' WHERE merchant_id = $1", "UPDATE settlement SET state = 'confirmed' WHERE merchant_id = $1", "settlement_clearing"),
            ("UPDATE settlement_entry SET amount = amount + 1 WHERE merchant_id = $1", "UPDATE settlement_entry SET amount = amount - 1 WHERE merchant_id = $1", "settlement_entry"),
            ("UPDATE ledger_day SET amount = amount + 1 WHERE merchant_id = $1 AND source_kind = 'sale'", "UPDATE ledger_day SET amount = amount - 1 WHERE merchant_id = $1 AND source_kind = 'sale'", "ledger_day"),
        ] {
            assert_eq!(given.shop.broken_by(hand).await.as_deref(), Some(check));
            assert_eq!(given.shop.broken_by(back).await, None);
        }
    }
}

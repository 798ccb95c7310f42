//! Rules tried on past orders: what they would have cost, who wins and who loses.

use crate::support::{Shop, whole_shop};
use serde_json::{Value, json};
use shuke_kernel::Uuid;
use shuke_testkit::{Kind, scenario};

/// Two members: one buys 100.00 three times, the other 60.00 once; a stranger buys 100.00; one order of
/// 100.00 was wholly taken back.
struct Given {
    shop: Shop,
    dear: Value,
    big: Value,
    small: Value,
}

async fn given(kind: Kind) -> Given {
    let shop = whole_shop(kind).await;
    let dear = shop.goods("DEAR", 10_000).await;
    let cheap = shop.goods("CHEAP", 6_000).await;
    for variant in [&dear, &cheap] {
        shop.receive(shop.org.store.0, variant, 1_000_000).await;
    }
    let mut members = Vec::new();
    for phone in ["13900000001", "13900000002"] {
        members.push(shop.owner.post("/api/v1/members", &json!({ "phone": phone })).await.ok()["id"].clone());
    }
    let given = Given { shop, dear, big: members[0].clone(), small: members[1].clone() };
    for _ in 0..3 {
        given.sell(&given.big, &given.dear, 10_000).await;
    }
    given.sell(&given.small, &cheap, 6_000).await;
    given.sell(&Value::Null, &given.dear, 10_000).await;
    let undone = given.sell(&given.small, &given.dear, 10_000).await;
    let ask = json!({ "id": given.uuid(), "order": undone, "reason": "试" });
    given.shop.owner.post("/api/v1/refunds", &ask).await.ok();
    given.shop.app.step().await;
    given.shop.app.step().await;
    given
}

impl Given {
    fn uuid(&self) -> Uuid {
        self.shop.org.cx(&self.shop.app.app).uuid()
    }
    async fn sell(&self, member: &Value, variant: &Value, total: i64) -> Uuid {
        self.shop.app.advance_ms(60_000);
        let id = self.uuid();
        let order = json!({
            "id": id, "store": self.shop.org.store, "member": member, "lines": [{ "variant": variant, "quantity_milli": 1_000 }],
            "payments": [{ "tender": "cash", "amount": total }],
        });
        self.shop.owner.post("/api/v1/orders", &order).await.ok();
        id
    }
    async fn begin(&self, rule: Value, orders: i64) -> String {
        let draft = json!({ "id": self.uuid(), "name": "试算", "rule": rule, "from": "2026-11-01", "to": "2026-11-30" });
        let made = self.shop.owner.post("/api/v1/trials", &draft).await.ok();
        assert_eq!((&made["state"], &made["orders_total"]), (&json!("waiting"), &json!(orders)));
        format!("/api/v1/trials/{}", draft["id"].as_str().unwrap())
    }
    async fn tried(&self, rule: Value) -> Value {
        self.tried_on(rule, 6).await
    }
    async fn tried_on(&self, rule: Value, orders: i64) -> Value {
        let path = self.begin(rule, orders).await;
        // Two workers that get in each other's way count no page twice.
        tokio::join!(self.shop.app.step(), self.shop.app.step());
        let trial = self.shop.owner.get(&path).await.ok();
        assert_eq!((&trial["state"], &trial["orders_done"]), (&json!("done"), &json!(orders)), "{trial}");
        trial["result"].clone()
    }
    fn offer(&self, rule: Value, more: Value) -> Value {
        let mut offer = json!({ "id": self.uuid(), "name": "新活动", "rule": rule });
        offer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "kind": "offer", "offer": offer })
    }
}

fn figures(result: &Value) -> [i64; 5] {
    ["orders", "orders_changed", "cost", "winners", "losers"].map(|name| result[name].as_i64().unwrap())
}

scenario! {
    setup = given;

    /// What an offer would have cost, to the cent, with its budget and its limit per member.
    async fn an_offer_is_tried(given) {
        let ladder = json!({ "kind": "ladder", "steps": [{ "threshold": 10_000, "off": 1_000 }] });
        let result = given.tried(given.offer(ladder.clone(), json!({}))).await;
        assert_eq!(figures(&result), [5, 4, 4_000, 1, 0], "the undone order doesn't count, the stranger's does");
        let best = &result["winners_most"][0];
        assert_eq!((&best["member"], &best["orders"], &best["saved"]), (&given.big, &json!(3), &json!(3_000)));
        let once = given.tried(given.offer(ladder.clone(), json!({ "per_member": { "max": 2, "period": "ever" } }))).await;
        assert_eq!(figures(&once), [5, 2, 2_000, 1, 0]);
        let budget = given.tried(given.offer(ladder.clone(), json!({ "budget": { "money": 1_500 } }))).await;
        assert_eq!(figures(&budget), [5, 1, 1_000, 1, 0]);
        let first = given.tried(given.offer(ladder, json!({ "first_purchase": true }))).await;
        assert_eq!(figures(&first), [5, 1, 1_000, 1, 0], "the other two of the member are no first ones");
        let shown = given.shop.owner.get("/api/v1/offers").await.ok();
        assert_eq!(shown["items"], json!([]), "nothing was made");
    }

    /// More orders than one page holds, and a budget that runs out on the way.
    async fn a_trial_goes_page_by_page(given) {
        for _ in 0..250 {
            given.sell(&Value::Null, &given.dear, 10_000).await;
        }
        let ladder = json!({ "kind": "ladder", "steps": [{ "threshold": 10_000, "off": 1_000 }] });
        let all = given.tried_on(given.offer(ladder.clone(), json!({})), 256).await;
        assert_eq!(figures(&all), [255, 254, 254_000, 1, 0]);
        let some = given.tried_on(given.offer(ladder, json!({ "budget": { "count": 230 } })), 256).await;
        assert_eq!(figures(&some), [255, 230, 230_000, 1, 0]);
    }

    /// A coupon that everybody would have held, once each.
    async fn a_coupon_is_tried(given) {
        let terms = json!({ "benefit": { "kind": "amount", "off": 500 }, "validity": { "kind": "fixed", "from": "2030-01-01", "to": "2030-01-31" } });
        let result = given.tried(json!({ "kind": "coupon", "terms": terms })).await;
        assert_eq!(figures(&result), [5, 2, 1_000, 2, 0]);
        let twice = given.tried(json!({ "kind": "coupon", "terms": terms, "per_member": 2 })).await;
        assert_eq!(figures(&twice), [5, 3, 1_500, 2, 0]);
    }

    /// Other points, and nothing of them granted.
    async fn an_earn_policy_is_tried(given) {
        let rule = json!({ "id": given.uuid(), "name": "积分", "kind": { "kind": "amount", "points": 1, "per": 100 } });
        let result = given.tried(json!({ "kind": "earn", "policy": { "rules": [rule] } })).await;
        assert_eq!(figures(&result), [5, 4, 0, 2, 0], "strangers earn nothing");
        assert_eq!((&result["points_before"], &result["points_after"]), (&json!(0), &json!(360)));
        let account = format!("/api/v1/members/{}/balances", given.big.as_str().unwrap());
        let balances = given.shop.owner.get(&account).await;
        assert!(!balances.text.contains("360") && !balances.text.contains("300"), "{}", balances.text);
    }

    /// Who would have which tier, and what its prices would have cost.
    async fn a_tier_scheme_is_tried(given) {
        let tier = given.uuid();
        let scheme = json!({
            "tiers": [{ "id": tier, "name": "金卡", "amount": 20_000, "benefits": { "discount": 9_000 } }],
            "qualify_by": "any", "window_months": 12,
        });
        let result = given.tried(json!({ "kind": "tier", "scheme": scheme })).await;
        assert_eq!(figures(&result), [5, 3, 3_000, 1, 0], "300.00 reach the tier, 60.00 don't");
        let mut moves: Vec<(Value, i64)> =
            result["tier_moves"].as_array().unwrap().iter().map(|m| (m["to"].clone(), m["members"].as_i64().unwrap())).collect();
        moves.sort_by_key(|(to, _)| to.is_null());
        assert_eq!(moves, [(json!(tier), 1), (Value::Null, 1)]);
    }

    /// A trial that is cancelled stops, says so, and can't be read by others.
    async fn a_trial_can_be_cancelled(given) {
        let ladder = json!({ "kind": "ladder", "steps": [{ "threshold": 10_000, "off": 1_000 }] });
        let path = given.begin(given.offer(ladder, json!({})), 6).await;
        given.shop.rival.get(&path).await.refused(404, "trial_not_found");
        given.shop.cashier.delete(&path).await.refused(403, "permission_missing");
        assert_eq!(given.shop.owner.delete(&path).await.ok()["state"], json!("cancelled"));
        given.shop.app.step().await;
        let trial = given.shop.owner.get(&path).await.ok();
        assert_eq!((&trial["state"], &trial["orders_done"], &trial["result"]), (&json!("cancelled"), &json!(0), &Value::Null));
    }
}

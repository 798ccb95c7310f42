//! What a rule that is being written would do to a cart, by the real price engine.

use crate::support::{Shop, whole_shop};
use serde_json::{Value, json};
use shuke_kernel::Uuid;
use shuke_testkit::scenario;

async fn ask(shop: &Shop, rule: Value, more: Value) -> Value {
    let mut body = json!({ "amount": 20_000, "rule": rule });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    shop.owner.post("/api/v1/prices/example", &body).await.ok()
}

fn offer(id: Uuid, rule: &Value, more: &Value) -> Value {
    let mut offer = json!({ "id": id, "name": "试一试", "rule": rule });
    offer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "kind": "offer", "offer": offer })
}

fn figures(example: &Value) -> (i64, i64) {
    (example["before"].as_i64().unwrap(), example["total"].as_i64().unwrap())
}

scenario! {
    setup = whole_shop;

    /// 200.00 at 30.00 off from 150.00 on: also on a day when the offer doesn't run, and for goods of its scope only.
    async fn an_offer_is_tried_before_it_runs(shop) {
        let id = shop.org.cx(&shop.app.app).uuid();
        let ladder = json!({ "kind": "ladder", "steps": [{ "threshold": 15_000, "off": 3_000 }] });
        let later = json!({ "from": "2099-01-01", "to": "2099-01-31", "scope": { "products": [id] }, "budget": { "count": 1 } });
        let tried = ask(&shop, offer(id, &ladder, &later), json!({})).await;
        assert_eq!(figures(&tried), (20_000, 17_000), "{tried}");
        assert_eq!((&tried["applies"], &tried["savings"][0]["name"], &tried["pieces"]), (&json!(true), &json!("试一试"), &json!(1)));
        let little = ask(&shop, offer(id, &ladder, &later), json!({ "amount": 10_000 })).await;
        assert_eq!(figures(&little), (10_000, 10_000));
        assert_eq!((&little["applies"], &little["why_not"]["code"]), (&json!(false), &json!("threshold_short")), "{little}");
    }

    /// The cart has as many pieces as the rule asks for: the second of two at half price is 50.00 off 200.00.
    async fn a_rule_of_pieces_is_tried_on_as_many(shop) {
        let id = shop.org.cx(&shop.app.app).uuid();
        let nth = json!({ "kind": "nth_piece", "nth": 2, "rate_off": 5_000, "same_product": true });
        let tried = ask(&shop, offer(id, &nth, &json!({})), json!({})).await;
        assert_eq!((figures(&tried), tried["pieces"].as_i64()), ((20_000, 15_000), Some(2)), "{tried}");
        let free = json!({ "kind": "cheapest_free", "pieces": 4, "free": 1 });
        assert_eq!(figures(&ask(&shop, offer(id, &free, &json!({})), json!({})).await), (20_000, 15_000));
        let other = shop.org.cx(&shop.app.app).uuid();
        let parts = json!([{ "pieces": 1, "scope": { "products": [id] } }, { "pieces": 1, "scope": { "products": [other] } }]);
        let bundle = json!({ "kind": "bundle", "price": 16_800, "parts": parts });
        assert_eq!(figures(&ask(&shop, offer(id, &bundle, &json!({})), json!({})).await), (20_000, 16_800));
        let buy_get = json!({ "kind": "buy_get", "buy": 1, "pieces": 1, "rate_off": 10_000, "get": { "products": [other] } });
        assert_eq!(figures(&ask(&shop, offer(id, &buy_get, &json!({ "scope": { "products": [id] } })), json!({})).await), (20_000, 10_000));
    }

    /// An offer for members does nothing for somebody whom nobody knows, and says so.
    async fn who_buys_counts(shop) {
        let id = shop.org.cx(&shop.app.app).uuid();
        let percent = json!({ "kind": "percent", "steps": [{ "rate_off": 1_000 }] });
        let rule = offer(id, &percent, &json!({ "members_only": true }));
        assert_eq!(figures(&ask(&shop, rule.clone(), json!({})).await), (20_000, 18_000));
        let stranger = ask(&shop, rule, json!({ "member": false })).await;
        assert_eq!((figures(&stranger), &stranger["applies"]), ((20_000, 20_000), &json!(false)), "{stranger}");
        assert!(stranger["why_not"]["code"].is_string() && stranger["points"] == json!(0));
    }

    /// A coupon is tried beside what is published already, and a voucher on the service that it is for.
    async fn a_coupon_is_tried(shop) {
        let validity = json!({ "kind": "relative", "days": 30, "start_after_days": 3 });
        let terms = |benefit: Value| json!({ "kind": "coupon", "terms": { "benefit": benefit, "validity": validity, "threshold": 10_000 } });
        let amount = ask(&shop, terms(json!({ "kind": "amount", "off": 2_500 })), json!({})).await;
        assert_eq!(figures(&amount), (20_000, 17_500), "{amount}");
        let below = ask(&shop, terms(json!({ "kind": "amount", "off": 2_500 })), json!({ "amount": 5_000 })).await;
        assert_eq!((&below["applies"], &below["why_not"]["code"]), (&json!(false), &json!("threshold_short")), "{below}");
        let service = json!({ "kind": "service", "services": [shop.org.cx(&shop.app.app).uuid()] });
        let voucher = json!({ "kind": "coupon", "terms": { "benefit": service, "validity": validity } });
        assert_eq!(figures(&ask(&shop, voucher, json!({})).await), (20_000, 0));
    }

    /// A tier's discount and its points, as a scheme that is being written would have them.
    async fn a_tier_is_tried(shop) {
        let gold = shop.org.cx(&shop.app.app).uuid();
        let tier = json!({ "id": gold, "name": "金卡", "amount": 100_000, "benefits": { "discount": 9_000, "points_multiplier": 20_000 } });
        let scheme = json!({ "tiers": [tier], "qualify_by": "any", "window_months": 12, "validity_months": 12 });
        let rules = json!([{ "id": gold, "name": "消费积分", "kind": { "kind": "amount", "per": 100, "points": 1 }, "scope": {} }]);
        shop.owner.put("/api/v1/settings/earn", &json!({ "rules": rules })).await.ok();
        let tried = ask(&shop, json!({ "kind": "tier", "scheme": scheme }), json!({ "tier": gold })).await;
        assert_eq!(figures(&tried), (20_000, 18_000), "{tried}");
        // By the scheme that is in force there is no such tier yet.
        assert_eq!((&tried["points_before"], &tried["points"]), (&json!(200), &json!(360)), "{tried}");
    }

    /// Nothing is made up of nonsense, and who may not see offers sees no example.
    async fn nonsense_is_refused(shop) {
        let id = shop.org.cx(&shop.app.app).uuid();
        let ladder = json!({ "kind": "ladder", "steps": [{ "threshold": 15_000, "off": 3_000 }] });
        let rule = offer(id, &ladder, &json!({}));
        for (amount, pieces) in [(-1, 1), (20_000, 101), (i64::MAX, 1)] {
            let body = json!({ "amount": amount, "pieces": pieces, "rule": rule });
            shop.owner.post("/api/v1/prices/example", &body).await.refused(400, "example_invalid");
        }
    }
}

//! Tags by hand and by rule.

use crate::support::{Shop, shop, text};
use serde_json::{Value, json};
use shuke_testkit::scenario;

async fn tags(shop: &Shop, id: &Value) -> Vec<String> {
    shop.show(id).await["tags"].as_array().unwrap().iter().map(|tag| text(&tag["name"]).to_owned()).collect()
}

scenario! {
    setup = shop;

    /// Staff give and take manual tags; a rule's tag is the rule's alone.
    async fn staff_give_and_take(shop) {
        let a = shop.enrol("13800000042", "甲").await["id"].clone();
        let b = shop.enrol("13800000043", "乙").await["id"].clone();
        let manual = shop.owner.post("/api/v1/tags", &json!({ "name": "奶粉" })).await.ok();
        shop.owner.post("/api/v1/tags", &json!({ "name": " 奶粉 " })).await.refused(409, "tag_name_taken");
        let path = format!("/api/v1/tags/{}/members", text(&manual["id"]));
        for _ in 0..2 {
            shop.cashier.patch(&path, &json!({ "give_to": [a, b] })).await.ok();
        }
        shop.cashier.patch(&path, &json!({ "take_from": [b] })).await.ok();
        assert_eq!((tags(&shop, &a).await, tags(&shop, &b).await), (vec!["奶粉".to_owned()], vec![]));
        shop.cashier.patch(&path, &json!({ "give_to": ["0190a8f0-7c1e-7b61-9d3f-2a4b5c6d7e8f"] })).await.refused(404, "member_not_found");

        let rule = json!({ "name": "大客", "rule": { "all": [{ "kind": "amount", "at_least": 10000 }] } });
        let rule = shop.owner.post("/api/v1/tags", &rule).await.ok();
        let path = format!("/api/v1/tags/{}/members", text(&rule["id"]));
        shop.cashier.patch(&path, &json!({ "give_to": [a] })).await.refused(422, "tag_by_rule");
        shop.cashier.post("/api/v1/members", &json!({ "name": "x", "tags": [rule["id"]] })).await.refused(422, "tag_by_rule");

        let path = format!("/api/v1/tags/{}", text(&manual["id"]));
        let ruled = json!({ "name": "奶粉", "rule": { "all": [{ "kind": "amount", "at_least": 1 }] } });
        shop.owner.put(&path, &ruled).await.refused(422, "tag_kind_fixed");
        shop.owner.put(&path, &json!({ "name": "奶粉", "archived": true })).await.ok();
        assert!(tags(&shop, &a).await.is_empty());
    }

    /// A rule's tag comes with the purchase that fulfils it, goes when its window has passed, and
    /// follows the rule when that changes.
    async fn a_rule_gives_and_takes(shop) {
        let a = shop.enrol("13800000042", "甲").await["id"].clone();
        let rule = |amount: i64| json!({ "name": "近期大客", "rule": { "all": [{ "kind": "amount", "at_least": amount, "days": 30 }, { "kind": "stage", "any_of": ["active"] }] } });
        let tag = shop.owner.post("/api/v1/tags", &rule(10000)).await.ok();
        shop.owner.post("/api/v1/tags", &json!({ "name": "沉默", "rule": { "all": [{ "kind": "idle", "at_least": 30 }] } })).await.ok();
        shop.sale(&a, 9999).await;
        shop.app.step().await;
        assert!(tags(&shop, &a).await.is_empty());
        shop.sale(&a, 1).await;
        shop.app.step().await;
        assert_eq!(tags(&shop, &a).await, ["近期大客"]);
        shop.wake_on("2026-12-21".parse().unwrap()).await;
        assert_eq!(tags(&shop, &a).await, ["近期大客"]);
        shop.wake_on("2026-12-22".parse().unwrap()).await;
        assert_eq!(tags(&shop, &a).await, ["沉默"]);
        shop.wake_on("2026-12-22".parse().unwrap()).await;
        assert_eq!((shop.events(&a, "member.tagged").await.len(), shop.events(&a, "member.untagged").await.len()), (2, 1));

        shop.sale(&a, 500).await;
        shop.app.step().await;
        assert!(tags(&shop, &a).await.is_empty());
        shop.owner.put(&format!("/api/v1/tags/{}", text(&tag["id"])), &rule(500)).await.ok();
        shop.app.step().await;
        assert_eq!(tags(&shop, &a).await, ["近期大客"]);
        shop.owner.post("/api/v1/tags", &json!({ "name": "x", "rule": { "all": [] } })).await.refused(400, "tag_rule_malformed");
    }
}

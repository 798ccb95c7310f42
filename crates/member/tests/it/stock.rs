//! Card stock: batches, designs, binding.

use crate::support::{shop, text};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::scenario;
use std::sync::Arc;

fn design() -> Value {
    let element = |kind: &str, text: &str, y: i64| json!({ "side": "front", "kind": kind, "text": text, "x": 40, "y": y, "width": 400, "height": 80 });
    json!({ "name": "金卡", "width": 856, "height": 540, "elements": [
        element("text", "No. {number}", 0), element("barcode", "{number}", 100), element("qr", "{number}", 200),
        element("text", "{store} {issued_on}", 300), { "side": "back", "kind": "line", "text": "签名", "x": 0, "y": 0, "width": 300, "height": 60 },
    ] })
}

scenario! {
    setup = shop;

    /// A batch is printed with its numbers filled in; the next batch goes on where it ended.
    async fn a_batch_is_made_and_printed(shop) {
        let made = shop.owner.post("/api/v1/card-designs", &design()).await.ok();
        let draft = json!({ "name": "首批", "prefix": "vip", "cards": 3, "design": made["id"], "store": shop.org.store, "shared_max": 2 });
        let batch = shop.owner.post("/api/v1/card-batches", &draft).await.ok();
        assert_eq!((&batch["prefix"], &batch["first"], &batch["left_over"]), (&json!("VIP"), &json!(1), &json!(3)));
        let path = format!("/api/v1/card-batches/{}", text(&batch["id"]));
        let page = shop.owner.get(&format!("{path}/sheets?limit=2")).await.ok();
        let sheet = &page["items"][0];
        assert_eq!(sheet["number"], "VIP000000018");
        let texts: Vec<&str> = sheet["elements"].as_array().unwrap().iter().map(|element| text(&element["text"])).collect();
        assert_eq!(texts[..3], ["No. VIP000000018", "VIP000000018", "VIP000000018"]);
        assert!(texts[3].ends_with(" 2026-11-22") && texts[4] == "签名", "{texts:?}");
        let rest = shop.owner.get(&format!("{path}/sheets?limit=2&cursor={}", text(&page["next"]))).await.ok();
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);

        let next = shop.owner.post("/api/v1/card-batches", &json!({ "name": "二批", "prefix": "VIP", "cards": 2 })).await.ok();
        assert_eq!(next["first"], 4);
        let clash = json!({ "name": "三批", "prefix": "VIP", "first": 5, "cards": 1 });
        shop.owner.post("/api/v1/card-batches", &clash).await.refused(409, "card_stock_number_taken");
        shop.owner.get(&format!("/api/v1/card-batches/{}/sheets", text(&next["id"]))).await.refused(422, "card_design_missing");
        let wrong = json!({ "name": "x", "cards": 1, "design": batch["id"] });
        shop.owner.post("/api/v1/card-batches", &wrong).await.refused(404, "card_design_not_found");
        shop.cashier.post("/api/v1/card-batches", &json!({ "name": "x", "cards": 1 })).await.refused(403, "permission_missing");
        shop.owner.post("/api/v1/card-designs", &design()).await.refused(409, "card_design_name_taken");
        let mut wide = design();
        wide["elements"][0]["width"] = json!(900);
        shop.owner.put(&format!("/api/v1/card-designs/{}", text(&made["id"])), &wide).await.refused(400, "card_design_malformed");
        assert_eq!(shop.owner.get("/api/v1/card-batches").await.ok()["items"].as_array().unwrap().len(), 2);
    }

    /// A blank card is bound once, however many want it; a spoilt one never.
    async fn a_blank_card_is_bound_once(shop) {
        let batch = shop.owner.post("/api/v1/card-batches", &json!({ "name": "首批", "cards": 3, "shared_max": 2 })).await.ok();
        let path = format!("/api/v1/card-batches/{}", text(&batch["id"]));
        let cards = shop.owner.get(&format!("{path}/cards")).await.ok();
        let number = |index: usize| cards["items"][index]["number"].clone();
        let mut members = Vec::new();
        for index in 0..4 {
            members.push(shop.enrol(&format!("1380000005{index}"), "王").await["id"].clone());
        }
        let shop = Arc::new(shop);
        let mut running = tokio::task::JoinSet::new();
        for member in members.clone() {
            let (shop, number) = (shop.clone(), number(0));
            running.spawn(async move {
                let path = format!("/api/v1/members/{}/cards", text(&member));
                shop.cashier.post(&path, &json!({ "kind": "physical", "number": number })).await
            });
        }
        let replies = running.join_all().await;
        let bound: Vec<&Value> = replies.iter().filter(|reply| reply.status.is_success()).map(|reply| &reply.json).collect();
        assert_eq!(bound.len(), 1);
        assert_eq!(bound[0]["shared_max"], 2, "as the batch says");
        assert!(replies.iter().all(|reply| reply.status.is_success() || reply.status == 409), "{replies:?}");

        let void = json!({ "numbers": [number(0), number(1)] });
        assert_eq!(shop.owner.post(&format!("{path}/void"), &void).await.ok()["voided"], 1, "the bound one stays");
        let cards_of = format!("/api/v1/members/{}/cards", text(&members[0]));
        shop.cashier.post(&cards_of, &json!({ "kind": "physical", "number": number(1) })).await.refused(422, "card_stock_void");
        let left = shop.owner.get(&format!("{path}/cards?state=blank")).await.ok();
        assert_eq!(left["items"], json!([{ "number": number(2), "state": "blank" }]));

        // Cards from elsewhere, as long as the shop doesn't say otherwise.
        shop.cashier.post(&cards_of, &json!({ "kind": "physical", "number": "OLD00001" })).await.ok();
        shop.owner.put("/api/v1/settings/member", &json!({ "cards_from_stock": true })).await.ok();
        shop.cashier.post(&cards_of, &json!({ "kind": "physical", "number": "OLD00002" })).await.refused(422, "card_not_in_stock");
        shop.cashier.post("/api/v1/members", &json!({ "card_number": "OLD00002" })).await.refused(422, "card_not_in_stock");
        let joined = shop.cashier.post("/api/v1/members", &json!({ "card_number": number(2) })).await.ok();
        assert_eq!(joined["cards"].as_array().unwrap().iter().filter(|card| card["number"] == number(2)).count(), 1);
        let batches = shop.role(Role::Manager).get("/api/v1/card-batches").await.ok();
        assert_eq!(batches["items"][0]["left_over"], 0);
        let fault = shop.app.db().read(&shop.org.merchant, |tx, merchant| Box::pin(shuke_member::verify::first_fault(tx, *merchant))).await;
        assert_eq!(fault.unwrap(), None);
    }
}

//! Cards and codes.

use crate::support::{shop, text};
use serde_json::json;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// A code identifies for its half minute and the next, and then no more.
    async fn a_code_expires(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        let code = shop.cashier.get(&format!("/api/v1/members/{}/code", text(&member["id"]))).await.ok();
        let scanned = json!({ "code": code["text"] });
        for _ in 0..2 {
            let found = shop.cashier.post("/api/v1/codes/identify", &scanned).await.ok();
            assert_eq!((&found["id"], &found["name"]), (&member["id"], &json!("王*芳")));
        }
        assert_eq!(shop.find(text(&code["text"])).await, [text(&member["number"])]);
        let left = code["expires_at"].as_i64().unwrap() - shop.app.clock.now().0;
        shop.app.advance_ms(left - 1);
        shop.cashier.post("/api/v1/codes/identify", &scanned).await.ok();
        shop.app.advance_ms(1);
        shop.cashier.post("/api/v1/codes/identify", &scanned).await.refused(422, "code_expired");
        let forged = text(&code["text"]).replacen(text(&member["number"]), "4018392755", 1);
        shop.cashier.post("/api/v1/codes/identify", &json!({ "code": forged })).await.refused(422, "code_forged");
        shop.cashier.post("/api/v1/codes/identify", &json!({ "code": "SK1.x" })).await.refused(400, "code_malformed");
        shop.cashier.post("/api/v1/codes/identify", &json!({ "code": "?" })).await.refused(400, "code_malformed");
        shop.cashier.post("/api/v1/codes/identify", &json!({ "code": "NOSUCH1" })).await.refused(404, "member_not_found");
    }

    /// Several cards open one member; a lost one opens nothing, and its successor does.
    async fn a_lost_card_opens_nothing(shop) {
        let member = shop.enrol("13800000042", "王小芳").await;
        let path = format!("/api/v1/members/{}/cards", text(&member["id"]));
        let card = shop.cashier.post(&path, &json!({ "kind": "physical", "number": "vip-0001", "nfc_uid": "04:a2:3b:11" })).await.ok();
        for code in ["VIP0001", "vip 0001", "04A23B11", "04:A2:3B:11", text(&member["number"])] {
            assert_eq!(shop.cashier.post("/api/v1/codes/identify", &json!({ "code": code })).await.ok()["id"], member["id"], "{code}");
        }
        let one = format!("{path}/{}", text(&card["id"]));
        assert_eq!(shop.cashier.patch(&one, &json!({ "lost": true })).await.ok()["state"], "lost");
        shop.cashier.post("/api/v1/codes/identify", &json!({ "code": "VIP0001" })).await.refused(422, "card_not_active");
        shop.cashier.get("/api/v1/members?q=VIP0001").await.refused(422, "card_not_active");
        shop.cashier.patch(&one, &json!({ "lost": false })).await.ok();
        shop.cashier.post("/api/v1/codes/identify", &json!({ "code": "VIP0001" })).await.ok();
        let next = shop.cashier.post(&path, &json!({ "kind": "physical", "number": "VIP0002", "replaces": card["id"] })).await.ok();
        shop.cashier.post("/api/v1/codes/identify", &json!({ "code": "04A23B11" })).await.refused(422, "card_not_active");
        shop.cashier.patch(&one, &json!({ "lost": false })).await.refused(422, "card_replaced");
        let cards = shop.show(&member["id"]).await["cards"].clone();
        let old = cards.as_array().unwrap().iter().find(|found| found["id"] == card["id"]).unwrap();
        assert_eq!((&old["state"], &old["replaced_by"]), (&json!("replaced"), &next["id"]));

        let other = shop.enrol("13800000043", "李四").await;
        let path = format!("/api/v1/members/{}/cards", text(&other["id"]));
        shop.cashier.post(&path, &json!({ "kind": "physical", "number": "VIP0001" })).await.refused(409, "card_number_taken");
        shop.cashier.post(&path, &json!({ "kind": "physical", "number": "VIP0009", "nfc_uid": "04a23b11" })).await.refused(409, "card_nfc_taken");
        shop.cashier.post(&path, &json!({ "kind": "physical" })).await.refused(400, "card_number_malformed");
        shop.cashier.post(&path, &json!({ "kind": "digital", "replaces": next["id"] })).await.refused(404, "card_not_found");
        shop.cashier.post("/api/v1/members", &json!({ "card_number": "VIP0002" })).await.refused(409, "card_number_taken");
        shop.cashier.post(&path, &json!({ "kind": "digital" })).await.ok();
    }
}

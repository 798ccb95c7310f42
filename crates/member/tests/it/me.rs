//! What members see and change on their own phones.

use crate::support::{shop, text};
use serde_json::{Value, json};
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// A member changes what is theirs; what staff noted stays with staff, and the change is in the log as the member's.
    async fn a_profile_is_changed_by_its_member(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        shop.texts_on().await;
        shop.cashier.patch(&format!("/api/v1/members/{}", text(&id)), &json!({ "note": "怕热" })).await.ok();
        let me = shop.own("13800000042").await;
        assert_eq!(me.get("/api/v1/me").await.ok()["person"]["note"], Value::Null);
        let change = json!({ "name": "王芳", "birthday": "1990-08-15", "gender": "female", "email": "fang@example.com" });
        let shown = me.patch("/api/v1/me", &change).await.ok();
        assert_eq!((&shown["person"]["name"], &shown["person"]["birthday"], &shown["gender"]), (&json!("王芳"), &json!("1990-08-15"), &json!("female")));
        assert_eq!(me.patch("/api/v1/me", &json!({ "email": null })).await.ok()["person"]["email"], Value::Null);
        for forbidden in ["phone", "state", "note", "source", "store", "kind"] {
            me.patch("/api/v1/me", &json!({ forbidden: "x" })).await.refused(400, "body_malformed");
        }
        let log = shop.owner.get(&format!("/api/v1/audit?subject={}", text(&id))).await.ok();
        assert!(log["items"].as_array().unwrap().iter().any(|entry| entry["actor"] == format!("member:{}", text(&id))), "{log}");
    }

    /// A birthday that offers follow is changed as often as the shop allows, by the member too.
    async fn a_birthday_keeps_to_the_shops_limit(shop) {
        shop.owner.put("/api/v1/settings/member", &json!({ "birthday_edits_max": 1 })).await.ok();
        shop.enrol("13800000042", "王小芳").await;
        shop.texts_on().await;
        let me = shop.own("13800000042").await;
        me.patch("/api/v1/me", &json!({ "birthday": "1990-08-15" })).await.ok();
        me.patch("/api/v1/me", &json!({ "birthday": "1990-08-16" })).await.ok();
        me.patch("/api/v1/me", &json!({ "birthday": "1990-08-17" })).await.refused(422, "birthday_edits_used_up");
    }

    /// Children, consents, terms and preferences are the member's own.
    async fn children_and_consents_are_ones_own(shop) {
        shop.enrol("13800000042", "王小芳").await;
        let other = shop.enrol("13800000043", "李四").await["id"].clone();
        shop.texts_on().await;
        let me = shop.own("13800000042").await;
        let draft = json!({ "relation": "child", "name": "豆豆", "born_on": "2025-09-01" });
        let made = me.post_with_key("/api/v1/me/dependents", "k", &draft).await.ok();
        assert!(me.post_with_key("/api/v1/me/dependents", "k", &draft).await.replayed());
        let path = format!("/api/v1/me/dependents/{}", text(&made["id"]));
        me.put(&path, &json!({ "relation": "child", "name": "豆豆", "born_on": "2025-09-02" })).await.ok();
        let shown = me.get("/api/v1/me").await.ok();
        assert_eq!((&shown["dependents"][0]["name"], &shown["dependents"][0]["born_on"]), (&json!("豆豆"), &json!("2025-09-02")));

        let stranger = shop.own("13800000043").await;
        stranger.put(&path, &draft).await.refused(404, "dependent_not_found");
        stranger.delete(&path).await.refused(404, "dependent_not_found");
        // The same key of another member is another write.
        let theirs = stranger.post_with_key("/api/v1/me/dependents", "k", &draft).await;
        assert!(!theirs.replayed() && theirs.status == 201, "{}", theirs.text);
        assert_ne!(theirs.ok()["id"], made["id"]);
        assert_eq!(shop.show(&other).await["dependents"].as_array().unwrap().len(), 1);
        assert_eq!(me.delete(&path).await.status, 204);

        shop.owner.post("/api/v1/terms", &json!({ "version": "v1", "title": "章程", "body": "……" })).await.ok();
        assert_eq!(me.get("/api/v1/me").await.ok()["terms_due"]["version"], "v1");
        assert_eq!(me.put("/api/v1/me/terms-acceptances", &json!({ "version": "v1" })).await.ok()["terms_due"], Value::Null);
        let said = me.put("/api/v1/me/consents", &json!({ "channels": { "sms": true, "phone": false } })).await.ok();
        assert_eq!(said["consents"].as_array().unwrap().len(), 2);
        me.put("/api/v1/me/preferences", &json!({ "口味": "不辣" })).await.ok();
        assert_eq!(me.get("/api/v1/me/preferences").await.ok()["declared"]["口味"], "不辣");
    }

    /// The code on the phone is found at the till.
    async fn the_code_is_found_at_the_till(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        shop.texts_on().await;
        let me = shop.own("13800000042").await;
        let code = me.get("/api/v1/me/code").await.ok();
        assert_eq!(shop.cashier.post("/api/v1/codes/identify", &json!({ "code": code["text"] })).await.ok()["id"], id);
    }

    /// A member is nobody to operations of staff, and staff are nobody to a member's.
    async fn the_two_worlds_dont_touch(shop) {
        shop.enrol("13800000042", "王小芳").await;
        shop.texts_on().await;
        let me = shop.own("13800000042").await;
        for path in ["/api/v1/members", "/api/v1/session", "/api/v1/merchant", "/api/v1/messages"] {
            me.get(path).await.refused(401, "not_signed_in");
        }
        for client in [shop.owner.clone(), shop.app.as_session(shop.org.session(shuke_http::Role::Owner))] {
            client.get("/api/v1/me").await.refused(401, "not_signed_in");
        }
    }
}

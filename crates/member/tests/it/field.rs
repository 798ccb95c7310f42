//! Custom fields.

use crate::support::{shop, text};
use serde_json::json;
use shuke_http::Role;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// Values are of their field's kind; every fault is named at once, an unknown key with those there are.
    async fn values_are_of_their_kind(shop) {
        for field in [
            json!({ "key": "skin", "label": "肤质", "kind": "choice", "options": ["干性", "油性"] }),
            json!({ "key": "hobbies", "label": "爱好", "kind": "multi_choice", "options": ["a", "b", "c"] }),
            json!({ "key": "height", "label": "身高", "kind": "decimal", "scale": 1 }),
            json!({ "key": "children", "label": "孩子", "kind": "integer" }),
            json!({ "key": "met_on", "label": "初识", "kind": "date" }),
            json!({ "key": "drives", "label": "开车", "kind": "yes_no" }),
            json!({ "key": "job", "label": "职业", "kind": "text" }),
        ] {
            shop.owner.post("/api/v1/fields", &field).await.ok();
        }
        shop.cashier.post("/api/v1/fields", &json!({ "key": "x", "label": "x", "kind": "text" })).await.refused(403, "permission_missing");
        shop.role(Role::Marketer).post("/api/v1/fields", &json!({ "key": "job", "label": "x", "kind": "text" })).await.refused(409, "field_key_taken");
        let bad = json!({ "phone": "13800000042", "fields": { "skin": "x", "height": 1.5, "nosuch": 1, "job": "老师" } });
        let faults = shop.cashier.post("/api/v1/members", &bad).await.refused(400, "field_values_malformed")["fields"].clone();
        let at: Vec<&str> = faults.as_array().unwrap().iter().map(|fault| text(&fault["field"])).collect();
        assert_eq!(at, ["/fields/height", "/fields/nosuch", "/fields/skin"]);
        assert!(text(&faults[1]["detail"]).contains("children, drives, height"), "{faults}");

        let all = json!({ "skin": "干性", "hobbies": ["c", "a"], "height": 1655, "children": 2, "met_on": "2026-02-28", "drives": true, "job": "老师" });
        let member = shop.cashier.post("/api/v1/members", &json!({ "phone": "13800000042", "fields": all })).await.ok();
        assert_eq!(member["fields"], all);
        let path = format!("/api/v1/members/{}", text(&member["id"]));
        let changed = shop.cashier.patch(&path, &json!({ "fields": { "hobbies": ["b"], "job": null } })).await.ok();
        assert_eq!(changed["fields"], json!({ "skin": "干性", "hobbies": ["b"], "height": 1655, "children": 2, "met_on": "2026-02-28", "drives": true }));
        shop.cashier.patch(&path, &json!({ "name": "x", "fields": { "drives": 1 } })).await.refused(400, "field_values_malformed");
        assert_eq!(shop.show(&member["id"]).await["person"].get("name"), None);
    }

    /// Key and kind stay, because values hang on them; an archived field takes no values.
    async fn a_field_keeps_its_kind(shop) {
        let field = shop.owner.post("/api/v1/fields", &json!({ "key": "job", "label": "职业", "kind": "text" })).await.ok();
        let path = format!("/api/v1/fields/{}", text(&field["id"]));
        shop.owner.put(&path, &json!({ "key": "job", "label": "工作", "kind": "integer" })).await.refused(422, "field_kind_fixed");
        shop.owner.put(&path, &json!({ "key": "job", "label": "工作", "kind": "text", "archived": true })).await.ok();
        let body = json!({ "phone": "13800000042", "fields": { "job": "x" } });
        shop.cashier.post("/api/v1/members", &body).await.refused(400, "field_values_malformed");
        assert_eq!(shop.cashier.get("/api/v1/fields").await.ok()[0]["label"], "工作");
    }
}

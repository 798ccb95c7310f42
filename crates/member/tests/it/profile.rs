//! Notes, declared preferences, the grade of a relationship.

use crate::support::{shop, text};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::scenario;

fn path(id: &Value, rest: &str) -> String {
    format!("/api/v1/members/{}{rest}", text(id))
}

scenario! {
    setup = shop;

    /// Notes and preferences are for those who may know the member, sealed, and gone with the person.
    async fn what_staff_know_is_sealed_and_goes_with_the_person(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        let first = shop.cashier.post(&path(&id, "/notes"), &json!({ "text": "不吃辣，喜欢靠窗", "pinned": true })).await.ok();
        shop.app.advance_ms(1);
        shop.cashier.post(&path(&id, "/notes"), &json!({ "text": "女儿九月上学" })).await.ok();
        let notes = shop.cashier.get(&path(&id, "/notes")).await.ok();
        let texts: Vec<&Value> = notes["items"].as_array().unwrap().iter().map(|note| &note["text"]).collect();
        assert_eq!(texts, ["女儿九月上学", "不吃辣，喜欢靠窗"]);
        assert_eq!(shop.cashier.get(&path(&id, "/notes?pinned=true")).await.ok()["items"][0]["id"], first);
        shop.role(Role::Analyst).get(&path(&id, "/notes")).await.refused(403, "permission_missing");
        shop.cashier.post(&path(&id, "/notes"), &json!({ "text": " " })).await.refused(400, "note_malformed");
        let declared = json!({ "口味": "不辣", "尺码": "38" });
        assert_eq!(shop.cashier.put(&path(&id, "/preferences/declared"), &declared).await.ok()["declared"], declared);
        shop.cashier.put(&path(&id, "/preferences/declared"), &json!({ "": "x" })).await.refused(400, "preferences_malformed");
        let stored = shop.app.db().read(&shop.org.merchant, |tx, merchant| {
            Box::pin(async move {
                let mut all = Vec::new();
                for text in ["SELECT text FROM member_note WHERE merchant_id = $1", "SELECT declared FROM member_preference WHERE merchant_id = $1"] {
                    for row in tx.rows(shuke_db::Stmt::built(text, vec![shuke_db::ToValue::to_value(merchant)])).await? {
                        all.push(row.get::<String>(0)?);
                    }
                }
                Ok(all)
            })
        }).await.unwrap();
        assert!(stored.len() == 3 && stored.iter().all(|text| text.starts_with("1.")), "{stored:?}");
        let one = format!("{}/{}", path(&id, "/notes"), text(&first));
        assert_eq!(shop.cashier.delete(&one).await.status, 204);
        shop.cashier.delete(&one).await.refused(404, "note_not_found");

        shop.owner.post(&path(&id, "/erase"), &json!({})).await.ok();
        assert_eq!(shop.cashier.get(&path(&id, "/notes")).await.ok()["items"], json!([]));
        shop.cashier.post(&path(&id, "/notes"), &json!({ "text": "x" })).await.refused(422, "member_erased");
        shop.cashier.put(&path(&id, "/preferences/declared"), &declared).await.refused(422, "member_erased");
    }

    /// A grade follows from what happened, at once.
    async fn a_grade_follows_from_what_happened(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        let grade = || async { shop.cashier.get(&path(&id, "/relationship")).await.ok() };
        assert_eq!(grade().await["grade"], "新客户");
        shop.sale(&id, 5000).await;
        shop.app.step().await;
        let contact = |kind: &str, outcome: &str| json!({ "channel": "sms", "kind": kind, "subject": "x", "outcome": outcome });
        for sent in [contact("message", "sent"), contact("message", "answered"), contact("talk", "sent")] {
            shop.cashier.post(&path(&id, "/contacts"), &sent).await.ok();
        }
        let known = grade().await;
        assert_eq!((&known["grade"], &known["total"]), (&json!("熟悉"), &json!(3)), "what was only sent is no interaction");
        let grades = json!({ "grades": [{ "name": "新" }, { "name": "老", "orders_min": 1, "days_min": 30 }] });
        shop.role(Role::Manager).put("/api/v1/settings/relationship", &grades).await.ok();
        assert_eq!(grade().await["grade"], "新");
        shop.app.advance_days(30);
        assert_eq!(grade().await["grade"], "老");
        shop.owner.put("/api/v1/settings/relationship", &json!({ "grades": [] })).await.refused(400, "relationship_policy_invalid");
    }
}

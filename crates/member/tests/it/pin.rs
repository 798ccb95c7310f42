//! PINs and proofs.

use crate::support::{Shop, shop, text};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::{Reply, TestApp, scenario};
use std::sync::Arc;

async fn phone(shop: &Shop) -> TestApp {
    let key = shop.owner.post("/api/v1/api-keys", &json!({ "name": "card", "scopes": ["member:identify"] })).await.ok();
    shop.app.as_token(text(&key["token"]))
}

fn path(id: &Value, rest: &str) -> String {
    format!("/api/v1/members/{}{rest}", text(id))
}

async fn prove(shop: &Shop, id: &Value, with: Value) -> Reply {
    let mut body = with;
    if body.get("order").is_none() {
        body["order"] = json!(shop.cx().uuid());
    }
    shop.cashier.post(&path(id, "/proofs"), &body).await
}

scenario! {
    setup = shop;

    /// Who knows the PIN changes it; a manager takes it away; nothing of it is stored in the clear.
    async fn a_pin_has_a_life(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        let pin = path(&id, "/pin");
        prove(&shop, &id, json!({ "pin": "902417" })).await.refused(422, "pin_not_set");
        shop.cashier.put(&pin, &json!({ "pin": "123456" })).await.refused(400, "pin_weak");
        assert_eq!(shop.cashier.put(&pin, &json!({ "pin": "902417" })).await.status, 204);
        assert!(text(&prove(&shop, &id, json!({ "pin": "902417" })).await.ok()["proof"]).starts_with("SKP."));
        prove(&shop, &id, json!({ "pin": "902418" })).await.refused(422, "pin_wrong");
        shop.cashier.put(&pin, &json!({ "pin": "135790" })).await.refused(422, "pin_current_needed");
        shop.cashier.put(&pin, &json!({ "pin": "135790", "current": "111111" })).await.refused(422, "pin_wrong");
        assert_eq!(shop.cashier.put(&pin, &json!({ "pin": "135790", "current": "902417" })).await.status, 204);
        prove(&shop, &id, json!({ "pin": "902417" })).await.refused(422, "pin_wrong");
        prove(&shop, &id, json!({ "pin": "135790" })).await.ok();
        prove(&shop, &id, json!({ "pin": "135790", "code": "SK1.x" })).await.refused(400, "proof_malformed");
        shop.cashier.delete(&pin).await.refused(403, "permission_missing");
        assert_eq!(shop.role(Role::Manager).delete(&pin).await.status, 204);
        shop.role(Role::Manager).delete(&pin).await.refused(404, "pin_not_set");
        shop.cashier.put(&pin, &json!({ "pin": "135790" })).await;
        let row = shop.app.db().read(&shop.org.merchant, |tx, merchant| {
            Box::pin(async move { tx.row(shuke_db::sql!("SELECT hash FROM member_pin WHERE merchant_id = $1", merchant)).await?.unwrap().get::<String>(0) })
        }).await.unwrap();
        assert!(row.starts_with("1.") && !row.contains("argon2"), "the hash is sealed: {row}");
    }

    /// Guessing ends after five tries, also when all come at once; a right one in time forgets them.
    async fn guessing_ends_after_five(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        shop.cashier.put(&path(&id, "/pin"), &json!({ "pin": "902417" })).await;
        for _ in 0..3 {
            for _ in 0..4 {
                prove(&shop, &id, json!({ "pin": "555551" })).await.refused(422, "pin_wrong");
            }
            prove(&shop, &id, json!({ "pin": "902417" })).await.ok();
        }
        let shop = Arc::new(shop);
        let mut running = tokio::task::JoinSet::new();
        for number in 0..12 {
            let (shop, id) = (shop.clone(), id.clone());
            running.spawn(async move { prove(&shop, &id, json!({ "pin": format!("55555{}", number % 5) })).await });
        }
        let replies = running.join_all().await;
        assert_eq!(replies.iter().filter(|reply| reply.code() == "pin_wrong").count(), 5);
        assert_eq!(replies.iter().filter(|reply| reply.code() == "pin_locked").count(), 7);
        let locked = prove(&shop, &id, json!({ "pin": "902417" })).await;
        assert_eq!((locked.status.as_u16(), locked.code(), locked.header("retry-after")), (429, "pin_locked", "900"));
        shop.app.advance_ms(15 * 60_000);
        prove(&shop, &id, json!({ "pin": "902417" })).await.ok();
    }

    /// A code proves once, for one order; the digits below it are throttled like a PIN.
    async fn a_code_proves_once(shop) {
        let id = shop.enrol("13800000042", "王小芳").await["id"].clone();
        let other = shop.enrol("13800000043", "李四").await["id"].clone();
        shop.owner.put("/api/v1/settings/identity", &json!({ "wallet_above": 10_000 })).await.ok();
        shop.cashier.get(&path(&id, "/code")).await.refused(403, "code_for_member_only");
        let phone = phone(&shop).await;
        let code = phone.get(&path(&id, "/code")).await.ok();
        let (order, second) = (json!(shop.cx().uuid()), json!(shop.cx().uuid()));
        for _ in 0..2 {
            prove(&shop, &id, json!({ "order": order, "code": code["text"] })).await.ok();
        }
        prove(&shop, &id, json!({ "order": second, "code": code["text"] })).await.refused(422, "code_used");
        prove(&shop, &id, json!({ "order": second, "digits": code["digits"] })).await.refused(422, "code_used");
        prove(&shop, &other, json!({ "code": code["text"] })).await.refused(422, "code_of_another");
        prove(&shop, &id, json!({ "code": "SK1.x" })).await.refused(400, "code_malformed");
        shop.app.advance_ms(30_000);
        let code = phone.get(&path(&id, "/code")).await.ok();
        prove(&shop, &id, json!({ "order": second, "digits": code["digits"] })).await.ok();
        let wrong = if code["digits"] == "000000" { "000001" } else { "000000" };
        let mut codes = Vec::new();
        for _ in 0..6 {
            codes.push(prove(&shop, &other, json!({ "digits": wrong })).await.code().to_owned());
        }
        assert_eq!(codes, ["pin_wrong", "pin_wrong", "pin_wrong", "pin_wrong", "pin_wrong", "pin_locked"]);
    }
}

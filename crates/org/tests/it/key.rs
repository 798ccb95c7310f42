//! API keys.

use crate::support::shop;
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// A key may do what its scopes say, until it is revoked.
    async fn a_key_does_what_its_scopes_say(given) {
        let owner = given.person(Role::Owner);
        let draft = json!({"name": "webshop", "scopes": ["org:read"], "stores": [given.shop.store]});
        let made = owner.post_with_key("/api/v1/api-keys", "k", &draft).await.ok();
        let token = made["token"].as_str().unwrap().to_owned();
        let key = given.app.as_token(&token);
        let who = key.get("/api/v1/session").await.ok();
        assert_eq!((&who["kind"], &who["permissions"], &who["stores"]), (&json!("key"), &json!(["org:read"]), &json!([given.shop.store])));
        key.get("/api/v1/stores").await.ok();
        key.get("/api/v1/staff").await.refused(403, "permission_missing");
        key.post("/api/v1/stores", &json!({"name": "三店"})).await.refused(403, "permission_missing");
        let listed = owner.get("/api/v1/api-keys").await;
        assert!(!listed.text.contains(&token) && !listed.text.contains("secret"), "{}", listed.text);
        let path = format!("/api/v1/api-keys/{}", made["key"]["id"].as_str().unwrap());
        assert_eq!(owner.delete(&path).await.status, 204);
        assert_eq!(owner.delete(&path).await.status, 204);
        key.get("/api/v1/stores").await.refused(401, "key_invalid");
    }

    /// The token is shown once: a retry gets the key without it, and the stored answer doesn't hold it.
    async fn a_token_is_shown_once(given) {
        let owner = given.person(Role::Owner);
        let draft = json!({"name": "webshop", "scopes": ["org:read"]});
        let first = owner.post_with_key("/api/v1/api-keys", "k", &draft).await.ok();
        let again = owner.post_with_key("/api/v1/api-keys", "k", &draft).await;
        assert!(again.replayed());
        let again = again.ok();
        assert_eq!((&again["token"], &again["key"]), (&Value::Null, &first["key"]));
    }

    /// After a rotation both tokens count for the overlap, then the new one alone.
    async fn a_key_gets_another_token(given) {
        let owner = given.person(Role::Owner);
        let made = owner.post("/api/v1/api-keys", &json!({"name": "webshop", "scopes": ["org:read", "key:write"]})).await.ok();
        let old = given.app.as_token(made["token"].as_str().unwrap());
        let path = format!("/api/v1/api-keys/{}/rotations", made["key"]["id"].as_str().unwrap());
        owner.post(&path, &json!({"overlap_hours": -1})).await.refused(400, "overlap_out_of_range");
        let rotated = owner.post_with_key(&path, "r", &json!({"overlap_hours": 1})).await.ok();
        let again = owner.post_with_key(&path, "r", &json!({"overlap_hours": 1})).await;
        assert!(again.replayed() && again.json["token"].is_null());
        let new = given.app.as_token(rotated["token"].as_str().unwrap());
        for key in [&old, &new] {
            key.get("/api/v1/stores").await.ok();
        }
        given.app.advance_ms(3_600_000);
        old.get("/api/v1/stores").await.refused(401, "key_invalid");
        new.get("/api/v1/stores").await.ok();
        // A leaked token is rotated away at once.
        let third = owner.post(&path, &json!({"overlap_hours": 0})).await.ok();
        new.get("/api/v1/stores").await.refused(401, "key_invalid");
        let third = given.app.as_token(third["token"].as_str().unwrap());
        third.get("/api/v1/stores").await.ok();
        // A key that may make keys gets no token of one that may do more.
        let strong = owner.post("/api/v1/api-keys", &json!({"name": "x", "scopes": ["org:write"]})).await.ok();
        let strong = format!("/api/v1/api-keys/{}", strong["key"]["id"].as_str().unwrap());
        third.post(&format!("{strong}/rotations"), &json!({})).await.refused(422, "scope_not_held");
        owner.delete(&strong).await;
        owner.post(&format!("{strong}/rotations"), &json!({})).await.refused(422, "key_ended");
    }

    /// A key that has run out counts no more.
    async fn a_key_runs_out(given) {
        let end = given.app.clock.now().plus_ms(3_600_000);
        let draft = json!({"name": "webshop", "scopes": ["org:read"], "expires_at": end});
        let made = given.person(Role::Owner).post("/api/v1/api-keys", &draft).await.ok();
        let key = given.app.as_token(made["token"].as_str().unwrap());
        given.app.advance_ms(3_599_999);
        key.get("/api/v1/stores").await.ok();
        given.app.advance_ms(1);
        key.get("/api/v1/stores").await.refused(401, "key_invalid");
    }

    /// Nobody but an owner makes keys, and no key makes one that may do more.
    async fn a_key_gives_no_more_than_it_has(given) {
        let draft = |scopes: Value| json!({"name": "webshop", "scopes": scopes});
        for role in [Role::Manager, Role::Cashier, Role::Technician, Role::Marketer, Role::Analyst] {
            given.person(role).post("/api/v1/api-keys", &draft(json!(["org:read"]))).await.refused(403, "permission_missing");
        }
        let maker = given.person(Role::Owner).post("/api/v1/api-keys", &draft(json!(["key:write", "org:read"]))).await.ok();
        let maker = given.app.as_token(maker["token"].as_str().unwrap());
        maker.post("/api/v1/api-keys", &draft(json!(["org:read"]))).await.ok();
        maker.post("/api/v1/api-keys", &draft(json!(["staff:write"]))).await.refused(422, "scope_not_held");
        maker.post("/api/v1/api-keys", &draft(json!(["org:dance"]))).await.refused(422, "scope_unknown");
    }

    /// A changed token is nobody's.
    async fn a_forged_token_is_nobodys(given) {
        let token = given.shop.token(Role::Cashier).to_owned();
        let owner_key = given.shop.token(Role::Owner).to_owned();
        let secret = |token: &str| token.splitn(4, '_').nth(3).unwrap().to_owned();
        for forged in [format!("{token}x"), owner_key.replace(&secret(&owner_key), &secret(&token)), "shk_1_x_y".to_owned(), String::new()] {
            given.app.as_token(&forged).get("/api/v1/stores").await.refused(401, "key_invalid");
        }
        given.app.anonymous().get("/api/v1/stores").await.refused(401, "not_signed_in");
    }
}

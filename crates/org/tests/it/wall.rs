//! Another merchant sees nothing: every operation of the document that names an object.

use crate::support::shop;
use axum::http::Method;
use serde_json::json;
use shuke_http::Role;
use shuke_org::fixture;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// What has an id of this merchant is not there for another's owner.
    async fn anothers_objects_are_not_there(given) {
        let other = fixture::shop(&given.app.app).await.unwrap();
        let stranger = given.app.as_token(other.token(Role::Owner));
        let key = given.key(Role::Owner).get("/api/v1/api-keys").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
        let made = given.key(Role::Owner).post("/api/v1/webhooks", &json!({"url": "https://shop.example/"})).await.ok();
        let hook = made["webhook"]["id"].as_str().unwrap().to_owned();
        let draft = json!({ "till": given.shop.till, "name": "前台平板" });
        given.person(Role::Manager).post("/api/v1/devices", &draft).await.ok();
        let device = given.person(Role::Manager).get("/api/v1/devices").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
        let staff = json!({"name": "x", "role": "analyst", "stores": null, "active": false});
        let cases = [
            ("/api/v1/stores/{id}", given.shop.store.to_string(), json!({"name": "x"})),
            ("/api/v1/tills/{id}", given.shop.till.to_string(), json!({"name": "x", "store": other.store})),
            ("/api/v1/staff/{id}", given.id(Role::Cashier), staff),
            ("/api/v1/staff/{id}/password", given.id(Role::Cashier), json!({"password": "left horse"})),
            ("/api/v1/devices/{id}", device, json!({})),
            ("/api/v1/staff/{id}/pin", given.id(Role::Cashier), json!({})),
            ("/api/v1/staff/{id}/totp", given.id(Role::Cashier), json!({})),
            ("/api/v1/api-keys/{id}", key.clone(), json!({})),
            ("/api/v1/api-keys/{id}/rotations", key, json!({})),
            ("/api/v1/webhooks/{id}", hook.clone(), json!({"url": "https://shop.example/"})),
            ("/api/v1/webhooks/{id}/deliveries", hook.clone(), json!({})),
            ("/api/v1/webhooks/{id}/replays", hook.clone(), json!({})),
            ("/api/v1/webhooks/{id}/rotations", hook, json!({})),
        ];
        let named: Vec<&String> = given.app.openapi.paths.paths.keys().filter(|path| path.contains('{') && !path.contains("/approvals/")).collect();
        assert_eq!(named.len(), cases.len(), "an operation that names an object has no case here: {named:?}");
        for (path, id, body) in cases {
            let item = &given.app.openapi.paths.paths[path];
            let methods = [(Method::GET, &item.get), (Method::PUT, &item.put), (Method::PATCH, &item.patch), (Method::POST, &item.post), (Method::DELETE, &item.delete)];
            let mut asked = 0;
            for (method, _) in methods.into_iter().filter(|(_, operation)| operation.is_some()) {
                let body = (method != Method::GET && method != Method::DELETE).then(|| serde_json::to_vec(&body).unwrap());
                let reply = stranger.call(method, &path.replace("{id}", &id), Some(&format!("strange-{path}")), body).await;
                assert_eq!(reply.status, 404, "{path}: {}", reply.text);
                asked += 1;
            }
            assert!(asked > 0, "{path}");
        }
        // An approval is decided by a person, so a person of the other merchant tries.
        let cx = given.shop.cx(&given.app.app);
        let wish = json!({ "id": cx.uuid(), "kind": "refund", "subject": cx.uuid(), "amount": 5, "store": given.shop.store, "reason": "客人退货" });
        given.person(Role::Cashier).post("/api/v1/approvals", &wish).await.ok();
        let (person, approval) = (given.app.as_session(other.session(Role::Owner)), wish["id"].as_str().unwrap());
        person.get(&format!("/api/v1/approvals/{approval}")).await.refused(404, "approval_not_found");
        person.post(&format!("/api/v1/approvals/{approval}/decision"), &json!({ "given": true })).await.refused(404, "approval_not_found");
        let seen = stranger.get("/api/v1/stores").await.text;
        assert!(!seen.contains(&given.shop.store.to_string()));
        // A store of another merchant can't be given to one's own staff either.
        let staff = json!({"username": "li", "password": "left horse", "name": "李", "role": "cashier", "stores": [given.shop.store]});
        stranger.post("/api/v1/staff", &staff).await.refused(422, "store_unknown");
        stranger.post("/api/v1/tills", &json!({"store": given.shop.store, "name": "x"})).await.refused(422, "store_unknown");
    }

    /// Every operation but setting up and signing in asks who calls.
    async fn every_operation_asks_who_calls(given) {
        for (path, item) in &given.app.openapi.paths.paths {
            let operations = [(Method::GET, &item.get), (Method::POST, &item.post), (Method::PUT, &item.put), (Method::DELETE, &item.delete)];
            for (method, operation) in operations {
                let Some(operation) = operation else { continue };
                let open = ["show_setup", "create_setup", "sign_in"].contains(&operation.operation_id.as_deref().unwrap_or_default());
                let path = path.replace("{id}", &given.shop.store.to_string());
                let reply = given.app.anonymous().call(method, &path, Some("k"), Some(b"{}".to_vec())).await;
                assert_eq!(reply.status == 401, !open, "{path}: {}", reply.text);
            }
        }
    }
}

//! The second factor, from setting it up to losing the phone.

use crate::support::{Given, shop, sign_in};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_org::fixture::PASSWORD;
use shuke_testkit::{Reply, TestApp, scenario};
use totp_rs::{Algorithm, Secret, TOTP};

/// What an app shows now.
fn code(app: &TestApp, secret: &str) -> String {
    let bytes = Secret::Encoded(secret.to_owned()).to_bytes().unwrap();
    TOTP::new(Algorithm::SHA1, 6, 1, 30, bytes).unwrap().generate(u64::try_from(app.clock.now().0 / 1000).unwrap())
}

async fn with_code(app: &TestApp, username: &str, code: &str) -> Reply {
    app.post("/api/v1/session", &json!({ "username": username, "password": PASSWORD, "code": code })).await
}

/// Sets an authenticator up for a role; answers its secret and recovery codes.
async fn enrol(given: &Given, client: &TestApp) -> (String, Vec<String>) {
    let begun = client.post("/api/v1/session/totp", &json!({ "password": PASSWORD })).await.ok();
    assert!(begun["qr_svg"].as_str().unwrap().contains("<svg") && begun["url"].as_str().unwrap().starts_with("otpauth://totp/"));
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let confirmed = client.post("/api/v1/session/totp/confirmation", &json!({ "code": code(&given.app, &secret) })).await.ok();
    (secret, serde_json::from_value(confirmed["recovery_codes"].clone()).unwrap())
}

scenario! {
    setup = shop;

    /// After it is set up, a password alone signs nobody in, and a code is good once.
    async fn a_code_is_needed_and_good_once(given) {
        let cashier = given.person(Role::Cashier);
        cashier.post("/api/v1/session/totp", &json!({ "password": "wrong horse" })).await.refused(422, "password_wrong");
        cashier.post("/api/v1/session/totp/confirmation", &json!({ "code": "123456" })).await.refused(422, "totp_not_begun");
        let begun = cashier.post("/api/v1/session/totp", &json!({ "password": PASSWORD })).await.ok();
        sign_in(&given.app, "cashier", PASSWORD).await.ok();
        let secret = begun["secret"].as_str().unwrap();
        cashier.post("/api/v1/session/totp/confirmation", &json!({ "code": "000000" })).await.refused(401, "code_wrong");
        let first = code(&given.app, secret);
        let recovery = cashier.post("/api/v1/session/totp/confirmation", &json!({ "code": first })).await.ok()["recovery_codes"].clone();
        assert_eq!(recovery.as_array().map(Vec::len), Some(10));

        sign_in(&given.app, "cashier", PASSWORD).await.refused(401, "code_needed");
        sign_in(&given.app, "cashier", "wrong horse").await.refused(401, "sign_in_failed");
        with_code(&given.app, "cashier", &first).await.refused(401, "code_wrong");
        given.app.advance_ms(60_000);
        let next = code(&given.app, secret);
        with_code(&given.app, "cashier", &format!("{} {}", &next[..3], &next[3..])).await.ok();
        with_code(&given.app, "cashier", &next).await.refused(401, "code_wrong");
    }

    /// Of many who show one code at once, one gets in.
    async fn one_code_lets_one_in(given) {
        let owner = given.person(Role::Owner);
        let (secret, recovery) = enrol(&given, &owner).await;
        given.app.advance_ms(60_000);
        for shown in [code(&given.app, &secret), recovery[0].to_lowercase()] {
            given.app.advance_ms(600_000);
            let shown = if shown.len() == 6 { code(&given.app, &secret) } else { shown };
            let mut tasks = tokio::task::JoinSet::new();
            for n in 0..8_u8 {
                let (app, shown) = (given.app.from_address([10, 1, 0, n]), shown.clone());
                tasks.spawn(async move { with_code(&app, "owner", &shown).await });
            }
            let replies = tasks.join_all().await;
            let inside = replies.iter().filter(|reply| reply.status == 200).count();
            assert_eq!(inside, 1, "{:?}", replies.iter().map(|reply| &reply.text).collect::<Vec<_>>());
        }
        let status = owner.get("/api/v1/session/totp").await.ok();
        assert_eq!(status, json!({ "enrolled": true, "required": false, "recovery_codes_left": 9 }));
    }

    /// Where a role needs it, whoever has none can set one up and do nothing else, at once.
    async fn a_role_can_need_it(given) {
        let (cashier, owner) = (given.person(Role::Cashier), given.person(Role::Owner));
        cashier.put("/api/v1/sign-in-policy", &json!({ "totp_roles": [] })).await.refused(403, "permission_missing");
        owner.put("/api/v1/sign-in-policy", &json!({ "totp_roles": ["cashier"] })).await.ok();
        assert_eq!(owner.get("/api/v1/sign-in-policy").await.ok(), json!({ "totp_roles": ["cashier"] }));
        cashier.get("/api/v1/stores").await.refused(403, "totp_due");
        let reply = sign_in(&given.app, "cashier", PASSWORD).await;
        let again = given.app.with_cookie_of(&reply);
        assert_eq!(reply.ok()["permissions"], json!([]));
        again.get("/api/v1/stores").await.refused(403, "totp_due");
        assert_eq!(again.get("/api/v1/session/totp").await.ok()["required"], json!(true));
        // Another password is no way around it.
        let reply = again.put("/api/v1/session/password", &json!({ "old": PASSWORD, "new": "another horse" })).await;
        given.app.with_cookie_of(&reply).get("/api/v1/stores").await.refused(403, "totp_due");
        let again = given.app.with_cookie_of(&reply);
        let begun = again.post("/api/v1/session/totp", &json!({ "password": "another horse" })).await.ok();
        let secret = begun["secret"].as_str().unwrap();
        again.post("/api/v1/session/totp/confirmation", &json!({ "code": code(&given.app, secret) })).await.ok();
        again.get("/api/v1/stores").await.ok();
        // Who gets a role that needs it needs it too.
        let technician = given.person(Role::Technician);
        technician.get("/api/v1/stores").await.ok();
        let change = json!({ "name": "新", "role": "cashier", "active": true, "stores": [given.shop.store] });
        owner.put(&format!("/api/v1/staff/{}", given.id(Role::Technician)), &change).await.ok();
        technician.get("/api/v1/stores").await.refused(403, "totp_due");
    }

    /// A lost phone: an owner takes it away, and the person signs in by password again.
    async fn a_lost_phone_is_taken_away(given) {
        let (cashier, owner) = (given.person(Role::Cashier), given.person(Role::Owner));
        enrol(&given, &cashier).await;
        let path = format!("/api/v1/staff/{}/totp", given.id(Role::Cashier));
        given.person(Role::Manager).delete(&path).await.refused(403, "permission_missing");
        assert_eq!(owner.delete(&path).await.status, 204);
        cashier.get("/api/v1/stores").await.refused(401, "session_ended");
        sign_in(&given.app, "cashier", PASSWORD).await.ok();
        let audit = owner.get(&format!("/api/v1/audit?subject={}", given.id(Role::Cashier))).await.ok();
        let actions: Vec<&Value> = audit["items"].as_array().unwrap().iter().map(|entry| &entry["action"]).collect();
        assert!(actions.contains(&&json!("staff.totp_reset")) && actions.contains(&&json!("staff.totp_set")), "{actions:?}");
    }

    /// Another phone needs a code of the one until now; until it is confirmed the old one counts.
    async fn another_phone_takes_over(given) {
        let cashier = given.person(Role::Cashier);
        let (old, _) = enrol(&given, &cashier).await;
        given.app.advance_ms(60_000);
        cashier.post("/api/v1/session/totp", &json!({ "password": PASSWORD })).await.refused(401, "code_needed");
        let begun = cashier.post("/api/v1/session/totp", &json!({ "password": PASSWORD, "code": code(&given.app, &old) })).await.ok();
        given.app.advance_ms(60_000);
        with_code(&given.app, "cashier", &code(&given.app, &old)).await.ok();
        let new = begun["secret"].as_str().unwrap();
        cashier.post("/api/v1/session/totp/confirmation", &json!({ "code": code(&given.app, new) })).await.ok();
        given.app.advance_ms(60_000);
        with_code(&given.app, "cashier", &code(&given.app, &old)).await.refused(401, "code_wrong");
        with_code(&given.app, "cashier", &code(&given.app, new)).await.ok();
    }
}

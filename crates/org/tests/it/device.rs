//! Devices at tills, and signing in on one with a PIN.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_org::fixture::{self, PASSWORD};
use shuke_testkit::{Reply, TestApp, scenario};
use std::sync::Arc;

const PIN: &str = "4817";

/// A device at the first store's till, as its browser.
async fn device(given: &Given) -> TestApp {
    let draft = json!({ "till": given.shop.till, "name": "前台平板" });
    let reply = given.person(Role::Manager).post("/api/v1/devices", &draft).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    assert!(reply.header("set-cookie").contains("HttpOnly; SameSite=Strict"));
    given.app.with_cookies(&format!("shuke_device={}", reply.cookie("shuke_device").unwrap()))
}

async fn set_pin(given: &Given, role: Role, pin: &str) -> Reply {
    given.person(role).put("/api/v1/session/pin", &json!({ "password": PASSWORD, "pin": pin })).await
}

async fn enter(device: &TestApp, staff: &str, pin: &str) -> Reply {
    device.post("/api/v1/device/session", &json!({ "staff": staff, "pin": pin })).await
}

fn names(view: &Value) -> Vec<&str> {
    view["people"].as_array().unwrap().iter().map(|person| person["role"].as_str().unwrap()).collect()
}

scenario! {
    setup = shop;

    /// A cashier chooses her name, types her PIN, and sells; after the idle time she types it again.
    async fn a_pin_signs_in_at_its_device(given) {
        given.app.anonymous().get("/api/v1/device").await.refused(401, "device_unknown");
        let till = device(&given).await;
        assert_eq!(names(&till.get("/api/v1/device").await.ok()), [""; 0]);
        assert_eq!(set_pin(&given, Role::Cashier, PIN).await.status, 204);
        assert_eq!(set_pin(&given, Role::Manager, "90241").await.status, 204);
        let view = till.get("/api/v1/device").await.ok();
        assert_eq!((&view["till"]["id"], names(&view).len()), (&json!(given.shop.till), 2));
        let cashier = given.id(Role::Cashier);
        enter(&till, &cashier, "4818").await.refused(401, "staff_pin_wrong");
        let reply = enter(&till, &cashier, PIN).await;
        let session = given.app.with_cookie_of(&reply);
        assert_eq!(reply.ok()["role"], "cashier");
        for _ in 0..4 {
            given.app.advance_ms(20 * 60_000);
            session.get("/api/v1/stores").await.ok();
        }
        given.app.advance_ms(30 * 60_000);
        session.get("/api/v1/stores").await.refused(401, "session_ended");

        given.key(Role::Owner).put("/api/v1/settings/till-sign-in", &json!({ "idle_minutes": 5 })).await.ok();
        let session = given.app.with_cookie_of(&enter(&till, &cashier, PIN).await);
        given.app.advance_ms(4 * 60_000);
        session.get("/api/v1/stores").await.ok();
        given.app.advance_ms(5 * 60_000);
        session.get("/api/v1/stores").await.refused(401, "session_ended");
    }

    /// A PIN is worth nothing without a device, on a device of another shop or store, or on one that is out of use.
    async fn a_pin_is_worth_nothing_elsewhere(given) {
        let till = device(&given).await;
        set_pin(&given, Role::Cashier, PIN).await;
        let cashier = given.id(Role::Cashier);
        enter(&given.app.anonymous(), &cashier, PIN).await.refused(401, "device_unknown");
        enter(&given.app.with_cookies("shuke_device=1.0190a8f07c1e7b619d3f2a4b5c6d7e8f.x"), &cashier, PIN).await.refused(401, "device_unknown");

        let elsewhere = given.key(Role::Owner).post("/api/v1/devices", &json!({ "till": given.shop.other_till, "name": "二店" })).await;
        let elsewhere = given.app.with_cookies(&format!("shuke_device={}", elsewhere.cookie("shuke_device").unwrap()));
        enter(&elsewhere, &cashier, PIN).await.refused(401, "staff_pin_wrong");
        given.person(Role::Manager).post("/api/v1/devices", &json!({ "till": given.shop.other_till, "name": "x" })).await.refused(403, "store_not_yours");
        given.person(Role::Cashier).post("/api/v1/devices", &json!({ "till": given.shop.till, "name": "x" })).await.refused(403, "permission_missing");

        let other = fixture::shop(&given.app.app).await.unwrap();
        let rival = given.app.as_token(other.token(Role::Owner)).post("/api/v1/devices", &json!({ "till": other.till, "name": "x" })).await;
        let rival = given.app.with_cookies(&format!("shuke_device={}", rival.cookie("shuke_device").unwrap()));
        enter(&rival, &cashier, PIN).await.refused(401, "staff_pin_wrong");

        let session = given.app.with_cookie_of(&enter(&till, &cashier, PIN).await);
        let listed = given.person(Role::Manager).get("/api/v1/devices").await.ok();
        let id = listed["items"].as_array().unwrap().iter().find(|device| device["name"] == "前台平板").unwrap()["id"].clone();
        assert_eq!(given.person(Role::Manager).delete(&format!("/api/v1/devices/{}", id.as_str().unwrap())).await.status, 204);
        session.get("/api/v1/stores").await.refused(401, "session_ended");
        till.get("/api/v1/device").await.refused(401, "device_unknown");
        enter(&till, &cashier, PIN).await.refused(401, "device_unknown");
    }

    /// Guessing ends after five tries, also when all come at once; a quarter of an hour later it may go on.
    async fn guessing_ends_after_five(given) {
        let till = device(&given).await;
        set_pin(&given, Role::Cashier, PIN).await;
        let cashier = given.id(Role::Cashier);
        let shared = Arc::new((till.clone(), cashier.clone()));
        let mut running = tokio::task::JoinSet::new();
        for number in 0..8 {
            let shared = shared.clone();
            running.spawn(async move { enter(&shared.0, &shared.1, &format!("555{number}")).await });
        }
        let replies = running.join_all().await;
        assert_eq!(replies.iter().filter(|reply| reply.code() == "staff_pin_wrong").count(), 5);
        let locked = enter(&till, &cashier, PIN).await;
        assert_eq!((locked.status.as_u16(), locked.code(), locked.header("retry-after")), (429, "staff_pin_locked", "900"));
        given.app.advance_ms(15 * 60_000);
        enter(&till, &cashier, PIN).await.ok();
        for _ in 0..4 {
            enter(&till, &cashier, "5555").await.refused(401, "staff_pin_wrong");
        }
        enter(&till, &cashier, PIN).await.ok();
        enter(&till, &cashier, "5555").await.refused(401, "staff_pin_wrong");
    }

    /// A device has so many tries, whoever is tried.
    async fn a_device_has_so_many_tries(given) {
        let till = device(&given).await;
        let mut codes = Vec::new();
        for _ in 0..31 {
            codes.push(enter(&till, &given.id(Role::Technician), "5555").await.code().to_owned());
        }
        assert!(codes[..30].iter().all(|code| code == "staff_pin_wrong"), "{codes:?}");
        assert_eq!(codes[30], "sign_in_too_often");
    }

    /// A PIN is set with one's password, is no row and no year, is sealed, and goes when it is taken away.
    async fn a_pin_has_a_life(given) {
        let till = device(&given).await;
        let cashier = given.id(Role::Cashier);
        set_pin(&given, Role::Cashier, "1234").await.refused(400, "staff_pin_weak");
        let wrong = json!({ "password": "wrong horse", "pin": PIN });
        given.person(Role::Cashier).put("/api/v1/session/pin", &wrong).await.refused(422, "password_wrong");
        given.key(Role::Cashier).put("/api/v1/session/pin", &json!({ "password": PASSWORD, "pin": PIN })).await.refused(403, "key_without_session");
        set_pin(&given, Role::Cashier, PIN).await;
        set_pin(&given, Role::Cashier, "90241").await;
        enter(&till, &cashier, PIN).await.refused(401, "staff_pin_wrong");
        enter(&till, &cashier, "90241").await.ok();
        let row = given.app.db().read(&given.shop.merchant, |tx, merchant| {
            Box::pin(async move { tx.row(shuke_db::sql!("SELECT hash FROM staff_pin WHERE merchant_id = $1", merchant)).await?.unwrap().get::<String>(0) })
        }).await.unwrap();
        assert!(row.starts_with("1.") && !row.contains("argon2"), "the hash is sealed: {row}");
        assert_eq!(given.key(Role::Owner).delete(&format!("/api/v1/staff/{cashier}/pin")).await.status, 204);
        enter(&till, &cashier, "90241").await.refused(401, "staff_pin_wrong");
        set_pin(&given, Role::Cashier, PIN).await;
        assert_eq!(given.person(Role::Cashier).delete("/api/v1/session/pin").await.status, 204);
        enter(&till, &cashier, PIN).await.refused(401, "staff_pin_wrong");
    }

    /// Who needs an authenticator app does not get around it with a PIN, and who was dismissed is out.
    async fn a_pin_is_no_second_factor(given) {
        let till = device(&given).await;
        set_pin(&given, Role::Manager, PIN).await;
        set_pin(&given, Role::Cashier, PIN).await;
        given.key(Role::Owner).put("/api/v1/sign-in-policy", &json!({ "totp_roles": ["manager"] })).await.ok();
        assert_eq!(names(&till.get("/api/v1/device").await.ok()), ["cashier"]);
        enter(&till, &given.id(Role::Manager), PIN).await.refused(403, "pin_not_enough");
        let cashier = given.id(Role::Cashier);
        let gone = json!({ "name": "王芳", "role": "cashier", "stores": [given.shop.store], "active": false });
        given.key(Role::Owner).put(&format!("/api/v1/staff/{cashier}"), &gone).await.ok();
        assert_eq!(names(&till.get("/api/v1/device").await.ok()), [""; 0]);
        enter(&till, &cashier, PIN).await.refused(401, "staff_pin_wrong");
    }
}

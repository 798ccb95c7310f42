//! Signing in and out, and what ends a session.

use crate::support::{Given, shop, sign_in};
use serde_json::json;
use shuke_http::Role;
use shuke_org::fixture::{self, PASSWORD};
use shuke_org::session::{IDLE_MS_MAX, SESSION_MS_MAX};
use shuke_testkit::scenario;

const HOUR_MS: i64 = 3_600_000;

scenario! {
    setup = shop;

    /// A right password signs in; the cookie works until signing out.
    async fn a_person_signs_in_and_out(given) {
        let reply = sign_in(&given.app, " Cashier ", PASSWORD).await;
        let cashier = given.app.with_cookie_of(&reply);
        let who = reply.ok();
        assert_eq!((&who["kind"], &who["role"]), (&json!("staff"), &json!("cashier")));
        assert_eq!(who["stores"], json!([given.shop.store]));
        let permissions: Vec<String> = serde_json::from_value(who["permissions"].clone()).unwrap();
        assert!(permissions.contains(&"sale:write".to_owned()) && !permissions.contains(&"org:write".to_owned()));
        cashier.get("/api/v1/stores").await.ok();
        let out = cashier.delete("/api/v1/session").await;
        assert_eq!(out.status, 204);
        assert!(out.header("set-cookie").contains("Max-Age=0"));
        cashier.get("/api/v1/stores").await.refused(401, "session_ended");
        given.person(Role::Cashier).get("/api/v1/stores").await.ok();
    }

    /// Whatever is wrong, the answer is the same.
    async fn a_stranger_learns_nothing(given) {
        let known = sign_in(&given.app, "owner", "wrong horse").await;
        let unknown = sign_in(&given.app, "nobody", "wrong horse").await;
        let impossible = sign_in(&given.app, "a b/c", "wrong horse").await;
        let elsewhere = given.app.post("/api/v1/session", &json!({"merchant": 77, "username": "owner", "password": PASSWORD})).await;
        for reply in [&known, &unknown, &impossible, &elsewhere] {
            assert_eq!((reply.status.as_u16(), &reply.json), (401, &known.json));
            assert!(reply.session_cookie().is_none());
        }
        known.refused(401, "sign_in_failed");
    }

    /// A name that nobody has would be told by how soon the answer comes: a wrong password costs a hash, so no name costs one too.
    async fn an_unknown_name_takes_as_long(given) {
        let mut times = [Vec::new(), Vec::new(), Vec::new()];
        for round in 0..7_u8 {
            for (index, name) in ["owner", "nobody", "a b/c"].into_iter().enumerate() {
                // Each from an address of its own and a minute apart: nothing is slowed.
                given.app.advance_ms(120_000);
                let client = given.app.from_address([10, 1, u8::try_from(index).unwrap(), round]);
                let start = std::time::Instant::now();
                sign_in(&client, name, "wrong horse").await.refused(401, "sign_in_failed");
                times[index].push(start.elapsed());
            }
        }
        // The quickest of each: whatever else the machine does only adds.
        let [known, unknown, impossible] = times.map(|mut all| { all.sort_unstable(); all[0].as_secs_f64() });
        for other in [unknown, impossible] {
            assert!(other > known * 0.5 && other < known * 2.0, "{known} s for a name that is there, {other} s for one that isn't");
        }
    }

    /// With several merchants on a server the number tells which; the same name may be in each.
    async fn the_merchants_number_tells_which(given) {
        let other = fixture::shop(&given.app.app).await.unwrap();
        assert_ne!(other.merchant, given.shop.merchant);
        sign_in(&given.app, "owner", PASSWORD).await.refused(401, "sign_in_failed");
        for merchant in [given.shop.merchant, other.merchant] {
            let who = given.app.post("/api/v1/session", &json!({"merchant": merchant, "username": "owner", "password": PASSWORD})).await.ok();
            assert_eq!(who["merchant"]["id"], json!(merchant));
        }
    }

    /// Guessing at one account from many addresses is slowed, with the time to wait; then it may go on.
    async fn guessing_at_an_account_is_slowed(given) {
        for n in 0..10 {
            sign_in(&given.app.from_address([10, 0, 0, n]), "owner", "wrong horse").await.refused(401, "sign_in_failed");
        }
        let slowed = sign_in(&given.app.from_address([10, 0, 0, 99]), "owner", PASSWORD).await;
        assert_eq!(slowed.header("retry-after"), "16");
        slowed.refused(429, "sign_in_too_often");
        sign_in(&given.app.from_address([10, 0, 0, 99]), "manager", PASSWORD).await.ok();
        given.app.advance_ms(16_000);
        sign_in(&given.app.from_address([10, 0, 0, 99]), "owner", PASSWORD).await.ok();
    }

    /// Two servers on one database give an account no more attempts than one.
    async fn servers_count_guesses_together(given) {
        let router = |app: &shuke_http::App| shuke_http::layers(shuke_org::routes().split_for_parts().0.with_state(app.clone()));
        let inner = &given.app.app;
        let other = shuke_http::AppInner::new(
            shuke_db::Db::connect(given.app.test_db().config()).await.unwrap(),
            inner.clock.clone(),
            inner.random.clone(),
            inner.vault.clone(),
            Box::new(shuke_org::OrgAuthenticator),
        );
        let second = given.app.with_router(router(&std::sync::Arc::new(other)));
        let mut refused = 0;
        for n in 0..20 {
            let client = if n % 2 == 0 { &given.app } else { &second };
            refused += u32::from(sign_in(&client.from_address([10, 0, 1, n]), "owner", "wrong horse").await.status == 429);
        }
        assert_eq!(refused, 10);
        sign_in(&second.from_address([10, 0, 2, 1]), "manager", PASSWORD).await.ok();
        given.app.advance_ms(16_000);
        sign_in(&second.from_address([10, 0, 2, 1]), "owner", PASSWORD).await.ok();
    }

    /// Guessing at many accounts from one address is slowed too.
    async fn guessing_from_an_address_is_slowed(given) {
        let here = given.app.from_address([10, 0, 0, 1]);
        for n in 0..30 {
            sign_in(&here, &format!("guess{n}"), "wrong horse").await.refused(401, "sign_in_failed");
        }
        sign_in(&here, "owner", PASSWORD).await.refused(429, "sign_in_too_often");
        sign_in(&given.app.from_address([10, 0, 0, 2]), "owner", PASSWORD).await.ok();
    }

    /// A session ends after 12 idle hours, however long it was in use before.
    async fn an_idle_session_ends(given) {
        let manager = given.person(Role::Manager);
        for _ in 0..10 {
            given.app.advance_ms(IDLE_MS_MAX - HOUR_MS);
            manager.get("/api/v1/session").await.ok();
        }
        given.app.advance_ms(IDLE_MS_MAX);
        manager.get("/api/v1/session").await.refused(401, "session_ended");
    }

    /// A session ends after 30 days, however often it is used.
    async fn an_old_session_ends(given) {
        let manager = given.person(Role::Manager);
        for _ in 0..SESSION_MS_MAX / (10 * HOUR_MS) {
            manager.get("/api/v1/session").await.ok();
            given.app.advance_ms(10 * HOUR_MS);
        }
        manager.get("/api/v1/session").await.refused(401, "session_ended");
    }

    /// One's own password: the old one must be right, every session ends, the new cookie works.
    async fn a_person_changes_the_password(given) {
        let change = |old: &str, new: &str| json!({"old": old, "new": new});
        let elsewhere = given.person(Role::Manager);
        let here = given.app.with_cookie_of(&sign_in(&given.app, "manager", PASSWORD).await);
        here.put("/api/v1/session/password", &change("wrong horse", "left horse")).await.refused(422, "password_wrong");
        here.put("/api/v1/session/password", &change(PASSWORD, "manager")).await.refused(400, "password_weak");
        let reply = here.put("/api/v1/session/password", &change(PASSWORD, "left horse")).await;
        let again = given.app.with_cookie_of(&reply);
        reply.ok();
        again.get("/api/v1/session").await.ok();
        elsewhere.get("/api/v1/session").await.refused(401, "session_ended");
        here.get("/api/v1/session").await.refused(401, "session_ended");
        sign_in(&given.app, "manager", PASSWORD).await.refused(401, "sign_in_failed");
        sign_in(&given.app, "manager", "left horse").await.ok();
        given.key(Role::Owner).put("/api/v1/session/password", &change(PASSWORD, "left horse")).await.refused(403, "key_without_session");
    }

    /// A changed secret, another merchant's number or another person's id in the cookie is nobody's.
    async fn a_forged_cookie_is_nobodys(given) {
        let other = fixture::shop(&given.app.app).await.unwrap();
        let secret = given.shop.session(Role::Cashier).to_owned();
        let parts: Vec<&str> = secret.splitn(3, '.').collect();
        let owner = given.shop.person(Role::Owner).unwrap().id.0.simple().to_string();
        for forged in [
            format!("{}.{}.{}x", parts[0], parts[1], parts[2]),
            format!("{}.{owner}.{}", parts[0], parts[2]),
            format!("{}.{}.{}", other.merchant, parts[1], parts[2]),
            "x".to_owned(),
            format!("{}.{}.", parts[0], parts[1]),
        ] {
            given.app.as_session(&forged).get("/api/v1/session").await.refused(401, "session_ended");
        }
    }

    /// A page of another site can't make the browser change anything.
    async fn another_sites_page_changes_nothing(given) {
        let request = |origin: &str| axum::http::Request::delete("/api/v1/session")
            .header("host", "shop.example")
            .header("origin", origin)
            .header("cookie", format!("shuke_session={}", given.shop.session(Role::Cashier)))
            .body(axum::body::Body::empty()).unwrap();
        given.app.send(request("https://evil.example")).await.refused(403, "origin_foreign");
        given.person(Role::Cashier).get("/api/v1/session").await.ok();
        assert_eq!(given.app.send(request("https://shop.example")).await.status, 204);
    }
}

/// What a request costs to know who sends it: two reads by their keys in one round trip.
#[test]
fn knowing_the_caller_takes_one_round_trip() {
    shuke_testkit::run(async {
        let given: Given = shop(shuke_testkit::Kind::Postgres).await;
        let credential = shuke_http::Credential::Session(given.shop.session(Role::Cashier).to_owned());
        let authenticator = shuke_org::OrgAuthenticator;
        let before = given.app.db().counts();
        shuke_http::Authenticator::authenticate(&authenticator, &given.app.app, &credential).await.unwrap();
        let used = given.app.db().counts().since(before);
        assert_eq!((used.trips, used.statements, used.transactions), (1, 2, 0));
    });
}

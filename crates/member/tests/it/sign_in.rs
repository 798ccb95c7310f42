//! Members who sign in on their own phones.

use crate::support::{Shop, shop, text};
use serde_json::{Value, json};
use shuke_testkit::{Reply, scenario};
use std::sync::Arc;

const PHONE: &str = "13800000042";

async fn enter(shop: &Shop, code: &str) -> Reply {
    shop.app.anonymous().post("/api/v1/me/session", &shop.entry(PHONE, code, Value::Null)).await
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

scenario! {
    setup = shop;

    /// A member signs in with a code, sees themselves, and is a stranger again after signing out.
    async fn a_code_signs_in_once(shop) {
        let id = shop.enrol(PHONE, "王小芳").await["id"].clone();
        let front = shop.app.anonymous().get(&format!("/api/v1/me/shop?merchant={}", shop.org.merchant)).await.ok();
        assert_eq!((&front["phone"], &front["join"], &front["name"]), (&json!(false), &json!(true), &json!("熟客母婴")));
        let ask = json!({ "merchant": shop.org.merchant.0, "phone": PHONE });
        shop.app.anonymous().post("/api/v1/me/codes", &ask).await.refused(422, "messages_off");
        shop.texts_on().await;
        shop.app.advance_ms(60_000);
        let code = shop.code_of(PHONE).await;
        let reply = enter(&shop, &format!(" {}-{} ", &code[..3], &code[3..])).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(reply.header("set-cookie").contains("HttpOnly; SameSite=Strict"), "{}", reply.header("set-cookie"));
        let me = shop.app.with_member_cookie_of(&reply);
        let shown = me.get("/api/v1/me").await.ok();
        assert_eq!((&shown["id"], &shown["person"]["name"], &shown["person"]["phone"]), (&id, &json!("王小芳"), &json!("+8613800000042")));
        enter(&shop, &code).await.refused(401, "code_wrong");
        assert_eq!(me.delete("/api/v1/me/session").await.status, 204);
        me.get("/api/v1/me").await.refused(401, "session_ended");
    }

    /// Of two who show one code at once, one gets in.
    async fn a_code_is_used_by_one(shop) {
        shop.enrol(PHONE, "王小芳").await;
        shop.texts_on().await;
        let code = shop.code_of(PHONE).await;
        let shop = Arc::new(shop);
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (shop, code) = (shop.clone(), code.clone());
            running.spawn(async move { enter(&shop, &code).await.status.as_u16() });
        }
        let mut found = running.join_all().await;
        found.sort_unstable();
        assert_eq!(found, [200, 401, 401, 401]);
    }

    /// Guessing ends after five tries, also when all come at once; then the right code is worth nothing.
    async fn guessing_ends_after_five(shop) {
        shop.enrol(PHONE, "王小芳").await;
        shop.texts_on().await;
        let code = shop.code_of(PHONE).await;
        let wrong = other_than(&code);
        let shop = Arc::new(shop);
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..5 {
            let shop = shop.clone();
            running.spawn(async move { enter(&shop, wrong).await.code().to_owned() });
        }
        assert!(running.join_all().await.iter().all(|code| code == "code_wrong"));
        enter(&shop, &code).await.refused(401, "code_wrong");
        shop.app.advance_ms(60_000);
        let again = shop.code_of(PHONE).await;
        enter(&shop, wrong).await.refused(401, "code_wrong");
        assert_eq!(enter(&shop, &again).await.status, 200);
    }

    /// A code ends after five minutes, and the newest one is the only one.
    async fn a_code_ends(shop) {
        shop.enrol(PHONE, "王小芳").await;
        shop.texts_on().await;
        let first = shop.code_of(PHONE).await;
        shop.app.advance_ms(60_000);
        let second = shop.code_of(PHONE).await;
        if first != second {
            enter(&shop, &first).await.refused(401, "code_wrong");
        }
        shop.app.advance_ms(5 * 60_000);
        enter(&shop, &second).await.refused(401, "code_wrong");
    }

    /// Whether a number is a member's shows nowhere; where strangers may not join, nothing goes out to them.
    async fn a_stranger_learns_nothing(shop) {
        shop.enrol(PHONE, "王小芳").await;
        shop.texts_on().await;
        shop.owner.put("/api/v1/settings/card", &json!({ "join": false })).await.ok();
        let ask = |phone: &str| json!({ "merchant": shop.org.merchant.0, "phone": phone });
        let known = shop.app.anonymous().post("/api/v1/me/codes", &ask(PHONE)).await;
        let unknown = shop.app.anonymous().post("/api/v1/me/codes", &ask("13900000001")).await;
        assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
        assert_eq!(shop.owner.get("/api/v1/messages").await.ok()["items"].as_array().unwrap().len(), 1);
        let tries = [
            shop.app.anonymous().post("/api/v1/me/session", &shop.entry(PHONE, "99", Value::Null)).await,
            shop.app.anonymous().post("/api/v1/me/session", &shop.entry("13900000001", "99", json!({ "name": "x" }))).await,
        ];
        assert_eq!(tries[0].text, tries[1].text);
        assert_eq!(tries[0].code(), "code_wrong");
    }

    /// One a minute for a phone; other phones of the shop go on.
    async fn a_phone_is_not_flooded(shop) {
        shop.texts_on().await;
        let ask = |phone: &str| json!({ "merchant": shop.org.merchant.0, "phone": phone });
        assert_eq!(shop.app.anonymous().post("/api/v1/me/codes", &ask(PHONE)).await.status, 202);
        let again = shop.app.from_address([10, 0, 0, 9]).anonymous().post("/api/v1/me/codes", &ask(PHONE)).await;
        assert_eq!((again.status.as_u16(), again.code(), again.header("retry-after")), (429, "sign_in_too_often", "61"));
        assert_eq!(shop.app.anonymous().post("/api/v1/me/codes", &ask("13800000043")).await.status, 202);
        for _ in 0..7 {
            shop.app.advance_ms(60_000);
            assert_eq!(shop.app.anonymous().post("/api/v1/me/codes", &ask(PHONE)).await.status, 202);
        }
        shop.app.advance_ms(60_000);
        assert_eq!(shop.app.anonymous().post("/api/v1/me/codes", &ask(PHONE)).await.code(), "sign_in_too_often");
    }

    /// Who is unknown joins with the terms, by the same code.
    async fn a_stranger_joins(shop) {
        shop.texts_on().await;
        shop.owner.post("/api/v1/terms", &json!({ "version": "2026-11", "title": "会员章程", "body": "……" })).await.ok();
        let code = shop.code_of(PHONE).await;
        let door = shop.app.anonymous();
        for _ in 0..6 {
            door.post("/api/v1/me/session", &shop.entry(PHONE, &code, Value::Null)).await.refused(422, "join_needed");
        }
        door.post("/api/v1/me/session", &shop.entry(PHONE, &code, json!({ "name": "李四" }))).await.refused(422, "terms_needed");
        let join = json!({ "name": "李四", "birthday": "1990-08-15", "terms_version": "2026-11", "consents": { "sms": true } });
        let reply = door.post("/api/v1/me/session", &shop.entry(PHONE, &code, join)).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        let me = shop.app.with_member_cookie_of(&reply);
        let shown = me.get("/api/v1/me").await.ok();
        assert_eq!(shown["person"]["name"], "李四");
        assert_eq!((&shown["terms"][0]["version"], &shown["terms_due"]), (&json!("2026-11"), &Value::Null));
        assert_eq!(shown["consents"][0]["granted"], true);
        let staff = shop.show(&shown["id"]).await;
        assert_eq!((&staff["source"], &staff["person"]["name"]), (&json!("card"), &json!("李*")));
        assert_eq!(shop.events(&shown["id"], "member.enrolled").await.len(), 1);
    }

    /// Two who join with one phone at once are one member.
    async fn two_joins_are_one_member(shop) {
        shop.texts_on().await;
        let code = shop.code_of(PHONE).await;
        let shop = Arc::new(shop);
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (shop, code) = (shop.clone(), code.clone());
            running.spawn(async move {
                shop.app.anonymous().post("/api/v1/me/session", &shop.entry(PHONE, &code, json!({ "name": "李四" }))).await.status.as_u16()
            });
        }
        let found = running.join_all().await;
        assert_eq!(found.iter().filter(|status| **status == 201).count(), 1, "{found:?}");
        assert!(found.iter().all(|status| *status < 500), "{found:?}");
        assert_eq!(shop.find(PHONE).await.len(), 1);
    }

    /// A phone that changed hands, and a member who is gone, sign nobody in.
    async fn sessions_end_with_the_phone_and_the_member(shop) {
        let id = shop.enrol(PHONE, "王小芳").await["id"].clone();
        shop.texts_on().await;
        let me = shop.own(PHONE).await;
        let path = format!("/api/v1/members/{}", text(&id));
        shop.cashier.patch(&path, &json!({ "name": "王芳" })).await.ok();
        me.get("/api/v1/me").await.ok();
        shop.cashier.patch(&path, &json!({ "phone": "13800000043" })).await.ok();
        me.get("/api/v1/me").await.refused(401, "session_ended");
        let me = shop.own("13800000043").await;
        shop.cashier.patch(&path, &json!({ "state": "frozen" })).await.ok();
        assert_eq!(me.get("/api/v1/me").await.ok()["state"], "frozen");
        shop.owner.post(&format!("{path}/erase"), &json!({})).await.ok();
        me.get("/api/v1/me").await.refused(401, "session_ended");
    }

    /// A card that was put away for a season asks again; one that is used stays open.
    async fn a_session_ends_by_itself(shop) {
        shop.enrol(PHONE, "王小芳").await;
        shop.texts_on().await;
        let me = shop.own(PHONE).await;
        shop.app.advance_days(89);
        me.get("/api/v1/me").await.ok();
        shop.app.advance_days(89);
        me.get("/api/v1/me").await.ok();
        shop.app.advance_days(90);
        me.get("/api/v1/me").await.refused(401, "session_ended");
    }

    /// A request from another site's page changes nothing.
    async fn other_sites_cant_use_the_session(shop) {
        shop.enrol(PHONE, "王小芳").await;
        shop.texts_on().await;
        let code = shop.code_of(PHONE).await;
        let secret = enter(&shop, &code).await.cookie("shuke_member").unwrap();
        let request = |origin: &str| {
            axum::http::Request::builder().method("PATCH").uri("/api/v1/me").header("cookie", format!("shuke_member={secret}"))
                .header("host", "shop.example").header("origin", origin).header("content-type", "application/json")
                .body(axum::body::Body::from("{}")).unwrap()
        };
        shop.app.send(request("https://evil.example")).await.refused(403, "origin_foreign");
        shop.app.send(request("https://shop.example")).await.ok();
    }
}

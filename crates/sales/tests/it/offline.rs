//! Sales that a till made without a network.

use crate::counter::{Counter, counter};
use serde_json::{Value, json};
use shuke_org::OrgAuthenticator;
use shuke_testkit::{TestApp, scenario};
use std::sync::Arc;

const PATH: &str = "/api/v1/offline-sales";
const HOUR_MS: i64 = 3_600_000;

fn snapshot_path(at: &Counter) -> String {
    format!("/api/v1/tills/{}/snapshot", at.stall.shop.till)
}

async fn token(at: &Counter) -> String {
    at.cashier.get(&snapshot_path(at)).await.ok()["token"].as_str().unwrap().to_owned()
}

/// One piece of a variant for 50.00 as the till believed, paid in cash by a passer-by, half an hour ago.
fn sale(at: &Counter, token: &str, variant: usize) -> Value {
    let moment = at.app.clock.now().0;
    let line = json!({ "variant": at.stall.variants[variant], "quantity_milli": 1_000, "unit_price": 5_000, "gross": 5_000, "net": 5_000 });
    json!({ "id": at.uuid(), "at": moment, "snapshot": token, "lines": [line], "payments": [{ "tender": "cash", "amount": 5_000 }], "total": 5_000 })
}

async fn send_by(client: &TestApp, at: &Counter, sales: &[Value]) -> Vec<Value> {
    let batch = json!({ "till": at.stall.shop.till, "sales": sales });
    client.post(PATH, &batch).await.ok()["items"].as_array().unwrap().clone()
}

async fn send(at: &Counter, sale: &Value) -> Value {
    send_by(&at.cashier, at, std::slice::from_ref(sale)).await.remove(0)
}

fn codes(received: &Value) -> Vec<&str> {
    received["conflicts"].as_array().into_iter().flatten().map(|conflict| conflict["code"].as_str().unwrap()).collect()
}

async fn order(at: &Counter, sale: &Value) -> shuke_testkit::Reply {
    at.owner.get(&format!("/api/v1/orders/{}", sale["id"].as_str().unwrap())).await
}

async fn set_price(at: &Counter, variant: usize, price: i64) {
    at.owner.patch(&format!("/api/v1/variants/{}", at.stall.variants[variant]), &json!({ "price": price })).await.ok();
}

async fn policy(at: &Counter, change: Value) {
    at.owner.put("/api/v1/settings/offline", &change).await.ok();
}

async fn decide(at: &Counter, sale: &Value, accepted: bool, body: &Value) -> shuke_testkit::Reply {
    let mut body = body.clone();
    body["accepted"] = json!(accepted);
    at.manager.post(&format!("{PATH}/{}/decision", sale["id"].as_str().unwrap()), &body).await
}

/// Another server over the same data, that remembers nothing.
async fn restarted(at: &Counter) -> TestApp {
    let inner = &at.app.app;
    let db = shuke_db::Db::connect(at.app.test_db().config()).await.unwrap();
    let other = shuke_http::AppInner::new(db, inner.clock.clone(), inner.random.clone(), inner.vault.clone(), Box::new(OrgAuthenticator));
    let routes = shuke_org::routes().merge(shuke_sales::routes()).split_for_parts().0;
    at.cashier.with_router(shuke_http::layers(routes.with_state(Arc::new(other))))
}

scenario! {
    setup = counter;

    /// What was sold alone is an order of that moment, once, however often and by however many it is sent.
    async fn a_sale_made_alone_is_taken_once(at) {
        let token = token(&at).await;
        let first = sale(&at, &token, 0);
        at.app.advance_ms(HOUR_MS);
        let received = send(&at, &first).await;
        assert_eq!((&received["state"], codes(&received).len()), (&json!("accepted"), 0), "{received}");
        let shown = order(&at, &first).await.ok();
        assert_eq!((&shown["at"], &shown["total"], &shown["till"]), (&first["at"], &json!(5_000), &json!(at.stall.shop.till)));
        assert_eq!(send(&at, &first).await, received);
        let mut other = first.clone();
        other["lines"][0]["net"] = json!(4_000);
        other["payments"][0]["amount"] = json!(4_000);
        other["total"] = json!(4_000);
        assert_eq!(send(&at, &other).await["refused"]["code"], "offline_sale_reused");

        let second = sale(&at, &token, 1);
        let server = restarted(&at).await;
        let at = Arc::new(at);
        let mut running = tokio::task::JoinSet::new();
        for number in 0..8 {
            let (at, second, server) = (at.clone(), second.clone(), server.clone());
            running.spawn(async move {
                let client = if number % 2 == 0 { &at.cashier } else { &server };
                send_by(client, &at, &[second]).await.remove(0)
            });
        }
        let all = running.join_all().await;
        assert!(all.iter().all(|one| one["state"] == "accepted"), "{all:?}");
        let page = at.owner.get("/api/v1/orders").await.ok();
        assert_eq!(page["items"].as_array().unwrap().len(), 2);
        assert_eq!(at.difference().await, None);
        at.cashier.post("/api/v1/refunds", &at.back(&first, &[])).await.ok();
        assert_eq!(at.difference().await, None);
    }

    /// A price that changed meanwhile: the customer keeps what was promised, a manager sees it, and taken back it is exact.
    async fn a_promised_price_stands(at) {
        let token = token(&at).await;
        let mut sold = sale(&at, &token, 0);
        sold["member"] = at.member();
        let before = at.balances(&at.member()).await;
        set_price(&at, 0, 6_000).await;
        let received = send(&at, &sold).await;
        assert_eq!((&received["state"], codes(&received)), (&json!("booked"), vec!["price_changed"]), "{received}");
        // Members pay 95 in a hundred: 57.00 by the rules of now.
        assert_eq!(received["conflicts"][0]["now"], 5_700);
        let shown = order(&at, &sold).await.ok();
        assert_eq!((&shown["total"], &shown["lines"][0]["unit_price"], &shown["points_earned"]), (&json!(5_000), &json!(5_000), &json!(50)));
        assert_eq!(at.difference().await, None);
        let listed = at.manager.get(&format!("{PATH}?state=booked")).await.ok();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        decide(&at, &sold, false, &json!({ "note": "x" })).await.refused(422, "offline_sale_booked");
        let settled = decide(&at, &sold, true, &json!({ "note": "标价签未换" })).await.ok();
        assert_eq!((&settled["state"], &settled["note"]), (&json!("settled"), &json!("标价签未换")));
        decide(&at, &sold, true, &json!({ "note": "x" })).await.refused(409, "offline_sale_settled");
        at.cashier.post("/api/v1/refunds", &at.back(&sold, &[(0, 300)])).await.ok();
        at.cashier.post("/api/v1/refunds", &at.back(&sold, &[])).await.ok();
        assert_eq!(at.balances(&at.member()).await, before);
        assert_eq!(at.difference().await, None);
    }

    /// A price too far apart waits for a manager, whose word makes it an order as it was promised.
    async fn a_price_too_far_apart_waits(at) {
        let token = token(&at).await;
        let sold = sale(&at, &token, 0);
        set_price(&at, 0, 50_000).await;
        let received = send(&at, &sold).await;
        assert_eq!((&received["state"], codes(&received)), (&json!("waiting"), vec!["price_changed", "difference_too_large"]));
        order(&at, &sold).await.refused(404, "order_not_found");
        assert_eq!(at.difference().await, None);
        at.cashier.post(&format!("{PATH}/{}/decision", sold["id"].as_str().unwrap()), &json!({ "accepted": true, "note": "x" })).await.refused(403, "permission_missing");
        decide(&at, &sold, true, &json!({ "note": "按小票" })).await.ok();
        assert_eq!(order(&at, &sold).await.ok()["total"], 5_000);
        assert_eq!(send(&at, &sold).await["state"], "settled");
        assert_eq!(at.difference().await, None);
    }

    /// What stock did not have was there: it is counted in, and sold.
    async fn what_was_sold_was_there(at) {
        let token = token(&at).await;
        let counted = json!({ "store": at.stall.store, "lines": [{ "variant": at.stall.variants[0], "counted_milli": 400 }] });
        at.manager.post("/api/v1/stock/counts", &counted).await.ok();
        let sold = sale(&at, &token, 0);
        let received = send(&at, &sold).await;
        assert_eq!((&received["state"], codes(&received)), (&json!("booked"), vec!["stock_insufficient"]));
        let path = format!("/api/v1/stock/movements?store={}&variant={}", at.stall.store, at.stall.variants[0]);
        let moved = at.manager.get(&path).await.ok();
        let delta = |kind: &str| moved["items"].as_array().unwrap().iter().find(|row| row["kind"] == kind).unwrap()["delta_milli"].clone();
        assert_eq!((delta("adjust"), delta("sale")), (json!(600), json!(-1_000)), "{moved}");
        assert_eq!(at.difference().await, None);
    }

    /// The wallet pays offline within the policy; where it is empty by then, a manager says how it was paid.
    async fn the_wallet_is_bounded(at) {
        let token = token(&at).await;
        let paid_by_wallet = |total: i64| {
            let mut sold = sale(&at, &token, 0);
            sold["member"] = at.member();
            sold["lines"][0]["net"] = json!(total);
            sold["payments"] = json!([{ "tender": "wallet", "amount": total }]);
            sold["total"] = json!(total);
            sold
        };
        let refused = paid_by_wallet(4_750);
        assert_eq!(codes(&send(&at, &refused).await), ["wallet_too_large"]);
        policy(&at, json!({ "wallet_max": 10_000 })).await;
        assert_eq!(send(&at, &paid_by_wallet(4_750)).await["state"], "accepted");
        let held = at.balances(&at.member()).await;
        for account in ["principal", "bonus"] {
            let body = json!({ "account": account, "amount": -held[account], "reason": "清空", "store": at.stall.store });
            at.owner.post(&format!("/api/v1/members/{}/adjustments", at.member().as_str().unwrap()), &body).await.ok();
        }
        let empty = paid_by_wallet(4_750);
        let received = send(&at, &empty).await;
        assert_eq!(received["state"], "waiting", "{received}");
        assert!(codes(&received)[0].ends_with("_insufficient"), "{received}");
        decide(&at, &empty, true, &json!({ "note": "补收现金" })).await.refused(422, codes(&received)[0]);
        let cash = json!({ "note": "补收现金", "payments": [{ "tender": "cash", "amount": 4_750 }] });
        decide(&at, &empty, true, &cash).await.ok();
        assert_eq!(order(&at, &empty).await.ok()["payments"][0]["tender"], "cash");
        assert_eq!(at.difference().await, None);
    }

    /// Without a snapshot of the till, after its end, or above its limit a sale waits; declined it never is an order.
    async fn beyond_its_bounds_a_sale_waits(at) {
        let fresh = token(&at).await;
        policy(&at, json!({ "hours": 1, "sale_max": 4_999 })).await;
        let short = token(&at).await;
        assert_eq!(codes(&send(&at, &sale(&at, &fresh, 0)).await), ["sale_too_large"]);
        policy(&at, json!({ "hours": 1 })).await;
        assert_eq!(codes(&send(&at, &sale(&at, "SKO.x", 0)).await), ["snapshot_over"]);
        at.app.advance_ms(HOUR_MS);
        let late = sale(&at, &short, 0);
        assert_eq!(codes(&send(&at, &late).await), ["snapshot_over"]);
        policy(&at, json!({ "enabled": false })).await;
        assert_eq!(codes(&send(&at, &sale(&at, &fresh, 0)).await), ["offline_off"]);
        let at = Arc::new(at);
        let (yes, no) = tokio::join!(
            async { decide(&at, &late, true, &json!({ "note": "是" })).await.status.as_u16() },
            async { decide(&at, &late, false, &json!({ "note": "否" })).await.status.as_u16() },
        );
        assert_eq!([yes, no].iter().filter(|status| **status == 201).count(), 1, "{yes} {no}");
        assert_eq!(order(&at, &late).await.status.as_u16(), if yes == 201 { 200 } else { 404 });
        assert_eq!(at.difference().await, None);
    }

    /// A member who is gone by then: the sale waits, and is booked without the member.
    async fn a_member_who_is_gone(at) {
        let token = token(&at).await;
        let mut sold = sale(&at, &token, 0);
        sold["member"] = at.member();
        at.owner.patch(&format!("/api/v1/members/{}", at.member().as_str().unwrap()), &json!({ "state": "frozen" })).await.ok();
        let received = send(&at, &sold).await;
        assert_eq!((&received["state"], codes(&received)), (&json!("waiting"), vec!["member_not_active"]));
        decide(&at, &sold, true, &json!({ "note": "x" })).await.refused(422, "member_not_active");
        decide(&at, &sold, true, &json!({ "note": "x", "without_member": true })).await.ok();
        assert_eq!(order(&at, &sold).await.ok()["member"], Value::Null);
        assert_eq!(at.difference().await, None);
    }

    /// A till learns only what is new, and knows the store's latest buyers, masked.
    async fn a_snapshot_brings_what_is_new(at) {
        let mut cart = at.cart(&[1]);
        cart["member"] = at.member();
        cart["payments"][0]["amount"] = json!(4_750);
        at.sell(&cart).await;
        let reply = at.cashier.get(&snapshot_path(&at)).await;
        let (tag, header) = (reply.header("etag").to_owned(), reply.header("shuke-snapshot").to_owned());
        let taken = reply.ok();
        assert!(header.starts_with(taken["token"].as_str().unwrap()));
        let products = taken["rules"]["products"].as_array().unwrap();
        assert!(products.len() >= 5 && products.iter().all(|product| product["variants"][0]["cost"].is_null()));
        assert_eq!((taken["members"].as_array().unwrap().len(), &taken["members"][0]["member"]["id"]), (1, &at.member()));
        assert!(taken["members"][0]["wallet"].as_i64().unwrap() > 0);
        let ask = |tag: &str| {
            let request = axum::http::Request::builder().uri(format!("{}?book={}", snapshot_path(&at), taken["book"]));
            let request = request.header("authorization", format!("Bearer {}", at.stall.shop.token(shuke_http::Role::Cashier)));
            request.header("if-none-match", tag).body(axum::body::Body::empty()).unwrap()
        };
        let slim = at.app.send(ask("")).await;
        let slim_tag = slim.header("etag").to_owned();
        assert!(slim.ok().get("rules").is_none() && slim_tag != tag);
        at.app.advance_ms(60_000);
        let same = at.app.send(ask(&slim_tag)).await;
        assert_eq!(same.status, 304);
        assert!(same.header("shuke-snapshot").starts_with("SKO.") && same.header("shuke-snapshot") != header);
        set_price(&at, 0, 6_000).await;
        let changed = at.app.send(ask(&slim_tag)).await.ok();
        assert_eq!(changed["rules"]["products"].as_array().unwrap().len(), products.len());
        let elsewhere = format!("/api/v1/tills/{}/snapshot", at.stall.shop.other_till);
        at.cashier.get(&elsewhere).await.refused(403, "store_not_yours");
    }

    /// `verify` finds a promise that was not kept, and an order that nobody accepted.
    async fn verify_holds_promises(at) {
        let token = token(&at).await;
        assert_eq!(send(&at, &sale(&at, &token, 0)).await["state"], "accepted");
        assert_eq!(at.difference().await, None);
        at.tamper("UPDATE offline_sale SET total = total + 1").await;
        assert!(at.difference().await.unwrap().starts_with("offline"));
        at.tamper("UPDATE offline_sale SET total = total - 1, state = 'waiting'").await;
        assert!(at.difference().await.unwrap().starts_with("offline"));
    }
}

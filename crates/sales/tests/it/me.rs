//! What members see on their own phones of what they bought, and how they make an order theirs.

use crate::counter::{Counter, counter};
use serde_json::{Value, json};
use shuke_kernel::Uuid;
use shuke_member::MemberId;
use shuke_member::sign_in::Door;
use shuke_testkit::{TestApp, scenario};
use std::sync::Arc;

async fn own(at: &Counter, member: &Value) -> TestApp {
    at.app.app.slot::<shuke_http::MemberDoor>().set(Door);
    let id: Uuid = member.as_str().unwrap().parse().unwrap();
    let input = (at.stall.shop.cx(&at.app.app), at.app.app.vault.clone(), id);
    let begun = at.app.db().write(&input, |tx, (cx, vault, id)| Box::pin(shuke_member::sign_in::ops::begin(tx, cx, vault, MemberId(*id))));
    at.app.as_member(begun.await.unwrap().as_str())
}

async fn code_of(at: &Counter, order: &Value) -> Value {
    at.cashier.get(&format!("/api/v1/orders/{}/claim-code", order["id"].as_str().unwrap())).await.ok()["code"].clone()
}

scenario! {
    setup = counter;

    /// Orders, receipts and what was taken back are the member's to see, without what goods cost the shop.
    async fn orders_are_ones_own(at) {
        let member = at.member();
        let me = own(&at, &member).await;
        let mut cart = at.cart(&[1]);
        cart["member"] = member.clone();
        // Members pay 95 in a hundred here.
        cart["payments"][0]["amount"] = json!(4_750);
        let order = at.sell(&cart).await;
        let strange = at.sell(&at.cart(&[1])).await;
        at.cashier.post("/api/v1/refunds", &at.back(&order, &[(0, 500)])).await.ok();
        let listed = me.get("/api/v1/me/orders").await.ok();
        let items = listed["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["id"]), (1, &order["id"]));
        let path = format!("/api/v1/me/orders/{}", order["id"].as_str().unwrap());
        let shown = me.get(&path).await.ok();
        assert_eq!(shown["returns"].as_array().unwrap().len(), 1);
        assert!(shown["lines"].as_array().unwrap().iter().all(|line| line["cost"].is_null()), "{shown}");
        let html = me.get(&format!("{path}/receipt")).await.ok()["html"].as_str().unwrap().to_owned();
        assert!(html.contains(order["number"].as_str().unwrap()) && !html.contains("<script"), "{html}");
        // It was no print: the till's first one is the original.
        let ask = json!({ "kind": "sale", "document": order["id"], "format": "text" });
        assert_eq!(at.cashier.post("/api/v1/receipts", &ask).await.ok()["copy"], 0);
        let path = format!("/api/v1/me/orders/{}", strange["id"].as_str().unwrap());
        me.get(&path).await.refused(404, "order_not_found");
        me.get(&format!("{path}/receipt")).await.refused(404, "order_not_found");
        assert!(!me.get("/api/v1/me/stores").await.ok().as_array().unwrap().is_empty());
    }

    /// Pay first, join then: whoever scanned the till's code has the order, once, with its points.
    async fn a_scanned_order_is_ones_own(at) {
        let member = at.member();
        let me = own(&at, &member).await;
        let order = at.sell(&at.cart(&[2, 1])).await;
        at.app.step().await;
        let code = code_of(&at, &order).await;
        me.post("/api/v1/me/claims", &json!({ "code": "SKR.x" })).await.refused(400, "receipt_code_malformed");
        let claimed = me.post_with_key("/api/v1/me/claims", "k", &json!({ "code": code })).await.ok();
        assert_eq!((&claimed["id"], &claimed["member"], &claimed["points_earned"]), (&order["id"], &member, &json!(150)));
        assert!(me.post_with_key("/api/v1/me/claims", "k", &json!({ "code": code })).await.replayed());
        me.post("/api/v1/me/claims", &json!({ "code": code })).await.refused(409, "order_claimed");
        at.app.step().await;
        assert_eq!(me.get("/api/v1/me/orders").await.ok()["items"][0]["id"], order["id"]);
        assert_eq!(at.difference().await, None);
        at.cashier.post("/api/v1/refunds", &at.back(&order, &[])).await.ok();
        assert_eq!(at.difference().await, None);
    }

    /// Of several who scan one code at once, one has the order.
    async fn one_of_many_has_the_order(at) {
        let order = at.sell(&at.cart(&[1])).await;
        let code = code_of(&at, &order).await;
        let mut people = Vec::new();
        for number in 0..6 {
            let made = at.cashier.post("/api/v1/members", &json!({ "phone": format!("1390000010{number}") })).await.ok();
            people.push(own(&at, &made["id"]).await);
        }
        let at = Arc::new(at);
        let mut running = tokio::task::JoinSet::new();
        for me in people {
            let code = code.clone();
            running.spawn(async move { me.post("/api/v1/me/claims", &json!({ "code": code })).await.status.as_u16() });
        }
        let mut found = running.join_all().await;
        found.sort_unstable();
        assert_eq!(found, [201, 409, 409, 409, 409, 409]);
        assert_eq!(at.difference().await, None);
    }
}

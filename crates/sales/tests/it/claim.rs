//! Pay, then join.

use crate::counter::{Counter, counter};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::scenario;
use std::sync::Arc;

const PATH: &str = "/api/v1/claims";

fn of(order: &Value, buyer: &Value) -> Value {
    json!({ "order": order["id"], "buyer": buyer })
}

async fn points(at: &Counter, member: &Value) -> i64 {
    at.cashier.get(&format!("/api/v1/members/{}/balances", member.as_str().unwrap())).await.ok()["points"]["balance"].as_i64().unwrap()
}

async fn spent(at: &Counter, member: &Value) -> (i64, i64) {
    while at.app.step().await > 0 {}
    let found = at.cashier.get(&format!("/api/v1/members/{}", member.as_str().unwrap())).await.ok();
    (found["orders"].as_i64().unwrap(), found["amount"].as_i64().unwrap())
}

scenario! {
    setup = counter;

    /// A claimed order is the member's as if it had been theirs, and taken back it leaves nothing behind.
    async fn a_claimed_order_is_the_members(at) {
        let member = at.member();
        let (before, bought) = (points(&at, &member).await, spent(&at, &member).await);
        let order = at.sell(&at.cart(&[2, 1])).await;
        at.app.step().await;
        let claimed = at.cashier.post(PATH, &of(&order, &json!({ "kind": "known", "member": member }))).await.ok();
        assert_eq!((&claimed["member"], &claimed["total"], &claimed["points_earned"]), (&member, &json!(15_000), &json!(150)));
        assert_eq!(points(&at, &member).await, before + 150);
        assert_eq!(spent(&at, &member).await, (bought.0 + 1, bought.1 + 15_000));
        assert_eq!(at.difference().await, None);
        let page = at.cashier.get(&format!("/api/v1/members/{}/orders", member.as_str().unwrap())).await.ok();
        assert_eq!(page["items"][0]["id"], order["id"]);

        for lines in [vec![(0, 700)], vec![(1, 1_000), (0, 300)], vec![]] {
            at.cashier.post("/api/v1/refunds", &at.back(&order, &lines)).await.ok();
            assert_eq!(at.difference().await, None);
        }
        assert_eq!(points(&at, &member).await, before);
        assert_eq!(spent(&at, &member).await, bought);
        assert_eq!(at.difference().await, None);
    }

    /// Whoever joins with an order has it at once; a phone that is known is the member who has it.
    async fn one_joins_with_an_order(at) {
        let (first, second) = (at.sell(&at.cart(&[1])).await, at.sell(&at.cart(&[1])).await);
        let join = json!({ "kind": "join", "person": { "phone": "13900000042", "name": "王小芳", "source": "pay_then_join" } });
        let claimed = at.cashier.post(PATH, &of(&first, &join)).await.ok();
        let member = claimed["member"].clone();
        assert_eq!(points(&at, &member).await, 50);
        let again = at.cashier.post(PATH, &of(&second, &join)).await.ok();
        assert_eq!(again["member"], member);
        assert_eq!(spent(&at, &member).await, (2, 10_000));
        assert_eq!(at.difference().await, None);
    }

    /// One order is claimed once, however many want it at once; a retry gets the same answer.
    async fn an_order_is_claimed_once(at) {
        let order = at.sell(&at.cart(&[1])).await;
        let at = Arc::new(at);
        let mut running = tokio::task::JoinSet::new();
        for index in 0..8 {
            let (at, order) = (at.clone(), order.clone());
            running.spawn(async move {
                let member = json!(at.stall.members[index % 3].member);
                at.cashier.post_with_key(PATH, &format!("claim-{}", index % 3), &of(&order, &json!({ "kind": "known", "member": member }))).await
            });
        }
        let replies = running.join_all().await;
        let won: Vec<&Value> = replies.iter().filter(|reply| reply.status.is_success()).map(|reply| &reply.json["member"]).collect();
        assert!(!won.is_empty() && won.iter().all(|member| *member == won[0]), "{replies:?}");
        assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
        assert!(replies.iter().all(|reply| reply.status.is_success() || reply.code() == "order_claimed"), "{replies:?}");
        assert_eq!(at.difference().await, None);
    }

    /// Not after its days, not after a refund, not of another's, not by who may not enrol.
    async fn what_cant_be_claimed(at) {
        let known = json!({ "kind": "known", "member": at.member() });
        let mut cart = at.cart(&[1]);
        cart["member"] = json!(at.stall.members[1].member);
        cart["payments"] = json!([{ "tender": "cash", "amount": 4_750 }]);
        let theirs = at.sell(&cart).await;
        at.cashier.post(PATH, &of(&theirs, &known)).await.refused(409, "order_claimed");
        let order = at.sell(&at.cart(&[2])).await;
        at.cashier.post("/api/v1/refunds", &at.back(&order, &[(0, 500)])).await.ok();
        at.cashier.post(PATH, &of(&order, &known)).await.refused(422, "order_claim_refunded");
        let old = at.sell(&at.cart(&[1])).await;
        let technician = at.app.as_token(at.stall.shop.token(Role::Technician));
        let join = json!({ "kind": "join", "person": { "phone": "13900000042" } });
        technician.post(PATH, &of(&old, &join)).await.refused(403, "permission_missing");
        at.cashier.post(PATH, &of(&old, &json!({ "kind": "known", "member": at.uuid() }))).await.refused(404, "member_not_found");
        at.owner.put("/api/v1/settings/claim", &json!({ "days": 2 })).await.ok();
        at.app.advance_days(2);
        let late = at.sell(&at.cart(&[1])).await;
        at.app.advance_days(1);
        at.cashier.post(PATH, &of(&old, &known)).await.refused(422, "order_claim_late");
        at.cashier.post(PATH, &of(&late, &known)).await.ok();
        at.owner.put("/api/v1/settings/claim", &json!({ "days": 400 })).await.refused(400, "claim_policy_invalid");
    }

    /// `verify` names a claim that isn't its order's.
    async fn a_wrong_claim_is_found(at) {
        let order = at.sell(&at.cart(&[1])).await;
        at.cashier.post(PATH, &of(&order, &json!({ "kind": "known", "member": at.member() }))).await.ok();
        assert_eq!(at.difference().await, None);
        for text in ["UPDATE order_claim SET points = points + 1 WHERE merchant_id = $1", "UPDATE order_claim SET points = points - 1, member_id = order_id WHERE merchant_id = $1"] {
            let input = (at.stall.merchant, text);
            at.app.db().write(&input, |tx, (merchant, text)| {
                Box::pin(async move { tx.exec(shuke_db::Stmt::built(*text, vec![shuke_db::ToValue::to_value(merchant)])).await })
            }).await.unwrap();
            assert!(at.difference().await.is_some_and(|found| found.starts_with("claim: ")), "{:?}", at.difference().await);
        }
    }
}

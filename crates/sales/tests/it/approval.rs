//! Refunds above the merchant's limit.

use crate::counter::counter;
use serde_json::{Value, json};
use shuke_org::fixture::PASSWORD;
use shuke_testkit::scenario;

scenario! {
    setup = counter;

    /// A large refund would go out on one person's word, whole, in small parts, or twice on one approval.
    async fn a_large_refund_needs_a_second_person(shop) {
        shop.owner.put("/api/v1/settings/approval", &json!({ "refund_limit": 8_000, "adjustment_limit": 100, "valid_minutes": 60 })).await.ok();
        let order = shop.sell(&shop.cart(&[3])).await;
        shop.cashier.post("/api/v1/refunds", &shop.back(&order, &[(0, 2_000)])).await.refused(422, "approval_needed");
        shop.cashier.post("/api/v1/refunds", &shop.back(&order, &[(0, 1_000)])).await.ok();
        let mut second = shop.back(&order, &[(0, 1_000)]);
        shop.cashier.post("/api/v1/refunds", &second).await.refused(422, "approval_needed");
        let ask = json!({ "id": shop.uuid(), "kind": "refund", "subject": order["id"], "amount": 5_000, "store": shop.stall.store, "reason": "x" });
        shop.cashier.post("/api/v1/approvals", &ask).await.ok();
        let path = format!("/api/v1/approvals/{}/decision", ask["id"].as_str().unwrap());
        shop.cashier.post(&path, &json!({ "given": true, "username": "manager", "password": PASSWORD })).await.ok();
        second["approval"] = ask["id"].clone();
        let mut third = shop.back(&order, &[(0, 1_000)]);
        third["approval"] = ask["id"].clone();
        let (a, b): (_, _) = tokio::join!(shop.cashier.post("/api/v1/refunds", &second), shop.cashier.post("/api/v1/refunds", &third));
        let mut codes = [a.code().to_owned(), b.code().to_owned()];
        codes.sort_unstable();
        assert_eq!(codes, ["", "approval_not_usable"]);
        let order: Value = shop.owner.get(&format!("/api/v1/orders/{}", order["id"].as_str().unwrap())).await.ok();
        assert_eq!(order["refunded"], 10_000);
        assert_eq!(shop.account("cash").await, 5_000);
        assert_eq!(shop.owner.get(path.trim_end_matches("/decision")).await.ok()["state"], "used");

        let adjust = format!("/api/v1/members/{}/adjustments", shop.member().as_str().unwrap());
        let body = |amount: i64| json!({ "account": "principal", "amount": amount, "reason": "x", "store": shop.stall.store });
        shop.manager.post(&adjust, &body(-101)).await.refused(422, "approval_needed");
        // Split into small parts it is the same sum, whichever way it goes; another day counts by itself.
        shop.manager.post(&adjust, &body(60)).await.ok();
        let parts = (body(-30), body(30));
        let (one, other) = tokio::join!(shop.manager.post(&adjust, &parts.0), shop.manager.post(&adjust, &parts.1));
        let mut codes = [one.code().to_owned(), other.code().to_owned()];
        codes.sort_unstable();
        assert_eq!(codes, ["", "approval_needed"]);
        let ask = json!({ "id": shop.uuid(), "kind": "adjustment", "subject": shop.member(), "amount": 500, "store": shop.stall.store, "reason": "x" });
        shop.manager.post("/api/v1/approvals", &ask).await.ok();
        shop.cashier.post(&format!("/api/v1/approvals/{}/decision", ask["id"].as_str().unwrap()), &json!({ "given": true, "username": "owner", "password": PASSWORD })).await.ok();
        let mut large = body(500);
        large["approval"] = ask["id"].clone();
        shop.manager.post(&adjust, &large).await.ok();
        shop.manager.post(&adjust, &body(10)).await.ok();
        shop.manager.post(&adjust, &body(1)).await.refused(422, "approval_needed");
        shop.app.advance_days(1);
        shop.manager.post(&adjust, &body(100)).await.ok();
        assert_eq!(shop.difference().await, None);
    }
}

//! Tax within prices and on top of them, and who sold what.

use crate::counter::{Counter, counter};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::scenario;

impl Counter {
    async fn tax(&self, mode: &str) {
        self.owner.put("/api/v1/settings/tax", &json!({ "mode": mode, "rate": 1_300 })).await.ok();
    }
    fn of_member(&self, payments: Value) -> Value {
        let mut cart = self.cart(&[1, 2]);
        cart["member"] = self.member();
        cart["payments"] = payments;
        cart
    }
}

scenario! {
    setup = counter;

    /// Tax would change the price where prices hold it, or a refund in parts would lose a cent of it.
    async fn prices_that_hold_it_stay_as_they_are(shop) {
        shop.tax("inclusive").await;
        let order = shop.sell(&shop.of_member(json!([{ "tender": "cash", "amount": 14_250 }]))).await;
        // 47.50 holds 5.46, 95.00 holds 10.93.
        assert_eq!((&order["total"], &order["tax"], &order["tax_mode"]), (&json!(14_250), &json!(546 + 1_093), &json!("inclusive")));
        let one = shop.cashier.post("/api/v1/refunds", &shop.back(&order, &[(1, 1_000)])).await.ok();
        let rest = shop.cashier.post("/api/v1/refunds", &shop.back(&order, &[])).await.ok();
        assert_eq!((one["tax"].as_i64().unwrap() + rest["tax"].as_i64().unwrap(), one["amount"].as_i64().unwrap()), (546 + 1_093, 4_750));
        assert_eq!(shop.difference().await, None);
    }

    /// Tax on top would not be asked for, would earn points, or would not come back.
    async fn what_comes_on_top_is_paid_and_comes_back(shop) {
        shop.tax("exclusive").await;
        let lines = shop.cart(&[1, 2])["lines"].clone();
        let quote = shop.cashier.post("/api/v1/quotes", &json!({ "store": shop.stall.store, "member": shop.member(), "lines": lines })).await.ok();
        // 47.50 and 95.00 take 6.18 (6.175) and 12.35 of tax.
        assert_eq!((&quote["quote"]["total"], &quote["payable"], &quote["tax"]), (&json!(14_250), &json!(16_103), &json!(1_853)));
        shop.cashier.post("/api/v1/orders", &shop.of_member(json!([{ "tender": "cash", "amount": 14_250 }]))).await.refused(422, "payments_mismatch");
        let balances = format!("/api/v1/members/{}/balances", shop.member().as_str().unwrap());
        let before = shop.owner.get(&balances).await.ok();
        let order = shop.sell(&shop.of_member(json!([{ "tender": "cash", "amount": 6_103 }, { "tender": "wallet", "amount": 10_000 }]))).await;
        assert_eq!(order["total"], 16_103);
        assert_eq!(quote["earns"]["points"], 142, "points are earned without the tax");
        let asked = shop.cashier.post("/api/v1/refund-quotes", &json!({ "order": order["id"], "lines": [{ "line": 0, "quantity_milli": 1_000 }] })).await.ok();
        assert_eq!((&asked["amount"], &asked["tax"]), (&json!(4_750 + 618), &json!(618)));
        let one = shop.cashier.post("/api/v1/refunds", &shop.back(&order, &[(0, 1_000)])).await.ok();
        assert_eq!((&one["amount"], &one["payments"]), (&asked["amount"], &asked["payments"]));
        shop.cashier.post("/api/v1/refunds", &shop.back(&order, &[])).await.ok();
        assert_eq!(shop.owner.get(&balances).await.ok(), before);
        assert_eq!((shop.account("cash").await, shop.account("revenue").await), (0, 0));
        assert_eq!(shop.difference().await, None);
        shop.tamper("UPDATE sales_order SET tax = tax + 1").await;
        assert!(shop.difference().await.unwrap().starts_with("order"), "verify sees no tax");
    }

    /// A sale would be credited to nobody, or to somebody of another store.
    async fn who_sold_a_line_is_kept(shop) {
        let technician = json!(shop.stall.shop.person(Role::Technician).unwrap().id);
        let mut cart = shop.cart(&[1, 1]);
        cart["lines"][1]["seller"] = technician.clone();
        let order = shop.sell(&cart).await;
        let shown = shop.owner.get(&format!("/api/v1/orders/{}", order["id"].as_str().unwrap())).await.ok();
        assert_eq!((&shown["lines"][0]["seller"], &shown["lines"][1]["seller"]), (&Value::Null, &technician));
        cart["id"] = json!(shop.uuid());
        cart["lines"][0]["seller"] = json!(shop.uuid());
        shop.cashier.post("/api/v1/orders", &cart).await.refused(422, "staff_unknown");
        cart["lines"][0]["seller"] = technician;
        cart["store"] = json!(shop.stall.shop.other_store);
        shop.owner.post("/api/v1/orders", &cart).await.refused(422, "staff_unknown");
    }
}

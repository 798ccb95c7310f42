//! Walls inside a merchant: staff bound to a store, and those who were revoked.

use super::{Given, two_merchants};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::{TestApp, scenario};

impl Given {
    fn role(&self, role: Role) -> TestApp {
        self.app.as_session(self.ours.stall.shop.session(role))
    }
    /// A sale in the second store, where nobody but the owner works.
    async fn sold_elsewhere(&self) -> (Value, String) {
        let id = self.ours.stall.shop.cx(&self.app.app).uuid().to_string();
        let mut cart = self.ours.cart(&id);
        cart["store"] = self.ours.things["other_store"].clone();
        let lines = json!([{ "variant": self.ours.things["variant"], "quantity_milli": 10_000 }]);
        let receipt = json!({ "store": self.ours.things["other_store"], "lines": lines });
        self.ours.owner.post("/api/v1/stock/receipts", &receipt).await.ok();
        self.ours.owner.post("/api/v1/orders", &cart).await.ok();
        cart["id"] = json!(self.ours.stall.shop.cx(&self.app.app).uuid());
        (cart, id)
    }
}

scenario! {
    setup = two_merchants;

    /// Staff of one store would sell, receive, take back or look in another.
    async fn staff_stay_in_their_store(given) {
        let (cart, sold) = given.sold_elsewhere().await;
        let (cashier, manager) = (given.role(Role::Cashier), given.role(Role::Manager));
        let things = &given.ours.things;
        let other = &things["other_store"];
        let here = json!(given.ours.stall.shop.store);
        cashier.post("/api/v1/orders", &cart).await.refused(403, "store_not_yours");
        let quote = json!({ "store": other, "lines": cart["lines"] });
        cashier.post("/api/v1/quotes", &quote).await.refused(403, "store_not_yours");
        let refund = json!({ "id": cart["id"], "order": sold, "reason": "x" });
        cashier.post("/api/v1/refunds", &refund).await.refused(404, "order_not_found");
        cashier.get(&format!("/api/v1/orders/{sold}")).await.refused(404, "order_not_found");
        cashier.get(&format!("/api/v1/orders/{sold}/refunds")).await.refused(404, "order_not_found");
        let top_up = json!({ "id": cart["id"], "member": things["member"], "store": other, "amount": 100, "tender": "cash" });
        cashier.post("/api/v1/top-ups", &top_up).await.refused(403, "store_not_yours");
        cashier.post("/api/v1/members", &json!({ "name": "x", "store": other })).await.refused(403, "store_not_yours");
        assert!(!cashier.get("/api/v1/orders").await.ok().to_string().contains(&sold));
        assert!(given.ours.owner.get("/api/v1/orders").await.ok().to_string().contains(&sold));

        let (other_text, variant) = (given.ours.text("other_store"), given.ours.text("variant"));
        for path in [
            format!("/api/v1/orders?store={other_text}"),
            format!("/api/v1/stock?store={other_text}"),
            format!("/api/v1/stock/movements?store={other_text}&variant={variant}"),
            format!("/api/v1/reports/sold?store={other_text}"),
            format!("/api/v1/reports/liability?store={other_text}"),
            format!("/api/v1/settlements?store={other_text}"),
            format!("/api/v1/follow-ups?store={other_text}"),
            format!("/api/v1/follow-ups/counts?store={other_text}"),
            "/api/v1/reports/prepaid".to_owned(),
            format!("/api/v1/ledger/accounts?from=2026-11-01&to=2026-11-30&store={other_text}"),
        ] {
            manager.get(&path).await.refused(403, "store_not_yours");
        }
        let line = |field: &str| json!([{ "variant": variant, field: 1_000 }]);
        for (path, body) in [
            ("receipts", json!({ "store": other, "lines": line("quantity_milli") })),
            ("counts", json!({ "store": other, "lines": line("counted_milli") })),
            ("adjustments", json!({ "store": other, "reason": "correction", "note": "x", "lines": line("delta_milli") })),
            ("transfers", json!({ "from_store": here, "to_store": other, "lines": line("quantity_milli") })),
            ("transfers", json!({ "from_store": other, "to_store": here, "lines": line("quantity_milli") })),
        ] {
            manager.post(&format!("/api/v1/stock/{path}"), &body).await.refused(403, "store_not_yours");
        }
        let price = format!("/api/v1/variants/{variant}/prices/{other_text}");
        manager.put(&price, &json!({ "price": 1 })).await.refused(403, "store_not_yours");
        manager.delete(&price).await.refused(403, "store_not_yours");
        let adjustment = json!({ "account": "points", "amount": 10, "reason": "x", "store": other });
        manager.post(&format!("/api/v1/members/{}/adjustments", given.ours.text("member")), &adjustment).await.refused(403, "store_not_yours");
        given.ours.owner.post("/api/v1/orders", &cart).await.ok();
    }

    /// Who was dismissed would go on selling until their session ends.
    async fn who_is_revoked_is_out_at_once(given) {
        let (owner, cashier) = (&given.ours.owner, given.role(Role::Cashier));
        let quote = json!({ "store": given.ours.things["store"], "lines": [{ "variant": given.ours.things["variant"], "quantity_milli": 1_000 }] });
        cashier.post("/api/v1/quotes", &quote).await.ok();
        let path = format!("/api/v1/staff/{}", given.ours.text("cashier"));
        let as_now = |role: &str, stores: Value, active: bool| json!({ "name": "王芳", "role": role, "stores": stores, "active": active });

        owner.put(&path, &as_now("cashier", json!([given.ours.things["other_store"]]), true)).await.ok();
        cashier.post("/api/v1/quotes", &quote).await.refused(403, "store_not_yours");
        owner.put(&path, &as_now("analyst", Value::Null, true)).await.ok();
        cashier.post("/api/v1/quotes", &quote).await.refused(403, "permission_missing");
        owner.put(&path, &as_now("cashier", Value::Null, true)).await.ok();
        cashier.post("/api/v1/quotes", &quote).await.ok();
        owner.put(&path, &as_now("cashier", Value::Null, false)).await.ok();
        assert_eq!(cashier.post("/api/v1/quotes", &quote).await.status, 401);
        assert_eq!(cashier.get("/api/v1/session").await.status, 401);

        let key = owner.post("/api/v1/api-keys", &json!({ "name": "x", "scopes": ["sale:write"] })).await.ok();
        let program = owner.as_token(key["token"].as_str().unwrap());
        program.post("/api/v1/quotes", &quote).await.ok();
        owner.delete(&format!("/api/v1/api-keys/{}", key["key"]["id"].as_str().unwrap())).await.ok();
        assert_eq!(program.post("/api/v1/quotes", &quote).await.status, 401);

        let manager = given.role(Role::Manager);
        manager.get("/api/v1/session").await.ok();
        let id = given.ours.stall.shop.person(Role::Manager).unwrap().id;
        owner.put(&format!("/api/v1/staff/{id}/password"), &json!({ "password": "another horse" })).await.ok();
        assert_eq!(manager.get("/api/v1/session").await.status, 401, "a password that was reset leaves the thief signed in");
    }

    /// Nobody could give away more than they hold, or lock the last owner out.
    async fn nobody_rises_above_themselves(given) {
        let key = given.ours.owner.post("/api/v1/api-keys", &json!({ "name": "x", "scopes": ["key:write", "staff:write", "staff:read"] })).await.ok();
        let program = given.app.as_token(key["token"].as_str().unwrap());
        let wish = json!({ "name": "more", "scopes": ["sale:refund"] });
        program.post("/api/v1/api-keys", &wish).await.refused(422, "scope_not_held");
        given.role(Role::Manager).post("/api/v1/api-keys", &wish).await.refused(403, "permission_missing");
    }
}

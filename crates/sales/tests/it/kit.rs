//! Kits take the stock of their parts, and give it back.

use crate::counter::{Counter, counter};
use serde_json::{Value, json};
use shuke_testkit::scenario;

impl Counter {
    /// A kit of one piece of the first variant and two of the second for 120.00; answers its variant.
    async fn kit(&self) -> Value {
        let variant = json!({ "sku": "KIT", "price": 12_000, "track_stock": false });
        let product = self.owner.post("/api/v1/products", &json!({ "name": "套装", "kind": "goods", "variants": [variant] })).await.ok();
        let id = product["variants"][0]["id"].clone();
        let part = |index: usize, quantity: i64| json!({ "variant": self.stall.variants[index], "quantity_milli": quantity });
        let path = format!("/api/v1/variants/{}/kit", id.as_str().unwrap());
        let kit = self.owner.put(&path, &json!({ "parts": [part(0, 1_000), part(1, 2_000)] })).await.ok();
        assert_eq!(self.owner.get(&path).await.ok(), kit);
        id
    }
    async fn hands(&self) -> Vec<i64> {
        let page = self.owner.get(&format!("/api/v1/stock?store={}&limit=200", self.stall.store)).await.ok();
        let of = |variant| {
            page["items"].as_array().unwrap().iter().find(|row| row["variant"] == json!(variant)).unwrap()["on_hand_milli"]
                .as_i64()
                .unwrap()
        };
        self.stall.variants.iter().map(of).collect()
    }
}

scenario! {
    setup = counter;

    /// A kit would be sold from nothing, its price would be lost between its parts, or a return would leave a part behind.
    async fn parts_are_taken_and_come_back(shop) {
        let before = shop.hands().await;
        let kit = shop.kit().await;
        let mut cart = shop.cart(&[]);
        cart["lines"] = json!([{ "variant": kit, "quantity_milli": 3_000 }]);
        cart["payments"] = json!([{ "tender": "cash", "amount": 36_000 }]);
        let quote = shop.cashier.post("/api/v1/quotes", &json!({ "store": shop.stall.store, "lines": cart["lines"] })).await.ok();
        assert_eq!(quote["goods"][0]["on_hand_milli"], before[1] / 2_000 * 1_000, "as many kits as the scarcer part suffices for");
        let of = |at: usize| quote["goods"][0]["parts"][at]["quantity_milli"].as_i64();
        assert_eq!((of(0), of(1), of(2)), (Some(1_000), Some(2_000), None), "a cart shows what a kit is made of");
        let order = shop.sell(&cart).await;
        let part = |index: usize| &order["lines"][0]["parts"][index];
        assert_eq!((part(0)["share"].as_i64(), part(1)["share"].as_i64()), (Some(12_000), Some(24_000)));
        assert_eq!((part(0)["quantity_milli"].as_i64(), part(1)["quantity_milli"].as_i64()), (Some(3_000), Some(6_000)));
        assert!(part(0)["cost"].is_null(), "a cashier sees what a part cost");
        let mut left = before.clone();
        (left[0], left[1]) = (left[0] - 3_000, left[1] - 6_000);
        assert_eq!(shop.hands().await, left);
        shop.cashier.post("/api/v1/refunds", &shop.back(&order, &[(0, 1_000)])).await.ok();
        shop.cashier.post("/api/v1/refunds", &shop.back(&order, &[])).await.ok();
        assert_eq!(shop.hands().await, before);
        cart["id"] = json!(shop.uuid());
        cart["lines"][0]["quantity_milli"] = json!(1_500);
        cart["payments"][0]["amount"] = json!(18_000);
        shop.cashier.post("/api/v1/orders", &cart).await.refused(422, "kit_not_whole");
        assert_eq!(shop.difference().await, None);
        shop.tamper("UPDATE order_line SET parts = REPLACE(parts, '12000', '12001')").await;
        assert!(shop.difference().await.unwrap().starts_with("kit: "), "verify sees no kit");
    }

    /// The last part would be sold twice, or a kit would hold itself.
    async fn a_kit_needs_its_parts(shop) {
        let kit = shop.kit().await;
        let path = format!("/api/v1/variants/{}/kit", kit.as_str().unwrap());
        let of = |variant: &Value| json!({ "parts": [{ "variant": variant, "quantity_milli": 1_000 }] });
        shop.owner.put(&path, &of(&kit)).await.refused(422, "kit_nested");
        let variant = |index: usize| json!(shop.stall.variants[index]);
        shop.owner.put(&format!("/api/v1/variants/{}/kit", shop.stall.variants[0]), &of(&variant(2))).await.refused(422, "kit_counted");
        let outer = shop.owner.post("/api/v1/products", &json!({ "name": "大套装", "kind": "goods", "variants": [{ "sku": "OUTER", "price": 1, "track_stock": false }] })).await.ok();
        let outer = format!("/api/v1/variants/{}/kit", outer["variants"][0]["id"].as_str().unwrap());
        shop.owner.put(&outer, &of(&kit)).await.refused(422, "kit_nested");
        shop.owner.put(&outer, &of(&json!(shop.uuid()))).await.refused(422, "kit_part_unknown");
        // Three pieces of the second part are left: one kit can be sold, and of two at once one is.
        let counted = json!([{ "variant": variant(1), "counted_milli": 3_000 }]);
        shop.owner.post("/api/v1/stock/counts", &json!({ "store": shop.stall.store, "lines": counted })).await.ok();
        let cart = || {
            let mut cart = shop.cart(&[]);
            cart["lines"] = json!([{ "variant": kit, "quantity_milli": 1_000 }]);
            cart["payments"] = json!([{ "tender": "cash", "amount": 12_000 }]);
            cart
        };
        let (one, two) = (cart(), cart());
        let (a, b) = tokio::join!(shop.cashier.post("/api/v1/orders", &one), shop.cashier.post("/api/v1/orders", &two));
        let mut codes = [a.code().to_owned(), b.code().to_owned()];
        codes.sort_unstable();
        assert_eq!(codes, ["", "stock_insufficient"]);
        assert_eq!(shop.difference().await, None);
    }
}

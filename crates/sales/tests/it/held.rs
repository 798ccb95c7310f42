//! Held carts: resumed once, and gone at night.

use crate::counter::{Counter, counter};
use serde_json::{Value, json};
use shuke_testkit::scenario;

impl Counter {
    async fn hold(&self) -> Value {
        let ask = json!({
            "id": self.uuid(), "store": self.stall.store, "label": "红衣服的先生",
            "cart": { "member": self.member(), "lines": self.cart(&[1, 2])["lines"] },
        });
        self.cashier.post("/api/v1/held-carts", &ask).await.ok()
    }
    async fn waiting(&self) -> usize {
        let page = self.cashier.get(&format!("/api/v1/held-carts?store={}", self.stall.store)).await.ok();
        page["items"].as_array().unwrap().len()
    }
}

fn resume(held: &Value) -> String {
    format!("/api/v1/held-carts/{}/resume", held["id"].as_str().unwrap())
}

scenario! {
    setup = counter;

    /// Two tills would sell one customer's cart twice.
    async fn one_till_goes_on_with_it(shop) {
        let held = shop.hold().await;
        assert_eq!(shop.waiting().await, 1);
        let (path, nothing) = (resume(&held), json!({}));
        let (a, b) = tokio::join!(shop.cashier.post(&path, &nothing), shop.manager.post(&path, &nothing));
        let mut codes = [a.code().to_owned(), b.code().to_owned()];
        codes.sort_unstable();
        assert_eq!(codes, ["", "held_cart_gone"]);
        let won = if a.status.is_success() { a.ok() } else { b.ok() };
        assert_eq!((&won["cart"], &won["state"]), (&held["cart"], &json!("resumed")));
        assert_eq!(shop.waiting().await, 0);

        let other = shop.hold().await;
        shop.cashier.delete(&format!("/api/v1/held-carts/{}", other["id"].as_str().unwrap())).await.ok();
        shop.cashier.post(&resume(&other), &json!({})).await.refused(409, "held_cart_gone");
        let mut empty = json!({ "id": shop.uuid(), "store": shop.stall.store, "cart": { "lines": [] } });
        shop.cashier.post("/api/v1/held-carts", &empty).await.refused(400, "cart_empty");
        empty["store"] = json!(shop.stall.shop.other_store);
        shop.cashier.post("/api/v1/held-carts", &empty).await.refused(403, "store_not_yours");
    }

    /// A cart of yesterday would be sold at today's counter, or pile up for ever.
    async fn it_ends_with_the_day(shop) {
        let held = shop.hold().await;
        let cx = shop.stall.shop.cx(&shop.app.app);
        assert_eq!(shuke_sales::midnight(shop.app.db(), &cx).await.unwrap(), 0);
        // 10:00 in Shanghai: the day has fourteen hours left.
        shop.app.advance_ms(14 * 3_600_000 - 1);
        assert_eq!(shop.waiting().await, 1);
        shop.app.advance_ms(1);
        assert_eq!(shop.waiting().await, 0);
        shop.cashier.post(&resume(&held), &json!({})).await.refused(409, "held_cart_gone");
        let cx = shop.stall.shop.cx(&shop.app.app);
        assert_eq!(shuke_sales::midnight(shop.app.db(), &cx).await.unwrap(), 1);
        shop.cashier.post(&resume(&held), &json!({})).await.refused(404, "held_cart_not_found");
    }
}

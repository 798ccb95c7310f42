//! A new store is ready to sell: the server's own worker opens stock for what the shop has.

use crate::till::{Shop, plain, shop_of};
use serde_json::json;
use shuke_sales::fixture::Size;
use shuke_testkit::{Kind, scenario};

async fn shop(kind: Kind) -> Shop {
    shop_of(kind, &Size { members: 1, variants: 2, ..Size::default() }).await
}

scenario! {
    setup = shop;

    /// A new store would not be able to sell anything, nor see that it has nothing.
    async fn a_new_store_keeps_stock(shop) {
        let store = shop.owner.post("/api/v1/stores", &json!({ "name": "浦东店" })).await.ok()["id"].clone();
        shop.app.step().await;
        let path = format!("/api/v1/stock?store={}", store.as_str().unwrap());
        let rows = shop.owner.get(&path).await.ok();
        assert_eq!(rows["items"].as_array().map(Vec::len), Some(2), "{rows}");
        let mut cart = plain(shop.cx().id(), &shop.stall, shop.stall.variants[0], 1);
        cart.store = serde_json::from_value(store.clone()).unwrap();
        shop.owner.post("/api/v1/orders", &cart).await.refused(422, "stock_insufficient");
        let lines = json!([{ "variant": cart.lines[0].variant, "quantity_milli": 1_000 }]);
        shop.owner.post("/api/v1/stock/receipts", &json!({ "store": store, "lines": lines })).await.ok();
        shop.owner.post("/api/v1/orders", &cart).await.ok();
    }

    /// A sale would be booked on a till that stands elsewhere, or nowhere.
    async fn a_sale_names_a_till_of_its_store(shop) {
        let mut cart = plain(shop.cx().id(), &shop.stall, shop.stall.variants[0], 1);
        cart.till = Some(shop.stall.shop.other_till.0);
        shop.owner.post("/api/v1/orders", &cart).await.refused(422, "till_elsewhere");
        cart.till = Some(shop.cx().uuid());
        shop.owner.post("/api/v1/orders", &cart).await.refused(404, "till_not_found");
        // One that was entered a moment ago is known at once.
        let draft = json!({ "name": "二号", "store": shop.stall.store });
        cart.till = Some(serde_json::from_value(shop.owner.post("/api/v1/tills", &draft).await.ok()["id"].clone()).unwrap());
        shop.owner.post("/api/v1/orders", &cart).await.ok();
    }
}

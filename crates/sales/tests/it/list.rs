//! Lists of orders: of all stores together, and found by number or by whose they are.

use crate::desk::{Desk, desk};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_testkit::scenario;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The orders that a query lists, page by page, by id.
async fn listed(desk: &Desk, query: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = desk.owner.get(&format!("/api/v1/orders?limit=2&{query}{cursor}")).await.ok();
        seen.extend(page["items"].as_array().unwrap().iter().map(|order| text(&order["id"]).to_owned()));
        match page.get("next") {
            Some(next) => cursor = format!("&cursor={}", text(next)),
            None => return seen,
        }
    }
}

/// Five orders, a second apart: the stores in turns, the first two members in turns, the last to nobody. Newest first.
async fn sold(desk: &Desk) -> Vec<Value> {
    let (store, other) = (json!(desk.stall.store), json!(desk.stall.shop.other_store));
    let lines = json!([{ "variant": desk.stall.variants[0], "quantity_milli": 100_000 }]);
    desk.owner.post("/api/v1/stock/receipts", &json!({ "store": other, "supplier": "供应商", "lines": lines })).await.ok();
    let mut orders = Vec::new();
    for turn in 0..5 {
        desk.app.advance_ms(1_000);
        let mut cart = desk.cart(desk.member(turn % 2), 1, 0);
        cart["store"] = if turn % 2 == 0 { store.clone() } else { other.clone() };
        if turn == 4 {
            cart["member"] = Value::Null;
            cart["payments"][0]["amount"] = json!(5_000);
        }
        orders.insert(0, desk.post_cart(&cart).await.ok());
    }
    orders
}

fn ids(orders: &[Value], places: &[usize]) -> Vec<String> {
    places.iter().map(|place| text(&orders[*place]["id"]).to_owned()).collect()
}

scenario! {
    setup = desk;

    /// All stores together come newest first, page by page; a store alone likewise.
    async fn stores_are_merged(desk) {
        let orders = sold(&desk).await;
        assert_eq!(listed(&desk, "").await, ids(&orders, &[0, 1, 2, 3, 4]));
        assert_eq!(listed(&desk, &format!("store={}", desk.stall.store)).await, ids(&orders, &[0, 2, 4]));
        let today = text(&orders[0]["date"]).to_owned();
        assert_eq!(listed(&desk, &format!("from={today}&to={today}")).await, ids(&orders, &[0, 1, 2, 3, 4]));
        assert!(listed(&desk, "from=2099-01-01").await.is_empty());
        assert!(listed(&desk, "to=1999-01-01").await.is_empty());
    }

    /// An order is found by its number, by the number's beginning, and by whose it is.
    async fn an_order_is_found_by_number_and_member(desk) {
        let orders = sold(&desk).await;
        let number = text(&orders[1]["number"]).to_owned();
        assert_eq!(listed(&desk, &format!("q={number}")).await, ids(&orders, &[1]));
        assert_eq!(listed(&desk, &format!("q={}", &number[..12])).await, ids(&orders, &[1]));
        assert_eq!(listed(&desk, &format!("q={}", &number[..6])).await.len(), 5);
        let other = if number.ends_with('0') { "1" } else { "0" };
        assert!(listed(&desk, &format!("q={}{other}", &number[..15])).await.is_empty());
        for q in ["13900000000", "139%200000%200000", "0000", "%E7%8E%8B%E5%B0%8F0"] {
            assert_eq!(listed(&desk, &format!("q={q}")).await, ids(&orders, &[2, 4]), "{q}");
        }
        assert_eq!(listed(&desk, "q=wx").await, ids(&orders, &[1, 2, 3, 4]));
        assert_eq!(listed(&desk, &format!("q=wx&store={}", desk.stall.store)).await, ids(&orders, &[2, 4]));
        assert!(listed(&desk, "q=13700000000").await.is_empty());
        assert_eq!(listed(&desk, &format!("q={number}&store={}", desk.stall.store)).await, Vec::<String>::new());
        let (first, second) = (desk.member(0), desk.member(1));
        assert_eq!(listed(&desk, &format!("q={}&member={second}", &number[..6])).await, ids(&orders, &[1, 3]));
        assert!(listed(&desk, &format!("q={number}&member={first}")).await.is_empty());
        assert_eq!(listed(&desk, &format!("q=wx&member={first}")).await, ids(&orders, &[2, 4]));
        assert!(listed(&desk, &format!("q={}&to=1999-01-01", &number[..6])).await.is_empty());
        assert!(listed(&desk, "q=wx&from=2099-01-01").await.is_empty());
    }

    /// Who may not see a phone finds no order by it; a number is nobody's secret.
    async fn phones_find_nothing_for_those_who_see_none(desk) {
        let orders = sold(&desk).await;
        let analyst = desk.app.as_token(desk.stall.shop.token(Role::Analyst));
        let store = desk.stall.store;
        let found = analyst.get(&format!("/api/v1/orders?store={store}&q=13900000000")).await.ok();
        assert_eq!(found["items"], json!([]));
        let found = analyst.get(&format!("/api/v1/orders?store={store}&q={}", text(&orders[2]["number"]))).await.ok();
        assert_eq!(found["items"][0]["id"], orders[2]["id"]);
        assert_eq!((&found["items"][0]["buyer"]["name"], &found["items"][0]["buyer"]["phone"]), (&Value::Null, &Value::Null));
    }

    /// The list says whose an order is, as far as the role sees it; nobody's is nobody's.
    async fn a_list_says_whose_its_orders_are(desk) {
        sold(&desk).await;
        let page = desk.owner.get("/api/v1/orders").await.ok();
        let names: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|order| &order["buyer"]["name"]).collect();
        assert_eq!(names, [&Value::Null, &json!("王*1"), &json!("王*0"), &json!("王*1"), &json!("王*0")]);
        let cashier = desk.app.as_token(desk.stall.shop.token(Role::Cashier));
        let seen = cashier.get(&format!("/api/v1/orders?store={}", desk.stall.store)).await.ok();
        let buyer = &seen["items"][1]["buyer"];
        assert_eq!((text(&buyer["id"]), text(&buyer["phone"])), (desk.member(0).to_string().as_str(), "139****0000"));
    }
}

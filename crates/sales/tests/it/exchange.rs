//! Goods for goods: both halves or neither, and every later refund exact.

use crate::counter::{Counter, counter};
use serde_json::{Value, json};
use shuke_testkit::scenario;

impl Counter {
    fn swap(&self, order: &Value, lines: &[(i64, i64)], sale: Value) -> Value {
        json!({ "id": self.uuid(), "refund": self.back(order, lines), "sale": sale })
    }
    async fn on_hand(&self, index: usize) -> i64 {
        let page = self.owner.get(&format!("/api/v1/stock?store={}&limit=200", self.stall.store)).await.ok();
        let of = |row: &&Value| row["variant"] == json!(self.stall.variants[index]);
        page["items"].as_array().unwrap().iter().find(of).unwrap()["on_hand_milli"].as_i64().unwrap()
    }
}

scenario! {
    setup = counter;

    /// The difference would be taken or given twice, or a refund of the new goods would miss what was carried.
    async fn the_difference_moves_and_nothing_else(shop) {
        let (first, second) = (shop.on_hand(0).await, shop.on_hand(1).await);
        let order = shop.sell(&shop.cart(&[2])).await;
        // One piece of 50.00 comes back, two others of 100.00 go out: 50.00 on top by WeChat Pay.
        let mut sale = shop.cart(&[0, 2]);
        sale["payments"] = json!([{ "tender": "wechat_pay", "amount": 5_000 }]);
        let mut wrong = shop.swap(&order, &[(0, 1_000)], sale.clone());
        wrong["sale"]["payments"] = json!([]);
        shop.cashier.post("/api/v1/exchanges", &wrong).await.refused(422, "difference_mismatch");
        assert_eq!(shop.on_hand(0).await, first - 2_000, "a refused exchange took something back");
        let ask = shop.swap(&order, &[(0, 1_000)], sale);
        let made = shop.cashier.post("/api/v1/exchanges", &ask).await.ok();
        assert_eq!((&made["exchange"]["carried"], &made["exchange"]["paid"], &made["exchange"]["given_back"]), (&json!(5_000), &json!(5_000), &json!(0)));
        let tenders: Vec<(&str, i64)> = made["order"]["payments"].as_array().unwrap().iter()
            .map(|payment| (payment["tender"].as_str().unwrap(), payment["amount"].as_i64().unwrap())).collect();
        assert_eq!(tenders, [("cash", 5_000), ("wechat_pay", 5_000)]);
        assert_eq!((shop.on_hand(0).await, shop.on_hand(1).await), (first - 1_000, second - 2_000));
        assert_eq!((shop.account("cash").await, shop.account("wechat_pay").await), (10_000, 5_000));
        let id = ask["id"].as_str().unwrap();
        let shown = shop.cashier.get(&format!("/api/v1/exchanges/{id}")).await.ok();
        let listed = shop.cashier.get(&format!("/api/v1/orders/{}/exchanges", order["id"].as_str().unwrap())).await.ok();
        assert_eq!((&shown, &listed), (&made["exchange"], &json!([made["exchange"]])));

        // The new goods are exchanged for cheaper ones: half of each tender goes back.
        let cheaper = shop.swap(&made["order"], &[], shop.cart(&[1]));
        let mut cheaper = cheaper;
        cheaper["sale"]["payments"] = json!([]);
        let last = shop.cashier.post("/api/v1/exchanges", &cheaper).await.ok();
        assert_eq!(last["given_back"], json!([{ "tender": "cash", "amount": 2_500, "refunded": 0 }, { "tender": "wechat_pay", "amount": 2_500, "refunded": 0 }]));
        for order in [&order, &last["order"]] {
            shop.cashier.post("/api/v1/refunds", &shop.back(order, &[])).await.ok();
        }
        assert_eq!((shop.on_hand(0).await, shop.on_hand(1).await), (first, second));
        assert_eq!((shop.account("cash").await, shop.account("wechat_pay").await, shop.account("revenue").await), (0, 0, 0));
        assert_eq!(shop.difference().await, None);
        shop.tamper("UPDATE exchange SET carried = carried + 1, paid = paid - 1 WHERE given_back = 0").await;
        assert!(shop.difference().await.unwrap().starts_with("exchange: "), "verify sees no exchange");
    }

    /// Prepaid value would come back as cash, or points and bonus would be earned twice.
    async fn prepaid_value_goes_back_to_its_lots(shop) {
        let member = shop.member();
        let balances = format!("/api/v1/members/{}/balances", member.as_str().unwrap());
        let before = shop.owner.get(&balances).await.ok();
        let mut cart = shop.cart(&[2]);
        cart["member"] = member.clone();
        cart["payments"] = json!([{ "tender": "wallet", "amount": 9_500 }]);
        let order = shop.sell(&cart).await;
        let mut sale = shop.cart(&[0, 1]);
        sale["member"] = member.clone();
        sale["payments"] = json!([]);
        let mut other = sale.clone();
        other["member"] = json!(shop.stall.members[1].member);
        shop.cashier.post("/api/v1/exchanges", &shop.swap(&order, &[], other)).await.refused(422, "exchange_member_other");
        let made = shop.cashier.post("/api/v1/exchanges", &shop.swap(&order, &[], sale)).await.ok();
        assert_eq!((&made["exchange"]["carried"], &made["exchange"]["given_back"]), (&json!(4_750), &json!(4_750)));
        shop.cashier.post("/api/v1/refunds", &shop.back(&made["order"], &[])).await.ok();
        assert_eq!(shop.owner.get(&balances).await.ok(), before);
        assert_eq!(shop.difference().await, None);
    }

    /// One piece that is left would be exchanged twice at once, or two exchanges would take one line back twice.
    async fn two_exchanges_of_one_line_follow_each_other(shop) {
        let order = shop.sell(&shop.cart(&[1])).await;
        let ask = || {
            let mut sale = shop.cart(&[0, 1]);
            sale["payments"] = json!([]);
            shop.swap(&order, &[(0, 1_000)], sale)
        };
        let (one, two) = (ask(), ask());
        let (a, b) = tokio::join!(shop.cashier.post("/api/v1/exchanges", &one), shop.cashier.post("/api/v1/exchanges", &two));
        let mut codes = [a.code().to_owned(), b.code().to_owned()];
        codes.sort_unstable();
        assert_eq!(codes, ["", "refund_line_invalid"]);
        assert_eq!(shop.difference().await, None);
    }
}

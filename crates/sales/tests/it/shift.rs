//! Shifts: what belongs to one, what the drawer should hold, and that each can be closed.

use crate::counter::{Counter, counter};
use serde_json::{Value, json};
use shuke_testkit::{Reply, TestApp, scenario};

impl Counter {
    async fn shifts(&self, mode: &str) {
        self.owner.put("/api/v1/settings/shift", &json!({ "mode": mode, "blind": true })).await.ok();
    }
    fn till(&self) -> Value {
        json!(self.stall.shop.till)
    }
    async fn open(&self, client: &TestApp, opening: i64) -> String {
        let ask = json!({ "id": self.uuid(), "till": self.till(), "opening": opening });
        client.post("/api/v1/shifts", &ask).await.ok()["id"].as_str().unwrap().to_owned()
    }
    fn at_till(&self, pieces: &[i64]) -> Value {
        let mut cart = self.cart(pieces);
        cart["till"] = self.till();
        cart
    }
    async fn close(&self, client: &TestApp, shift: &str, counted: Option<i64>, deposit: i64) -> Reply {
        client.post(&format!("/api/v1/shifts/{shift}/close"), &json!({ "counted": counted, "deposit": deposit })).await
    }
    async fn report(&self, client: &TestApp, shift: &str) -> Value {
        client.get(&format!("/api/v1/shifts/{shift}")).await.ok()
    }
}

fn row<'v>(report: &'v Value, tender: &str) -> &'v Value {
    report["tenders"].as_array().unwrap().iter().find(|row| row["tender"] == tender).unwrap_or(&Value::Null)
}

scenario! {
    setup = counter;

    /// The drawer would not hold what the report says, or the difference would vanish.
    async fn what_came_and_went_is_what_should_be_there(shop) {
        shop.cashier.post("/api/v1/shifts", &json!({ "id": shop.uuid(), "till": shop.till(), "opening": 0 })).await.refused(422, "shifts_off");
        shop.shifts("optional").await;
        let shift = shop.open(&shop.cashier, 20_000).await;
        shop.cashier.post("/api/v1/shifts", &json!({ "id": shop.uuid(), "till": shop.till(), "opening": 0 })).await.refused(409, "shift_open");
        let order = shop.sell(&shop.at_till(&[2])).await;
        let mut prepaid = shop.at_till(&[1]);
        prepaid["member"] = shop.member();
        prepaid["payments"] = json!([{ "tender": "wallet", "amount": 4_750 }]);
        shop.sell(&prepaid).await;
        shop.sell(&shop.cart(&[7])).await;
        let mut refund = shop.back(&order, &[(0, 1_000)]);
        refund["till"] = shop.till();
        shop.cashier.post("/api/v1/refunds", &refund).await.ok();
        let top_up = json!({ "id": shop.uuid(), "member": shop.member(), "store": shop.stall.store, "amount": 30_000, "tender": "cash", "till": shop.till() });
        shop.cashier.post("/api/v1/top-ups", &top_up).await.ok();
        let move_cash = |direction: &str, amount: i64| json!({ "id": shop.uuid(), "direction": direction, "amount": amount, "reason": "买水" });
        let cash = format!("/api/v1/shifts/{shift}/cash");
        shop.cashier.post(&cash, &move_cash("in", 1_000)).await.ok();
        shop.cashier.post(&cash, &move_cash("out", 500)).await.ok();
        shop.cashier.post(&cash, &move_cash("out", 60_000)).await.refused(422, "drawer_short");

        let blind = shop.report(&shop.cashier, &shift).await;
        assert!(blind["expected"].is_null() && row(&blind, "cash").is_null(), "the cashier sees what to count: {blind}");
        let x = shop.report(&shop.manager, &shift).await;
        assert_eq!((&x["sales"], &x["refunds"], &x["top_ups"]), (&json!(2), &json!(1), &json!(1)));
        assert_eq!(x["expected"], 20_000 + 10_000 - 5_000 + 30_000 + 1_000 - 500);
        assert_eq!(row(&x, "principal")["sales"].as_i64().unwrap() + row(&x, "bonus")["sales"].as_i64().unwrap_or(0), 4_750);

        shop.close(&shop.cashier, &shift, None, 0).await.refused(400, "count_missing");
        shop.close(&shop.cashier, &shift, Some(55_000), 55_001).await.refused(422, "deposit_too_large");
        let z = shop.close(&shop.cashier, &shift, Some(55_000), 40_000).await.ok();
        assert_eq!((&z["difference"], &z["shift"]["expected"], &row(&z, "cash")["net"]), (&json!(-500), &json!(55_500), &json!(35_500)));
        assert_eq!((shop.account("cash_difference").await, shop.account("safe").await), (500, 40_000 - 1_000 + 500));
        shop.close(&shop.cashier, &shift, Some(55_000), 0).await.refused(409, "shift_closed");
        // What comes after the count belongs to no shift, and the report stays as it was.
        shop.sell(&shop.at_till(&[1])).await;
        assert_eq!(shop.report(&shop.cashier, &shift).await, z);
        assert_eq!(shop.difference().await, None);
        shop.tamper("UPDATE shift SET expected = expected + 1").await;
        assert!(shop.difference().await.unwrap().starts_with("shift: "), "verify sees no shift");
    }

    /// A pass or a card paid in cash would be missing in the drawer, and one paid out would be left in it.
    async fn passes_and_gift_cards_belong_to_the_shift(shop) {
        shop.shifts("optional").await;
        let shift = shop.open(&shop.cashier, 0).await;
        let (store, till) = (json!(shop.stall.store), shop.till());
        let cash = |amount: i64| json!([{ "tender": "cash", "amount": amount }]);
        let plan = json!({
            "id": shop.uuid(), "name": "三次卡", "price": 10_000, "items": [{ "name": "洗澡", "visits": 3, "worth": 5_000 }],
            "validity": { "kind": "days", "days": 30, "start": "purchase" },
        });
        shop.owner.post("/api/v1/pass-plans", &plan).await.ok();
        let mut pass = json!({ "id": shop.uuid(), "member": shop.member(), "store": store, "plan": plan["id"], "payments": cash(10_000), "till": till });
        shop.cashier.post("/api/v1/passes", &pass).await.ok();
        let batch = json!({ "id": shop.uuid(), "name": "礼品卡", "face": 5_000, "cards": 1 });
        shop.owner.post("/api/v1/gift-card-batches", &batch).await.ok();
        let codes = shop.owner.get(&format!("/api/v1/gift-card-batches/{}/codes", batch["id"].as_str().unwrap())).await.ok();
        let card = codes["items"][0]["card"].as_str().unwrap().to_owned();
        let sale = json!({ "store": store, "payments": cash(5_000), "till": till });
        shop.cashier.post(&format!("/api/v1/gift-cards/{card}/sale"), &sale).await.ok();
        let x = shop.report(&shop.manager, &shift).await;
        assert_eq!((&x["top_ups"], &x["expected"], &row(&x, "cash")["top_ups"]), (&json!(2), &json!(15_000), &json!(15_000)));

        let back = json!({ "id": shop.uuid(), "till": till });
        shop.owner.post(&format!("/api/v1/gift-cards/{card}/return"), &back).await.ok();
        let refund = json!({ "id": shop.uuid(), "amount": 10_000, "reason": "不合适", "till": till });
        shop.owner.post(&format!("/api/v1/passes/{}/refunds", pass["id"].as_str().unwrap()), &refund).await.ok();
        let x = shop.report(&shop.manager, &shift).await;
        assert_eq!((&x["expected"], &row(&x, "cash")["refunds"]), (&json!(0), &json!(-15_000)));
        pass["id"] = json!(shop.uuid());
        pass["till"] = json!(shop.stall.shop.other_till);
        shop.cashier.post("/api/v1/passes", &pass).await.refused(422, "till_elsewhere");
        assert_eq!(shop.difference().await, None);
    }

    /// A forgotten shift would keep the till closed for ever.
    async fn a_shift_that_was_left_open_can_be_closed(shop) {
        shop.shifts("required").await;
        shop.cashier.post("/api/v1/orders", &shop.at_till(&[1])).await.refused(422, "shift_not_open");
        shop.cashier.post("/api/v1/orders", &shop.cart(&[1])).await.refused(422, "till_needed");
        let shift = shop.open(&shop.owner, 0).await;
        shop.sell(&shop.at_till(&[1])).await;
        shop.app.advance_days(1);
        shop.shifts("off").await;
        shop.close(&shop.cashier, &shift, Some(5_000), 0).await.refused(403, "shift_not_yours");
        let z = shop.close(&shop.manager, &shift, None, 0).await.ok();
        assert_eq!((&z["shift"]["state"], &z["difference"], &z["expected"]), (&json!("closed"), &Value::Null, &json!(5_000)));
        shop.shifts("required").await;
        let next = shop.open(&shop.cashier, 5_000).await;
        let listed = shop.cashier.get(&format!("/api/v1/shifts?store={}&state=open", shop.stall.store)).await.ok();
        assert_eq!(listed["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect::<Vec<_>>(), [next.as_str()]);
        assert_eq!(shop.difference().await, None);
    }

    /// Sales and the count at one moment: a sale is in the shift that was counted, or after it, never lost between.
    async fn a_sale_under_way_is_counted_or_comes_after(shop) {
        shop.shifts("required").await;
        for _ in 0..4 {
            let shift = shop.open(&shop.cashier, 0).await;
            let carts: Vec<Value> = (0..6).map(|_| shop.at_till(&[1])).collect();
            let sales = carts.iter().map(|cart| shop.cashier.post("/api/v1/orders", cart));
            let (sales, closed) = tokio::join!(futures_all(sales.collect()), shop.close(&shop.cashier, &shift, Some(0), 0));
            let closed = closed.ok();
            let sold = i64::try_from(sales.iter().filter(|reply| reply.status.is_success()).count()).unwrap();
            for reply in sales.iter().filter(|reply| !reply.status.is_success()) {
                assert_eq!(reply.code(), "shift_not_open", "{}", reply.text);
            }
            assert_eq!((&closed["sales"], &closed["expected"]), (&json!(sold), &json!(sold * 5_000)));
        }
        assert_eq!(shop.difference().await, None);
    }
}

/// All of them at once.
async fn futures_all<F: Future<Output = Reply>>(asked: Vec<F>) -> Vec<Reply> {
    let mut waiting: Vec<_> = asked.into_iter().map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(move |cx| {
        waiting.retain_mut(|asked| match asked.as_mut().poll(cx) {
            std::task::Poll::Ready(reply) => {
                done.push(reply);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(std::mem::take(&mut done)) } else { std::task::Poll::Pending }
    })
    .await
}

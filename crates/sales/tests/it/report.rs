//! The three reports and the liability, held against the ledger.

use crate::purse::{Counter, counter};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_testkit::scenario;

impl Counter {
    pub async fn follow(&self) {
        self.app.advance_ms(3_000);
        self.app.step().await;
    }
    async fn report(&self, path: &str) -> Vec<Value> {
        self.owner.get(&format!("/api/v1/reports/{path}")).await.ok()["items"].as_array().unwrap().clone()
    }
    /// What the shop's accounts of a kind got less what they gave, straight from the entries.
    async fn account_of(&self, kind: &str) -> i64 {
        let text = "SELECT CAST(COALESCE(SUM(CASE WHEN debit_kind = $2 THEN amount ELSE 0 END), 0)
            - COALESCE(SUM(CASE WHEN credit_kind = $2 THEN amount ELSE 0 END), 0) AS BIGINT) FROM transfer WHERE merchant_id = $1";
        let stmt = shuke_db::Stmt::built(text, vec![shuke_db::ToValue::to_value(&self.stall.merchant), shuke_db::ToValue::to_value(kind)]);
        self.app.db().read(&stmt, |tx, stmt| Box::pin(tx.row(stmt.clone()))).await.unwrap().unwrap().get(0).unwrap()
    }
    async fn new_member(&self, name: &str) -> Uuid {
        let id = self.uuid();
        self.owner.post("/api/v1/members", &json!({ "id": id, "name": name })).await.ok();
        id
    }
}

fn sum(rows: &[Value], of: &str, by: impl Fn(&Value) -> bool) -> i64 {
    rows.iter().filter(|row| by(row)).map(|row| row[of].as_i64().unwrap()).sum()
}

scenario! {
    setup = counter;

    /// A top-up would be told as a sale twice, or a refund be lost between the reports.
    async fn sold_received_and_consumed_are_three_figures(shop) {
        let member = shop.new_member("周周").await;
        let plan = json!({ "id": shop.uuid(), "name": "充100送20", "pay": 10_000, "bonus": 2_000 });
        shop.owner.post("/api/v1/top-up-plans", &plan).await.ok();
        let top_up = json!({ "id": shop.uuid(), "member": member, "store": shop.stall.store, "plan": plan["id"], "tender": "alipay" });
        shop.cashier.post("/api/v1/top-ups", &top_up).await.ok();
        let mut cart = shop.cart(&[(0, 2)]);
        cart["member"] = json!(member);
        let order = shop.try_sell(&cart, json!([{ "tender": "wallet", "amount": 6_000 }, { "tender": "cash", "amount": 3_500 }])).await.ok();
        let mut elsewhere = shop.cart(&[(1, 1)]);
        elsewhere["store"] = json!(shop.stall.shop.other_store);
        let lines = json!([{ "variant": shop.variant(1), "quantity_milli": 9_000 }]);
        shop.owner.post("/api/v1/stock/receipts", &json!({ "store": elsewhere["store"], "lines": lines })).await.ok();
        elsewhere["id"] = json!(shop.uuid());
        elsewhere["payments"] = json!([{ "tender": "wechat_pay", "amount": 4_750 }]);
        shop.owner.post("/api/v1/orders", &elsewhere).await.ok();
        shop.app.advance_days(1);
        shop.take_back(&order, &[(0, 1)]).await;
        shop.follow().await;

        let range = "from=2026-11-22&to=2026-11-23";
        let sold = shop.report(&format!("sold?{range}")).await;
        let of = |day: &'static str, kind: &'static str| move |row: &Value| row["date"] == day && row["kind"] == kind;
        assert_eq!((sum(&sold, "net", of("2026-11-22", "orders")), sum(&sold, "net", of("2026-11-23", "orders"))), (9_500 + 4_750, -4_750));
        assert_eq!(sum(&sold, "net", of("2026-11-22", "top_ups")), 10_000);
        assert_eq!(sum(&sold, "net", |row| row["prepaid"] == false), -shop.account_of("revenue").await);
        let received = shop.report(&format!("received?{range}&by=period")).await;
        for tender in ["cash", "alipay", "wechat_pay"] {
            assert_eq!(sum(&received, "net", |row| row["tender"] == tender), shop.account_of(tender).await, "{tender}");
        }
        assert_eq!(sum(&received, "received", |row| row["kind"] == "top_ups"), 10_000);
        let consumed = shop.report(&format!("consumed?{range}&by=month")).await;
        assert_eq!(sum(&consumed, "used", |_| true), 6_000);
        assert_eq!((sum(&consumed, "used", |row| row["kind"] == "bonus"), sum(&consumed, "given_back", |_| true)), (1_000, 3_000));

        let here = shop.report(&format!("sold?{range}&store={}", shop.stall.store)).await;
        assert_eq!(sum(&here, "net", |row| row["kind"] == "orders"), 4_750);
        // Whoever is bound to a store sees that store, asked or not.
        let manager = shop.app.as_token(shop.stall.shop.token(Role::Manager));
        let theirs = manager.get(&format!("/api/v1/reports/sold?{range}")).await.ok();
        assert_eq!(theirs["items"], json!(here));
        shop.cashier.get("/api/v1/reports/sold").await.refused(403, "permission_missing");
        shop.owner.get("/api/v1/reports/sold?from=2026-11-23&to=2026-11-22").await.refused(400, "period_wrong");
        shop.sound().await;
    }

    /// A spreadsheet would run a store's name, or show amounts a hundred times too large.
    async fn a_report_is_a_table_too(shop) {
        let change = json!({ "name": "=HYPERLINK(\"x\"),A" });
        shop.owner.put(&format!("/api/v1/stores/{}", shop.stall.store), &change).await.ok();
        shop.sell(&shop.cart(&[(0, 1)]), 4_750).await;
        shop.follow().await;
        let reply = shop.owner.get("/api/v1/reports/sold?format=csv").await;
        assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(
            reply.text,
            "\u{FEFF}date,store,kind,sold,taken_back,net\r\n2026-11-22,\"'=HYPERLINK(\"\"x\"\"),A\",orders,47.50,0.00,47.50\r\n"
        );
        for (path, header) in [("received", "date,store,tender"), ("consumed", "date,store,kind,used"), ("liability", "date,store,kind,days_30"), ("prepaid", "kind,opening")] {
            let reply = shop.owner.get(&format!("/api/v1/reports/{path}?format=csv")).await;
            assert!(reply.status.is_success() && reply.text.starts_with(&format!("\u{FEFF}{header}")), "{path}: {}", reply.text);
        }
    }

    /// The liability would not be what members hold, or a past day's would change.
    async fn what_is_owed_is_what_lots_hold(shop) {
        let member = shop.new_member("周周").await;
        let top_up = |amount: i64| json!({ "id": shop.uuid(), "member": member, "store": shop.stall.store, "amount": amount, "tender": "cash" });
        shop.cashier.post("/api/v1/top-ups", &top_up(10_000)).await.ok();
        let batch = json!({ "id": shop.uuid(), "name": "礼品卡", "face": 5_000, "cards": 1 });
        shop.owner.post("/api/v1/gift-card-batches", &batch).await.ok();
        let codes = shop.owner.get(&format!("/api/v1/gift-card-batches/{}/codes", batch["id"].as_str().unwrap())).await.ok();
        let sale = json!({ "store": shop.stall.store, "payments": [{ "tender": "cash", "amount": 5_000 }] });
        shop.cashier.post(&format!("/api/v1/gift-cards/{}/sale", codes["items"][0]["card"].as_str().unwrap()), &sale).await.ok();
        shop.follow().await;
        let owed = async |on: &str| shop.owner.get(&format!("/api/v1/reports/liability?on={on}")).await.ok();
        let total = |found: &Value, kind: &str, of: &str| {
            let row = found["totals"].as_array().unwrap().iter().find(|row| row["kind"] == kind).unwrap();
            row[of].as_i64().unwrap()
        };
        let first = owed("2026-11-22").await;
        assert_eq!((total(&first, "principal", "total"), total(&first, "gift_card", "days_30")), (120_000 + 10_000, 5_000));

        shop.app.advance_days(40);
        let mut cart = shop.cart(&[(0, 2)]);
        cart["member"] = json!(member);
        let order = shop.try_sell(&cart, json!([{ "tender": "wallet", "amount": 9_500 }])).await.ok();
        shop.cashier.post("/api/v1/top-ups", &top_up(3_000)).await.ok();
        shop.take_back(&order, &[(0, 1)]).await;
        shop.follow().await;
        let now = shop.owner.get("/api/v1/reports/liability").await.ok();
        assert_eq!((total(&now, "principal", "days_30"), total(&now, "principal", "days_90")), (3_000, 120_000 + 10_000 - 4_750));
        assert_eq!(owed("2026-11-22").await, first, "what was sold since changes what was owed then");
        // What a store stands for, and what nobody does: balances of the time before.
        let by = |store: Value| sum(now["items"].as_array().unwrap(), "total", |row| row["store"] == store);
        assert_eq!((by(json!(shop.stall.store)), by(Value::Null)), (8_250 + 5_000, 120_000 + 12_000));
        let manager = shop.app.as_token(shop.stall.shop.token(Role::Manager)).get("/api/v1/reports/liability").await.ok();
        assert_eq!(total(&manager, "principal", "total"), 8_250);

        let moved = shop.report("prepaid?from=2026-11-23&to=2027-01-01").await;
        let row = |kind: &str| moved.iter().find(|row| row["kind"] == kind).unwrap();
        let principal = row("principal");
        assert_eq!((&principal["opening"], &principal["sold"], &principal["consumed"]), (&json!(130_000), &json!(3_000), &json!(-4_750)));
        for kind in ["principal", "bonus", "pass_value", "gift_card"] {
            assert_eq!(row(kind)["closing"].as_i64().unwrap(), total(&now, kind, "total"), "{kind}");
            assert_eq!(row(kind)["closing"].as_i64().unwrap(), -shop.account_of(kind).await, "{kind}");
        }
        shop.sound().await;
    }
}

//! A stall with its staff at the counter, through the API.

use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_org::OrgAuthenticator;
use shuke_sales::fixture::{Size, Stall, stall};
use shuke_testkit::{Kind, TestApp};
use std::collections::BTreeMap;

pub struct Counter {
    pub app: TestApp,
    pub stall: Stall,
    pub owner: TestApp,
    pub manager: TestApp,
    pub cashier: TestApp,
}

/// Five variants of 50.00 each, three members with plenty of everything.
pub async fn counter(kind: Kind) -> Counter {
    let routes = shuke_org::routes()
        .merge(shuke_member::routes())
        .merge(shuke_ledger::routes())
        .merge(shuke_loyalty::routes())
        .merge(shuke_sales::routes());
    let app = TestApp::start(kind, routes, Box::new(OrgAuthenticator))
        .await
        .with_runner(shuke_sales::runner(shuke_loyalty::runner(shuke_member::runner(shuke_jobs::Runner::default()))));
    shuke_ledger::prepare(&app.app);
    shuke_loyalty::prepare(&app.app);
    shuke_offer::prepare(&app.app);
    shuke_sales::prepare(&app.app);
    let stall = stall(&app.app, &Size::default()).await.unwrap();
    let client = |role| app.as_token(stall.shop.token(role));
    Counter { owner: client(Role::Owner), manager: client(Role::Manager), cashier: client(Role::Cashier), app, stall }
}

impl Counter {
    pub fn uuid(&self) -> Uuid {
        self.stall.shop.cx(&self.app.app).uuid()
    }
    pub fn member(&self) -> Value {
        json!(self.stall.members[0].member)
    }
    /// A cart of whole pieces, paid in cash by a passer-by.
    pub fn cart(&self, pieces: &[i64]) -> Value {
        let line = |(index, pieces): (usize, &i64)| json!({ "variant": self.stall.variants[index], "quantity_milli": pieces * 1_000 });
        let lines: Vec<Value> = pieces.iter().enumerate().filter(|(_, pieces)| **pieces > 0).map(line).collect();
        let total: i64 = pieces.iter().sum::<i64>() * 5_000;
        json!({ "id": self.uuid(), "store": self.stall.store, "lines": lines, "payments": [{ "tender": "cash", "amount": total }] })
    }
    pub async fn sell(&self, cart: &Value) -> Value {
        self.cashier.post("/api/v1/orders", cart).await.ok()
    }
    /// A refund of lines (line, thousandths), or of all that is left.
    pub fn back(&self, order: &Value, lines: &[(i64, i64)]) -> Value {
        let lines: Vec<Value> = lines.iter().map(|(line, quantity)| json!({ "line": line, "quantity_milli": quantity })).collect();
        json!({ "id": self.uuid(), "order": order["id"], "lines": lines, "reason": "不合适" })
    }
    /// What the shop's own accounts of the store have got less what they gave, by kind.
    pub async fn account(&self, kind: &str) -> i64 {
        let text = "SELECT CAST(COALESCE(SUM(CASE WHEN debit_kind = $2 THEN amount ELSE 0 END), 0) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN credit_kind = $2 THEN amount ELSE 0 END), 0) AS BIGINT) FROM transfer WHERE merchant_id = $1";
        let stmt = shuke_db::Stmt::built(text, vec![shuke_db::ToValue::to_value(&self.stall.merchant), shuke_db::ToValue::to_value(kind)]);
        let row = self.app.db().read(&stmt, |tx, stmt| Box::pin(tx.row(stmt.clone()))).await.unwrap().unwrap();
        row.get::<i64>(0).unwrap() - row.get::<i64>(1).unwrap()
    }
    /// What a member has: points, principal, bonus.
    pub async fn balances(&self, member: &Value) -> BTreeMap<&'static str, i64> {
        let found = self.cashier.get(&format!("/api/v1/members/{}/balances", member.as_str().unwrap())).await.ok();
        ["points", "principal", "bonus"].into_iter().map(|kind| (kind, found[kind]["balance"].as_i64().unwrap())).collect()
    }
    /// What `verify` finds first.
    pub async fn difference(&self) -> Option<String> {
        let checks: Vec<_> = shuke_loyalty::CHECKS.iter().chain(shuke_sales::verify::CHECKS).copied().collect();
        let report = shuke_ledger::verify::run_with(self.app.db(), self.stall.merchant, &checks).await.unwrap();
        report.first_difference.map(|found| format!("{}: {}", found.check, found.text))
    }
    /// Changes the database by hand.
    pub async fn tamper(&self, text: &'static str) {
        let stmt = shuke_db::Stmt::built(text, Vec::new());
        let changed = self.app.db().write(&stmt, |tx, stmt| Box::pin(tx.exec(stmt.clone()))).await.unwrap();
        assert!(changed > 0, "{text}");
    }
}

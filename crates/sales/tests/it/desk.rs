//! A till with everything of loyalty behind it: members, goods at 50.00, 95折, a point for each yuan.

use serde_json::{Value, json};
use shuke_http::Role;
use shuke_jobs::Runner;
use shuke_kernel::{Cx, Uuid, Zone};
use shuke_ledger::verify;
use shuke_org::OrgAuthenticator;
use shuke_sales::fixture::{self, Size, Stall};
use shuke_testkit::{Kind, Reply, TestApp};

pub struct Desk {
    pub app: TestApp,
    pub owner: TestApp,
    pub stall: Stall,
}

/// Three members with 1,000 points each.
pub async fn desk(kind: Kind) -> Desk {
    let routes = shuke_org::routes().merge(shuke_member::routes()).merge(shuke_ledger::routes()).merge(shuke_loyalty::routes());
    let app = TestApp::start(kind, routes.merge(shuke_sales::routes()), Box::new(OrgAuthenticator)).await;
    let app = app.with_runner(shuke_sales::runner(shuke_loyalty::runner(shuke_member::runner(Runner::default()))));
    let size = Size { points: 1_000, principal: 100_000, bonus: 0, ..Size::default() };
    let stall = fixture::stall(&app.app, &size).await.unwrap();
    let owner = app.as_token(stall.shop.token(Role::Owner));
    Desk { app, owner, stall }
}

impl Desk {
    pub fn cx(&self) -> Cx {
        Cx::system(self.stall.merchant, self.app.clock.now(), self.app.app.random.clone())
    }
    pub fn uuid(&self) -> Uuid {
        self.cx().uuid()
    }
    pub fn member(&self, index: usize) -> Uuid {
        self.stall.members[index].member.0
    }
    pub async fn set(&self, section: &str, body: Value) {
        self.owner.put(&format!("/api/v1/settings/{section}"), &body).await.ok();
    }
    /// A cart of so many pieces, 47.50 each, paid in cash.
    pub fn cart(&self, member: Uuid, pieces: i64, points: i64) -> Value {
        let points = if points > 0 { json!({ "kind": "exact", "points": points }) } else { json!({ "kind": "none" }) };
        let due = pieces * 4_750 - points["points"].as_i64().unwrap_or(0);
        let payments = if due > 0 { json!([{ "tender": "cash", "amount": due }]) } else { json!([]) };
        json!({
            "id": self.uuid(), "store": self.stall.store, "member": member, "points": points,
            "lines": [{ "variant": self.stall.variants[0], "quantity_milli": pieces * 1_000 }], "payments": payments,
        })
    }
    pub async fn post_cart(&self, cart: &Value) -> Reply {
        self.owner.post("/api/v1/orders", cart).await
    }
    /// Sells so many pieces; answers the order. Readers have followed.
    pub async fn sell(&self, member: Uuid, pieces: i64) -> Value {
        let order = self.post_cart(&self.cart(member, pieces, 0)).await.ok();
        self.app.step().await;
        order
    }
    /// Takes back so many thousandths of the first line, or all that is left. Readers have followed.
    pub async fn refund(&self, order: &Value, quantity_milli: i64) -> Value {
        let lines = if quantity_milli > 0 { json!([{ "line": 0, "quantity_milli": quantity_milli }]) } else { json!([]) };
        let ask = json!({ "id": self.uuid(), "order": order["id"], "reason": "退", "lines": lines });
        let refund = self.owner.post("/api/v1/refunds", &ask).await.ok();
        self.app.step().await;
        refund
    }
    pub async fn points(&self, member: Uuid) -> Value {
        self.owner.get(&format!("/api/v1/members/{member}/points")).await.ok()
    }
    /// Balance, and what of it can be spent.
    pub async fn balance(&self, member: Uuid) -> (i64, i64) {
        let points = &self.points(member).await["points"];
        (points["balance"].as_i64().unwrap(), points["available"].as_i64().unwrap())
    }
    /// What midnight does to the ledger and to loyalty today.
    pub async fn midnight(&self) {
        let today = Zone::parse("Asia/Shanghai").unwrap().date(self.app.clock.now());
        shuke_ledger::midnight(self.app.db(), &self.cx(), today).await.unwrap();
        shuke_loyalty::midnight(self.app.db(), &self.cx(), today).await.unwrap();
        self.app.step().await;
    }
    /// The first thing that doesn't add up, as a code.
    pub async fn difference(&self) -> Option<String> {
        let checks: Vec<verify::Check> = shuke_loyalty::CHECKS.iter().chain(shuke_sales::verify::CHECKS).copied().collect();
        let report = verify::run_with(self.app.db(), self.stall.merchant, &checks).await.unwrap();
        report.first_difference.map(|difference| difference.check)
    }
    /// Writes past everything that guards.
    pub async fn tamper(&self, text: &'static str) {
        let stmt = shuke_db::Stmt::built(text, vec![shuke_kernel::value::ToValue::to_value(&self.stall.merchant)]);
        self.app.db().write(&stmt, |tx, stmt| Box::pin(tx.queue(stmt.clone()))).await.unwrap();
    }
}

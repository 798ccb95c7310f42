//! A counter with a stall behind it, spoken to through the API: what a till does with coupons, passes
//! and gift cards.

use serde_json::{Value, json};
use shuke_http::Role;
use shuke_jobs::Runner;
use shuke_kernel::{Cx, Uuid};
use shuke_ledger::verify;
use shuke_org::OrgAuthenticator;
use shuke_sales::fixture::{self, Size, Stall};
use shuke_testkit::{Kind, Reply, TestApp};

pub struct Counter {
    pub app: TestApp,
    pub stall: Stall,
    pub owner: TestApp,
    pub cashier: TestApp,
}

/// Two members with 1,500 points and 600.00 principal, four variants at 50.00 (95折 for members), 100 of each.
pub async fn counter(kind: Kind) -> Counter {
    let routes = shuke_org::routes()
        .merge(shuke_member::routes())
        .merge(shuke_ledger::routes())
        .merge(shuke_loyalty::routes())
        .merge(shuke_offer::routes())
        .merge(shuke_sales::routes());
    let app = TestApp::start(kind, routes, Box::new(OrgAuthenticator)).await;
    let runner = shuke_ledger::runner(shuke_loyalty::runner(shuke_member::runner(Runner::default())));
    let app = app.with_runner(shuke_sales::runner(runner));
    shuke_ledger::prepare(&app.app);
    shuke_loyalty::prepare(&app.app);
    shuke_offer::prepare(&app.app);
    shuke_sales::prepare(&app.app);
    let size = Size { members: 2, variants: 4, pieces: 100, points: 1_500, principal: 60_000, bonus: 6_000, uses: 1 };
    let stall = fixture::stall(&app.app, &size).await.unwrap();
    let (owner, cashier) = (app.as_token(stall.shop.token(Role::Owner)), app.as_token(stall.shop.token(Role::Cashier)));
    Counter { app, stall, owner, cashier }
}

impl Counter {
    pub fn cx(&self) -> Cx {
        Cx::system(self.stall.merchant, self.app.clock.now(), self.app.app.random.clone())
    }
    pub fn uuid(&self) -> Uuid {
        self.cx().uuid()
    }
    pub fn member(&self, index: usize) -> Uuid {
        self.stall.members[index].member.0
    }
    pub fn variant(&self, index: usize) -> Uuid {
        self.stall.variants[index]
    }
    /// A cart of the first member: pieces of variants.
    pub fn cart(&self, lines: &[(usize, i64)]) -> Value {
        let lines: Vec<Value> =
            lines.iter().map(|(index, pieces)| json!({ "variant": self.variant(*index), "quantity_milli": pieces * 1_000 })).collect();
        json!({ "store": self.stall.store, "member": self.member(0), "lines": lines })
    }
    /// Prices a cart.
    pub async fn quote(&self, cart: &Value) -> Value {
        self.cashier.post("/api/v1/quotes", cart).await.ok()
    }
    /// What became of a coupon in a quote: what it saved, or the code of the reason why not.
    pub async fn verdict(&self, cart: &Value, coupon: Uuid) -> Result<i64, String> {
        let quote = self.quote(cart).await;
        let found = quote["quote"]["coupons"].as_array().unwrap().iter().find(|found| found["coupon"] == json!(coupon)).unwrap().clone();
        match found["why_not"]["code"].as_str() {
            Some(code) => Err(code.to_owned()),
            None => Ok(found["saved"].as_i64().unwrap()),
        }
    }
    /// Sells a cart, paid as is said; the order.
    pub async fn try_sell(&self, cart: &Value, payments: Value) -> Reply {
        let mut body = cart.clone();
        body["id"] = json!(self.uuid());
        body["payments"] = payments;
        self.cashier.post("/api/v1/orders", &body).await
    }
    /// Sells a cart for cash.
    pub async fn sell(&self, cart: &Value, cash: i64) -> Value {
        let payments = if cash == 0 { json!([]) } else { json!([{ "tender": "cash", "amount": cash }]) };
        self.try_sell(cart, payments).await.ok()
    }
    /// Takes pieces of lines back; all that is left where none is named.
    pub async fn take_back(&self, order: &Value, lines: &[(i64, i64)]) -> Value {
        let lines: Vec<Value> = lines.iter().map(|(line, pieces)| json!({ "line": line, "quantity_milli": pieces * 1_000 })).collect();
        let body = json!({ "id": self.uuid(), "order": order["id"], "reason": "试", "lines": lines });
        self.owner.post("/api/v1/refunds", &body).await.ok()
    }
    /// A published template, and a coupon of it for the first member.
    pub async fn coupon(&self, terms: Value) -> Uuid {
        let template = self.template(terms).await;
        self.issue(template, self.member(0)).await
    }
    pub async fn template(&self, mut terms: Value) -> Uuid {
        let id = self.uuid();
        if terms["validity"].is_null() {
            terms["validity"] = json!({ "kind": "relative", "days": 60 });
        }
        let draft = json!({ "id": id, "name": "券", "terms": terms, "state": "published" });
        self.owner.post("/api/v1/coupon-templates", &draft).await.ok();
        id
    }
    pub async fn issue(&self, template: Uuid, member: Uuid) -> Uuid {
        let draft = json!({ "id": self.uuid(), "template": template, "members": [member] });
        let issued = self.owner.post("/api/v1/coupon-issues", &draft).await.ok();
        issued["coupons"][0]["id"].as_str().unwrap().parse().unwrap()
    }
    pub async fn uses_left(&self, coupon: Uuid) -> i64 {
        self.owner.get(&format!("/api/v1/coupons/{coupon}")).await.ok()["uses_left"].as_i64().unwrap()
    }
    /// A cart with coupons chosen.
    pub fn with(&self, cart: &Value, coupons: &[Uuid]) -> Value {
        let mut cart = cart.clone();
        cart["coupons"] = json!({ "kind": "selected", "coupons": coupons });
        cart
    }
    /// Sends the same bodies at once; the codes of the answers, empty for those that went through.
    pub async fn race(&self, path: &'static str, bodies: Vec<Value>) -> Vec<String> {
        let mut tasks = tokio::task::JoinSet::new();
        for body in bodies {
            let client = self.owner.clone();
            tasks.spawn(async move { client.post(path, &body).await });
        }
        let mut codes: Vec<String> = tasks.join_all().await.iter().map(|reply| reply.code().to_owned()).collect();
        codes.sort_unstable();
        codes
    }
    /// Fails the test where anything doesn't add up.
    pub async fn sound(&self) {
        let checks: Vec<_> = shuke_ledger::CHECKS.iter().chain(shuke_loyalty::CHECKS).chain(shuke_sales::verify::CHECKS).copied().collect();
        let report = verify::run_with(self.app.db(), self.stall.merchant, &checks).await.unwrap();
        assert_eq!(report.first_difference, None);
    }
    /// What `verify` finds first after a hand in the database; the statement takes the merchant.
    pub async fn broken_by(&self, text: &'static str) -> Option<String> {
        let stmt = shuke_db::Stmt::built(text, vec![shuke_db::ToValue::to_value(&self.stall.merchant)]);
        let touched = self.app.db().write(&stmt, |tx, stmt| Box::pin(tx.exec(stmt.clone()))).await.unwrap();
        assert!(touched > 0, "{text} touches nothing");
        let checks: Vec<_> = shuke_ledger::CHECKS.iter().chain(shuke_loyalty::CHECKS).chain(shuke_sales::verify::CHECKS).copied().collect();
        let report = verify::run_with(self.app.db(), self.stall.merchant, &checks).await.unwrap();
        report.first_difference.map(|difference| difference.check)
    }
}

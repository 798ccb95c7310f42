//! A server with a shop on it, and short ways to do what every scenario needs.

use serde_json::{Value, json};
use shuke_http::Role;
use shuke_jobs::Runner;
use shuke_kernel::{Cx, Date, Money, Result, Uuid, Zone};
use shuke_ledger::{AccountKind, Holdings, journal};
use shuke_member::{MemberId, purchase};
use shuke_org::OrgAuthenticator;
use shuke_org::fixture::{self, Shop};
use shuke_testkit::{Kind, TestApp};

pub struct Given {
    pub app: TestApp,
    pub shop: Shop,
}

pub async fn shop(kind: Kind) -> Given {
    let routes = shuke_org::routes().merge(shuke_member::routes()).merge(shuke_ledger::routes()).merge(shuke_loyalty::routes());
    let app = TestApp::start(kind, routes, Box::new(OrgAuthenticator)).await;
    let app = app.with_runner(shuke_loyalty::runner(shuke_member::runner(Runner::default())));
    let shop = fixture::shop(&app.app).await.unwrap();
    Given { app, shop }
}

impl Given {
    /// A client that shows a role's API key.
    pub fn role(&self, role: Role) -> TestApp {
        self.app.as_token(self.shop.token(role))
    }
    pub fn owner(&self) -> TestApp {
        self.role(Role::Owner)
    }
    pub fn cx(&self) -> Cx {
        self.shop.cx(&self.app.app)
    }
    pub fn uuid(&self) -> Uuid {
        self.cx().uuid()
    }
    pub fn today(&self) -> Date {
        Zone::parse("Asia/Shanghai").unwrap().date(self.app.clock.now())
    }
    /// A new member.
    pub async fn member(&self) -> Uuid {
        let id = self.uuid();
        self.owner().post("/api/v1/members", &json!({ "id": id, "name": "王小明" })).await.ok();
        id
    }
    pub async fn members(&self, count: usize) -> Vec<Uuid> {
        let mut members = Vec::new();
        for _ in 0..count {
            members.push(self.member().await);
        }
        members
    }
    /// A published template with these limits, 20 off.
    pub async fn template(&self, limits: Value) -> Uuid {
        let id = self.uuid();
        let terms = json!({
            "benefit": { "kind": "amount", "off": 2_000 }, "validity": { "kind": "relative", "days": 7 }, "limits": limits,
        });
        let draft = json!({ "id": id, "name": "满减券", "terms": terms, "state": "published" });
        self.owner().post("/api/v1/coupon-templates", &draft).await.ok();
        id
    }
    /// Issues one coupon; gives its id and code.
    pub async fn coupon(&self, template: Uuid, member: Uuid) -> (Uuid, String) {
        let draft = json!({ "id": self.uuid(), "template": template, "members": [member] });
        let issued = self.owner().post("/api/v1/coupon-issues", &draft).await.ok();
        let coupon = &issued["coupons"][0];
        (coupon["id"].as_str().unwrap().parse().unwrap(), coupon["code"].as_str().unwrap().to_owned())
    }
    pub async fn issued(&self, template: Uuid) -> i64 {
        self.owner().get(&format!("/api/v1/coupon-templates/{template}")).await.ok()["issued"].as_i64().unwrap()
    }
    pub async fn holdings(&self, member: Uuid) -> Holdings {
        let input = (self.cx(), member);
        self.app.db().read(&input, |tx, (cx, member)| Box::pin(journal::ops::holdings(tx, cx, *member, false))).await.unwrap()
    }
    pub async fn balance(&self, member: Uuid, kind: AccountKind) -> i64 {
        self.holdings(member).await.balance(kind).balance
    }
    /// Fails the test where anything doesn't add up.
    pub async fn verify(&self) {
        let report = shuke_ledger::verify::run_with(self.app.db(), self.shop.merchant, shuke_loyalty::CHECKS).await.unwrap();
        assert_eq!(report.first_difference, None);
    }
    /// What one of the shop's own accounts got, less what it gave.
    pub async fn got(&self, kind: &'static str) -> i64 {
        let stmt = shuke_db::sql!(
            "SELECT CAST(COALESCE(SUM(CASE WHEN credit_kind = $2 THEN amount ELSE 0 END), 0) - COALESCE(SUM(CASE WHEN debit_kind = $2 THEN amount ELSE 0 END), 0) AS BIGINT)
             FROM transfer WHERE merchant_id = $1",
            self.shop.merchant,
            kind
        );
        self.app.db().read(&stmt, |tx, stmt| Box::pin(tx.rows(stmt.clone()))).await.unwrap()[0].get(0).unwrap()
    }
    /// What `verify` finds first after a hand in the database; the statement takes the merchant.
    pub async fn broken_by(&self, text: &'static str) -> Option<String> {
        let stmt = shuke_db::Stmt::built(text, vec![shuke_db::ToValue::to_value(&self.shop.merchant)]);
        let touched = self.app.db().write(&stmt, |tx, stmt| Box::pin(tx.exec(stmt.clone()))).await.unwrap();
        assert!(touched > 0, "{text} touches nothing");
        let report = shuke_ledger::verify::run_with(self.app.db(), self.shop.merchant, shuke_loyalty::CHECKS).await.unwrap();
        report.first_difference.map(|difference| difference.check)
    }
    /// Sends bodies at once, each from a client of its own; the codes of the answers, empty for those that went through.
    pub async fn race(&self, path: &str, bodies: Vec<Value>) -> Vec<String> {
        let client = self.owner();
        let posts = bodies.into_iter().map(|body| {
            let client = client.clone();
            async move { client.post(path, &body).await.code().to_owned() }
        });
        futures::future::join_all(posts).await
    }
    /// The tier scheme of most scenarios: everybody, silver from 1,000.00, gold from 5,000.00.
    pub async fn tiers(&self) -> [Uuid; 3] {
        let ids = [self.uuid(), self.uuid(), self.uuid()];
        let scheme = json!({
            "tiers": [
                { "id": ids[0], "name": "普通" },
                { "id": ids[1], "name": "银卡", "amount": 100_000, "benefits": { "discount": 9_500 } },
                { "id": ids[2], "name": "金卡", "amount": 500_000, "benefits": { "discount": 9_000, "points_multiplier": 15_000 } },
            ],
            "qualify_by": "any", "window_months": 12, "validity_months": 12, "grace_days": 30,
        });
        self.owner().put("/api/v1/settings/tiers", &scheme).await.ok();
        ids
    }
    /// A purchase of today, as the sales reader would enter it; the tier reader has followed.
    pub async fn buy(&self, member: Uuid, amount: i64) -> Uuid {
        let order = self.uuid();
        let bought = purchase::Purchase {
            member: MemberId(member),
            order,
            store: Some(self.shop.store),
            date: self.today(),
            amount: Money(amount),
            counts: true,
        };
        let input = (self.cx(), bought);
        self.app
            .db()
            .write(&input, |tx, (cx, bought)| Box::pin(purchase::ops::apply_purchases(tx, cx, std::slice::from_ref(bought))))
            .await
            .unwrap();
        self.app.step().await;
        order
    }
    /// A refund of today.
    pub async fn refund(&self, member: Uuid, order: Uuid, amount: i64, whole: bool) {
        let back = purchase::Refund { member: MemberId(member), order, amount: Money(amount), whole };
        let input = (self.cx(), back);
        self.app
            .db()
            .write(&input, |tx, (cx, back)| Box::pin(purchase::ops::apply_refunds(tx, cx, std::slice::from_ref(back))))
            .await
            .unwrap();
        self.app.step().await;
    }
    /// What midnight does to tiers today; how many changed.
    pub async fn midnight(&self) -> u64 {
        shuke_loyalty::midnight(self.app.db(), &self.cx(), self.today()).await.unwrap()
    }
    pub async fn tier(&self, member: Uuid) -> Value {
        self.owner().get(&format!("/api/v1/members/{member}/tier")).await.ok()
    }
    /// The latest change of a member's tier.
    pub async fn last_change(&self, member: Uuid) -> Value {
        self.owner().get(&format!("/api/v1/members/{member}/tier-changes")).await.ok()["items"][0].clone()
    }
    /// Runs a queued write a number of times at once, each in a transaction of its own; the codes of the
    /// refusals.
    pub async fn at_once(&self, times: usize, stmt: impl Fn() -> shuke_db::Stmt) -> Vec<&'static str> {
        let stmts: Vec<_> = (0..times).map(|_| stmt()).collect();
        let one = |stmt| async move {
            let done: Result<()> = self.app.db().write(stmt, |tx, stmt: &shuke_db::Stmt| Box::pin(tx.queue(stmt.clone()))).await;
            done.err().map(|error| error.code())
        };
        futures::future::join_all(stmts.iter().map(one)).await.into_iter().flatten().collect()
    }
}

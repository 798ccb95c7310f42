//! A shop whose staff of every role sign in as people, and the owner of another merchant.

use serde_json::{Value, json};
use shuke_db::{Stmt, ToValue as _, Value as Cell};
use shuke_http::Role;
use shuke_jobs::Runner;
use shuke_kernel::{Cx, Uuid};
use shuke_org::{OrgAuthenticator, fixture};
use shuke_testkit::{Kind, TestApp};

pub const DRESS: &str = "七天穿着感受";

pub struct Shop {
    pub app: TestApp,
    pub org: fixture::Shop,
    pub owner: TestApp,
    /// Bound to the first store, as everybody below.
    pub manager: TestApp,
    pub marketer: TestApp,
    pub cashier: TestApp,
    pub technician: TestApp,
    /// The owner of another merchant.
    pub rival: TestApp,
}

pub async fn shop(kind: Kind) -> Shop {
    let routes = shuke_org::routes().merge(shuke_member::routes()).merge(shuke_loyalty::routes()).merge(shuke_care::routes());
    let runner = shuke_care::runner(shuke_member::runner(Runner::default()));
    let app = TestApp::start(kind, routes, Box::new(OrgAuthenticator)).await.with_runner(runner);
    shuke_member::prepare(&app.app);
    shuke_ledger::prepare(&app.app);
    shuke_loyalty::prepare(&app.app);
    shuke_care::prepare(&app.app);
    let org = fixture::shop(&app.app).await.unwrap();
    let rival = fixture::shop(&app.app).await.unwrap();
    let person = |role| app.as_session(org.session(role));
    Shop {
        owner: person(Role::Owner),
        manager: person(Role::Manager),
        marketer: person(Role::Marketer),
        cashier: person(Role::Cashier),
        technician: person(Role::Technician),
        rival: app.as_token(rival.token(Role::Owner)),
        app,
        org,
    }
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

pub fn path(id: &Value, rest: &str) -> String {
    format!("/api/v1/follow-ups/{}{rest}", text(id))
}

impl Shop {
    pub fn cx(&self) -> Cx {
        self.org.cx(&self.app.app)
    }
    pub fn uuid(&self) -> Uuid {
        self.cx().uuid()
    }
    pub fn staff(&self, role: Role) -> Value {
        json!(self.org.person(role).unwrap().id)
    }
    /// Enrols a member of the first store; answers the id.
    pub async fn enrol(&self, phone: &str, name: &str) -> Value {
        self.enrol_in(phone, name, json!(self.org.store)).await
    }
    /// The same of another store, or of none.
    pub async fn enrol_in(&self, phone: &str, name: &str, store: Value) -> Value {
        self.owner.post("/api/v1/members", &json!({ "phone": phone, "name": name, "store": store })).await.ok()["id"].clone()
    }
    /// A manual tag that these members have; answers its id.
    pub async fn tag(&self, name: &str, members: &[&Value]) -> Value {
        let tag = self.owner.post("/api/v1/tags", &json!({ "name": name })).await.ok()["id"].clone();
        let path = format!("/api/v1/tags/{}/members", text(&tag));
        self.owner.patch(&path, &json!({ "give_to": members })).await.ok();
        tag
    }
    /// A follow-up to be made.
    pub fn draft(&self, member: &Value) -> Value {
        json!({ "id": self.uuid(), "member": member, "reason": DRESS, "script": "穿着合适吗？\n要不要换大一码", "due_on": "2026-11-23" })
    }
    /// Makes a follow-up as the manager.
    pub async fn follow_up(&self, member: &Value) -> Value {
        self.manager.post("/api/v1/follow-ups", &self.draft(member)).await.ok()
    }
    /// A batch to be made.
    pub fn batch(&self, tag: &Value) -> Value {
        json!({ "id": self.uuid(), "tag": tag, "reason": "流失挽回", "script": "送一张满100减20的券", "due_on": "2026-11-25" })
    }
    /// Records a try as the cashier.
    pub async fn tried(&self, id: &Value, outcome: &str) -> Value {
        let body = json!({ "how": "phone", "outcome": outcome, "note": "客人说好的" });
        self.cashier.post(&path(id, "/attempts"), &body).await.ok()
    }
    pub async fn show(&self, id: &Value) -> Value {
        self.owner.get(&path(id, "")).await.ok()
    }
    /// The ids of a list, in its order.
    pub async fn listed(&self, client: &TestApp, query: &str) -> Vec<Value> {
        let page = client.get(&format!("/api/v1/follow-ups?{query}")).await.ok();
        page["items"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
    }
    /// The kinds of events about follow-ups, in their order within a follow-up's life.
    pub async fn told(&self, subject: &Value) -> Vec<String> {
        let text = "SELECT kind FROM event WHERE merchant_id = $1 AND subject = $2 ORDER BY position";
        let id: Uuid = serde_json::from_value(subject.clone()).unwrap();
        let stmt = Stmt::built(text, vec![self.org.merchant.to_value(), id.to_value()]);
        let rows = self.app.db().read(&stmt, |tx, stmt| Box::pin(tx.rows(stmt.clone()))).await.unwrap();
        rows.iter().map(|row| row.get(0).unwrap()).collect()
    }
    /// One number that the database holds of this merchant.
    pub async fn number(&self, text: &'static str) -> i64 {
        let stmt = Stmt::built(text, vec![self.org.merchant.to_value()]);
        self.app.db().read(&stmt, |tx, stmt| Box::pin(tx.row(stmt.clone()))).await.unwrap().unwrap().get(0).unwrap()
    }
    /// Changes something behind the product's back. Says how many rows.
    pub async fn tamper(&self, text: &str, more: Vec<Cell>) -> u64 {
        let params = std::iter::once(self.org.merchant.to_value()).chain(more).collect();
        let stmt = Stmt::built(text.to_owned(), params);
        self.app.db().write(&stmt, |tx, stmt| Box::pin(tx.exec(stmt.clone()))).await.unwrap()
    }
    /// What `verify` finds first.
    pub async fn difference(&self) -> Option<String> {
        let report = shuke_ledger::verify::run_with(self.app.db(), self.org.merchant, shuke_care::CHECKS).await.unwrap();
        report.first_difference.map(|found| found.check)
    }
}

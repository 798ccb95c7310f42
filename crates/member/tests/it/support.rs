//! A shop whose staff of every role speak to the server, and sales that are told by events.

use serde_json::{Value, json};
use shuke_http::Role;
use shuke_jobs::{Event, Runner, StoredEvent, event};
use shuke_kernel::{Cx, Date, Uuid};
use shuke_member::{MemberId, ground, midnight, runner};
use shuke_org::{OrgAuthenticator, fixture};
use shuke_testkit::{Kind, TestApp};

pub struct Shop {
    pub app: TestApp,
    pub org: fixture::Shop,
    pub owner: TestApp,
    pub cashier: TestApp,
}

pub async fn shop(kind: Kind) -> Shop {
    let routes = shuke_org::routes().merge(shuke_member::routes());
    let app = TestApp::start(kind, routes, Box::new(OrgAuthenticator)).await.with_runner(runner(Runner::default()));
    shuke_member::prepare(&app.app);
    let org = fixture::shop(&app.app).await.unwrap();
    Shop { owner: app.as_token(org.token(Role::Owner)), cashier: app.as_token(org.token(Role::Cashier)), app, org }
}

impl Shop {
    pub fn role(&self, role: Role) -> TestApp {
        self.app.as_token(self.org.token(role))
    }
    pub fn cx(&self) -> Cx {
        self.org.cx(&self.app.app)
    }
    /// Enrols a member by phone and name; answers the view.
    pub async fn enrol(&self, phone: &str, name: &str) -> Value {
        self.cashier.post("/api/v1/members", &json!({ "phone": phone, "name": name })).await.ok()
    }
    /// Lets text messages go to the log, where owners read them.
    pub async fn texts_on(&self) {
        self.owner.put("/api/v1/settings/messages", &json!({ "sms": "log", "sign": "熟客" })).await.ok();
    }
    /// Asks for a code and reads it where an owner can.
    pub async fn code_of(&self, phone: &str) -> String {
        let ask = json!({ "merchant": self.org.merchant.0, "phone": phone });
        self.app.anonymous().post("/api/v1/me/codes", &ask).await.ok();
        let messages = self.owner.get("/api/v1/messages").await.ok();
        let ours = |message: &&Value| text(&message["to"]).ends_with(phone);
        let text = text(&messages["items"].as_array().unwrap().iter().find(ours).unwrap()["text"]).to_owned();
        text.split("验证码是 ").nth(1).unwrap().chars().take(6).collect()
    }
    /// A member's own client: signed in by a code.
    pub async fn own(&self, phone: &str) -> TestApp {
        let code = self.code_of(phone).await;
        let reply = self.app.anonymous().post("/api/v1/me/session", &self.entry(phone, &code, Value::Null)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        self.app.with_member_cookie_of(&reply)
    }
    /// What signs in.
    pub fn entry(&self, phone: &str, code: &str, join: Value) -> Value {
        json!({ "merchant": self.org.merchant.0, "phone": phone, "code": code, "join": join })
    }
    /// The numbers that a search finds, in order.
    pub async fn find(&self, q: &str) -> Vec<String> {
        numbers(&self.cashier.get(&format!("/api/v1/members?q={}", encoded(q))).await.ok())
    }
    pub async fn show(&self, id: &Value) -> Value {
        self.cashier.get(&format!("/api/v1/members/{}", text(id))).await.ok()
    }

    async fn append(&self, kind: &'static str, order: Uuid, payload: Value) {
        let input = (self.cx(), order, payload);
        let append = self.app.db().write(&input, move |tx, (cx, order, payload)| {
            Box::pin(async move { event::append(tx, cx, &[Event::new(kind, *order, payload)]).await })
        });
        append.await.unwrap();
    }
    /// Tells of a sale today, as the sales slice does.
    pub async fn sale(&self, member: &Value, amount: i64) -> Uuid {
        let order = self.cx().uuid();
        let (store, date) = (self.org.store, self.today().await);
        let payload = json!({ "order": order, "member": member, "store": store, "date": date, "amount": amount, "channel": "till" });
        self.append("sale.completed", order, payload).await;
        order
    }
    /// Tells of a refund today.
    pub async fn refund(&self, member: &Value, order: Uuid, amount: i64, whole: bool) {
        let (store, date) = (self.org.store, self.today().await);
        let payload = json!({ "order": order, "refund": self.cx().uuid(), "member": member, "store": store, "date": date, "amount": amount, "whole": whole });
        self.append("sale.refunded", order, payload).await;
    }

    pub async fn today(&self) -> Date {
        let cx = self.cx();
        self.app.db().read(&cx, |tx, cx| Box::pin(async move { Ok(ground(tx, cx.merchant).await?.today(cx)) })).await.unwrap()
    }
    /// Sets the clock to 01:00 of a local day and does that day's midnight work.
    pub async fn wake_on(&self, day: Date) -> u64 {
        let zone = shuke_kernel::Zone::parse("Asia/Shanghai").unwrap();
        self.app.clock.set(zone.start(day).plus_ms(3_600_000));
        midnight(self.app.db(), &self.cx(), day).await.unwrap()
    }
    /// The events of a member of one kind, oldest first.
    pub async fn events(&self, member: &Value, kind: &str) -> Vec<Value> {
        let input = (self.org.merchant, Uuid::parse_str(text(member)).unwrap());
        let found: Vec<StoredEvent> =
            self.app.db().read(&input, |tx, (merchant, id)| Box::pin(event::of_subject(tx, *merchant, *id, 1000))).await.unwrap();
        found.iter().rev().filter(|event| event.kind == kind).map(|event| serde_json::from_str(&event.payload).unwrap()).collect()
    }
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub fn id(value: &Value) -> MemberId {
    text(value).parse().unwrap()
}

pub fn numbers(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| text(&item["number"]).to_owned()).collect()
}

/// A text as it stands in a query.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

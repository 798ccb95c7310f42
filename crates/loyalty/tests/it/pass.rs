//! Passes: sold, visited, undone, exact to the cent.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_ledger::AccountKind;
use shuke_testkit::scenario;

impl Given {
    /// A plan of three visits for 100.00, with changes.
    pub async fn pass_plan(&self, more: Value) -> Uuid {
        let id = self.uuid();
        let mut plan = json!({
            "id": id, "name": "三次卡", "price": 10_000, "items": [{ "name": "洗澡", "visits": 3, "worth": 5_000 }],
            "validity": { "kind": "days", "days": 30, "start": "purchase" },
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            plan[key] = value.clone();
        }
        self.owner().post("/api/v1/pass-plans", &plan).await.ok();
        id
    }
    pub fn pass_draft(&self, member: Uuid, plan: Uuid, payments: Value) -> Value {
        json!({ "id": self.uuid(), "member": member, "store": self.shop.store, "plan": plan, "payments": payments })
    }
    /// A pass bought for 100.00 in cash.
    pub async fn pass(&self, member: Uuid, more: Value) -> Uuid {
        let plan = self.pass_plan(more).await;
        let draft = self.pass_draft(member, plan, json!([{ "tender": "cash", "amount": 10_000 }]));
        let sold = self.role(Role::Cashier).post("/api/v1/passes", &draft).await.ok();
        sold["id"].as_str().unwrap().parse().unwrap()
    }
    pub fn visit_of(&self, pass: Uuid) -> Value {
        json!({ "id": self.uuid(), "pass": pass, "store": self.shop.store })
    }
    pub async fn visit(&self, pass: Uuid) -> Value {
        self.role(Role::Cashier).post("/api/v1/pass-visits", &self.visit_of(pass)).await.ok()
    }
    pub async fn undo(&self, visit: &Value) -> Value {
        self.role(Role::Cashier).post(&format!("/api/v1/pass-visits/{}/undo", visit["id"].as_str().unwrap()), &json!({})).await.ok()
    }
    pub async fn seen_pass(&self, pass: Uuid) -> Value {
        self.owner().get(&format!("/api/v1/passes/{pass}")).await.ok()
    }
    /// Why a pass can't be used here and now.
    pub async fn why_not(&self, pass: Uuid) -> String {
        let refusal = self.owner().post("/api/v1/pass-visits", &self.visit_of(pass)).await.refused(422, "pass_not_usable");
        let why: Value = serde_json::from_str(refusal["fields"][0]["detail"].as_str().unwrap()).unwrap();
        why["code"].as_str().unwrap().to_owned()
    }
}

scenario! {
    setup = shop;

    /// What is paid is recognised visit by visit, to the last cent, and in no other way.
    async fn a_pass_is_recognised_visit_by_visit(given) {
        let member = given.member().await;
        let pass = given.pass(member, json!({})).await;
        assert_eq!((given.got("cash").await, given.got("revenue").await, given.got("prepaid_sold").await), (-10_000, 0, 0), "received, not sold");
        assert_eq!((given.balance(member, AccountKind::PassValue).await, given.balance(member, AccountKind::PassVisits).await), (10_000, 3));
        let mut values = Vec::new();
        for _ in 0..3 {
            values.push(given.visit(pass).await["value"].as_i64().unwrap());
            given.verify().await;
        }
        assert_eq!(values, [3_333, 3_334, 3_333]);
        assert_eq!((given.got("revenue").await, given.balance(member, AccountKind::PassValue).await), (10_000, 0));
        assert_eq!(given.why_not(pass).await, "used_up");
        assert_eq!(given.seen_pass(pass).await["state"], json!("used_up"));
        let list = given.owner().get(&format!("/api/v1/passes/{pass}/visits")).await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
        given.verify().await;
    }

    /// The last visit of a pass would be made at two counters.
    async fn the_last_visit_is_made_once(given) {
        let member = given.member().await;
        let pass = given.pass(member, json!({})).await;
        let codes = given.race("/api/v1/pass-visits", (0..40).map(|_| given.visit_of(pass)).collect()).await;
        assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 3, "{codes:?}");
        assert!(codes.iter().all(|code| code.is_empty() || code == "pass_not_usable"), "{codes:?}");
        assert_eq!((given.balance(member, AccountKind::PassVisits).await, given.got("revenue").await), (0, 10_000));
        given.verify().await;
    }

    /// Visits undone in any order leave the pass as it was bought; none is undone twice.
    async fn undone_visits_are_there_again(given) {
        let member = given.member().await;
        let pass = given.pass(member, json!({})).await;
        let (first, second) = (given.visit(pass).await, given.visit(pass).await);
        assert_eq!(given.undo(&first).await["value_back"], first["value"]);
        let third = given.visit(pass).await;
        given.visit(pass).await;
        assert_eq!(given.got("revenue").await, 10_000, "all used up again");
        given.undo(&third).await;
        given.undo(&second).await;
        let again = format!("/api/v1/pass-visits/{}/undo", second["id"].as_str().unwrap());
        given.owner().post(&again, &json!({})).await.refused(422, "pass_visit_undone");
        let seen = given.seen_pass(pass).await;
        assert_eq!((&seen["uses"], &seen["items"][0]["visits_left"]), (&json!(1), &json!(2)));
        let left = seen["items"][0]["value_left"].as_i64().unwrap();
        assert_eq!(left + given.got("revenue").await, 10_000);
        given.verify().await;
        for (text, check) in [
            ("UPDATE pass SET uses = uses + 1 WHERE merchant_id = $1", "pass_uses"),
            ("UPDATE pass SET uses = uses - 1 WHERE merchant_id = $1 AND 1 = 1", ""),
            ("UPDATE pass_visit SET value = value + 1 WHERE merchant_id = $1 AND visits_back = 0", "pass_value"),
        ] {
            assert_eq!(given.broken_by(text).await.unwrap_or_default(), check);
        }
    }

    /// A pass paid from the wallet takes principal and bonus, and a retry sells it once.
    async fn a_pass_is_paid_from_the_wallet(given) {
        let member = given.member().await;
        let top_up = json!({ "id": given.uuid(), "member": member, "store": given.shop.store, "amount": 8_000, "tender": "cash" });
        given.owner().post("/api/v1/top-ups", &top_up).await.ok();
        let plan = given.pass_plan(json!({})).await;
        let cashier = given.role(Role::Cashier);
        let payments = json!([{ "tender": "wallet", "amount": 6_000 }, { "tender": "wechat_pay", "amount": 4_000 }]);
        let draft = given.pass_draft(member, plan, payments);
        let posts = (0..20).map(|_| cashier.post_with_key("/api/v1/passes", "one", &draft));
        let sold: Vec<Value> = futures::future::join_all(posts).await.into_iter().map(shuke_testkit::Reply::ok).collect();
        assert!(sold.iter().all(|pass| *pass == sold[0]));
        assert_eq!(sold[0]["payments"], json!([
            { "tender": "wechat_pay", "amount": 4_000, "refunded": 0 }, { "tender": "principal", "amount": 6_000, "refunded": 0 },
        ]));
        assert_eq!(given.balance(member, AccountKind::Principal).await, 2_000);
        let mut taken = draft.clone();
        taken["payments"] = json!([{ "tender": "cash", "amount": 10_000 }]);
        cashier.post("/api/v1/passes", &taken).await.refused(409, "pass_taken");
        for (payments, code) in [
            (json!([{ "tender": "wallet", "amount": 10_000 }]), "wallet_insufficient"),
            (json!([{ "tender": "cash", "amount": 9_999 }]), "payments_mismatch"),
        ] {
            cashier.post("/api/v1/passes", &given.pass_draft(member, plan, payments)).await.refused(422, code);
        }
        let mut elsewhere = given.pass_draft(member, plan, json!([]));
        elsewhere["store"] = json!(given.shop.other_store);
        cashier.post("/api/v1/passes", &elsewhere).await.refused(403, "store_not_yours");
        given.verify().await;
    }

    /// A package has several items: a visit names one, and each is worth its share of the price.
    async fn a_package_has_items(given) {
        let member = given.member().await;
        let items = json!([{ "name": "游泳", "visits": 2, "worth": 6_000 }, { "name": "抚触", "visits": 4, "worth": 2_000, "per_day_max": 2 }]);
        let pass = given.pass(member, json!({ "items": items })).await;
        let cashier = given.role(Role::Cashier);
        let visit = |item: Value, visits: i64| {
            let mut body = given.visit_of(pass);
            body["item"] = item;
            body["visits"] = json!(visits);
            body
        };
        cashier.post("/api/v1/pass-visits", &visit(json!(null), 1)).await.refused(422, "pass_not_usable");
        cashier.post("/api/v1/pass-visits", &visit(json!(1), 3)).await.refused(422, "pass_day_limit");
        let two = cashier.post("/api/v1/pass-visits", &visit(json!(1), 2)).await.ok();
        assert_eq!(two["value"], json!(2_000), "half of 40.00");
        cashier.post("/api/v1/pass-visits", &visit(json!(1), 1)).await.refused(422, "pass_day_limit");
        given.undo(&two).await;
        cashier.post("/api/v1/pass-visits", &visit(json!(1), 1)).await.ok();
        cashier.post("/api/v1/pass-visits", &visit(json!(0), 1)).await.ok();
        let seen = given.seen_pass(pass).await;
        let left: Vec<i64> = seen["items"].as_array().unwrap().iter().map(|item| item["visits_left"].as_i64().unwrap()).collect();
        assert_eq!(left, [1, 3]);
        given.verify().await;
        assert_eq!(given.broken_by("UPDATE pass_day SET used = used - 1 WHERE merchant_id = $1").await.as_deref(), Some("pass_day"));
    }

    /// An unlimited pass goes on after its value is recognised, once a day, until its days are over.
    async fn an_unlimited_pass_lasts_its_days(given) {
        let member = given.member().await;
        let items = json!([{ "name": "游泳", "worth": 5_000, "value_visits": 2, "per_day_max": 1 }]);
        let pass = given.pass(member, json!({ "items": items, "validity": { "kind": "days", "days": 4, "start": "purchase" } })).await;
        let mut values = Vec::new();
        for _ in 0..3 {
            values.push(given.visit(pass).await["value"].as_i64().unwrap());
            given.owner().post("/api/v1/pass-visits", &given.visit_of(pass)).await.refused(422, "pass_day_limit");
            given.app.advance_days(1);
        }
        assert_eq!(values, [5_000, 5_000, 0]);
        given.app.advance_days(1);
        assert_eq!(given.why_not(pass).await, "expired");
        given.verify().await;
    }

    /// Another merchant's pass is nobody's; roles hold.
    async fn merchants_and_roles_are_walls(given) {
        let member = given.member().await;
        let pass = given.pass(member, json!({ "stores": [given.shop.other_store] })).await;
        assert_eq!(given.why_not(pass).await, "wrong_store");
        let other = Given { app: given.app.clone(), shop: shuke_org::fixture::shop(&given.app.app).await.unwrap() };
        other.owner().post("/api/v1/pass-visits", &other.visit_of(pass)).await.refused(404, "pass_not_found");
        other.owner().get(&format!("/api/v1/passes/{pass}")).await.refused(404, "pass_not_found");
        given.role(Role::Analyst).post("/api/v1/pass-visits", &given.visit_of(pass)).await.refused(403, "permission_missing");
    }
}

//! A second person's word: asked for, given by somebody else, bound to what was asked.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::{Actor, Cx, Result, Uuid};
use shuke_org::approval::{self, ApprovalId, ApprovalKind, Wanted};
use shuke_org::fixture::PASSWORD;
use shuke_testkit::{TestApp, scenario};

impl Given {
    fn approval(&self, kind: &str, amount: i64) -> Value {
        let cx = self.shop.cx(&self.app.app);
        json!({ "id": cx.uuid(), "kind": kind, "subject": cx.uuid(), "amount": amount, "store": self.shop.store, "reason": "客人退货" })
    }
    async fn limit(&self, refund: i64) {
        self.key(Role::Owner).put("/api/v1/settings/approval", &json!({ "refund_limit": refund, "valid_minutes": 60 })).await.ok();
    }
    /// Tries to use an approval as the cashier's session.
    async fn take(&self, ask: &Value, change: impl FnOnce(&mut Wanted)) -> Result<()> {
        let number = |field: &str| ask[field].as_i64().unwrap();
        let uuid = |field: &str| Uuid::parse_str(ask[field].as_str().unwrap()).unwrap();
        let mut wanted =
            Wanted { kind: ApprovalKind::Refund, subject: uuid("subject"), amount: number("amount"), weighed: number("amount") };
        change(&mut wanted);
        let actor = Actor::Staff(self.shop.person(Role::Cashier).unwrap().id.0);
        let input = (Cx { actor, ..self.shop.cx(&self.app.app) }, wanted, ApprovalId(uuid("id")));
        self.app.db().write(&input, |tx, (cx, wanted, id)| Box::pin(approval::ops::require(tx, cx, wanted, Some(*id)))).await
    }
}

fn decision(ask: &Value) -> String {
    format!("/api/v1/approvals/{}/decision", ask["id"].as_str().unwrap())
}

async fn ask(client: &TestApp, body: &Value) {
    let asked = client.post("/api/v1/approvals", body).await.ok();
    assert_eq!((&asked["state"], &asked["amount"]), (&json!("waiting"), &body["amount"]));
}

scenario! {
    setup = shop;

    /// Somebody would approve for themselves, without the permission, of another store, or twice.
    async fn somebody_else_who_may_decides_once(given) {
        let (cashier, manager, owner) = (given.person(Role::Cashier), given.person(Role::Manager), given.person(Role::Owner));
        let wish = given.approval("refund", 20_000);
        ask(&cashier, &wish).await;
        cashier.post(&decision(&wish), &json!({ "given": true })).await.refused(403, "permission_missing");
        given.person(Role::Marketer).post(&decision(&wish), &json!({ "given": true })).await.refused(403, "permission_missing");
        given.key(Role::Manager).post(&decision(&wish), &json!({ "given": true })).await.refused(403, "approver_not_staff");
        let waiting = manager.get("/api/v1/approvals?state=waiting").await.ok();
        assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
        let given_now = manager.post(&decision(&wish), &json!({ "given": true })).await.ok();
        assert_eq!(given_now["state"], "given");
        owner.post(&decision(&wish), &json!({ "given": false })).await.refused(409, "approval_decided");

        let mut elsewhere = given.approval("refund", 1);
        elsewhere["store"] = json!(given.shop.other_store);
        cashier.post("/api/v1/approvals", &elsewhere).await.refused(403, "store_not_yours");
        ask(&owner, &elsewhere).await;
        owner.post(&decision(&elsewhere), &json!({ "given": true })).await.refused(422, "approval_own");
        manager.post(&decision(&elsewhere), &json!({ "given": true })).await.refused(404, "approval_not_found");
        cashier.post("/api/v1/approvals", &given.approval("adjustment", 1)).await.refused(403, "permission_missing");
        cashier.post("/api/v1/approvals", &given.approval("refund", 0)).await.refused(400, "approval_amount_wrong");
        let log = owner.get(&format!("/api/v1/audit?subject={}", wish["id"].as_str().unwrap())).await.ok();
        let actions: Vec<&str> = log["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["approval.given", "approval.asked"]);
    }

    /// At the cashier's device the manager's name and password count, and nobody can go on guessing them.
    async fn a_password_at_the_device_signs(given) {
        let cashier = given.person(Role::Cashier);
        let sign = |username: &str, password: &str| json!({ "given": true, "username": username, "password": password });
        let wish = given.approval("refund", 20_000);
        ask(&cashier, &wish).await;
        cashier.post(&decision(&wish), &sign("manager", "wrong horse")).await.refused(422, "approver_unknown");
        cashier.post(&decision(&wish), &sign("nobody", PASSWORD)).await.refused(422, "approver_unknown");
        cashier.post(&decision(&wish), &sign("cashier", PASSWORD)).await.refused(403, "permission_missing");
        cashier.post(&decision(&wish), &json!({ "given": true, "username": "manager" })).await.refused(400, "approver_incomplete");
        let signed = cashier.post(&decision(&wish), &sign("manager", PASSWORD)).await.ok();
        assert_eq!(signed["decided_by"], format!("staff:{}", given.id(Role::Manager)));
        for _ in 0..12 {
            cashier.post(&decision(&wish), &sign("manager", "wrong horse")).await;
        }
        cashier.post(&decision(&wish), &sign("manager", PASSWORD)).await.refused(429, "sign_in_too_often");
    }

    /// An approval would serve another amount, another thing, somebody else, another day, or twice.
    async fn it_is_good_for_exactly_what_was_asked(given) {
        given.limit(10_000).await;
        let (cashier, manager) = (given.person(Role::Cashier), given.person(Role::Manager));
        let wish = given.approval("refund", 20_000);
        ask(&cashier, &wish).await;
        assert_eq!(given.take(&wish, |_| {}).await.unwrap_err().code(), "approval_not_usable");
        manager.post(&decision(&wish), &json!({ "given": true })).await.ok();
        assert_eq!(given.take(&wish, |wanted| wanted.amount = 20_001).await.unwrap_err().code(), "approval_not_usable");
        assert_eq!(given.take(&wish, |wanted| wanted.subject = Uuid::nil()).await.unwrap_err().code(), "approval_not_usable");
        given.take(&wish, |wanted| wanted.weighed = 9_999).await.unwrap();
        let both = tokio::join!(given.take(&wish, |_| {}), given.take(&wish, |_| {}));
        assert_eq!([both.0.is_ok(), both.1.is_ok()].iter().filter(|taken| **taken).count(), 1, "taken by both, or by none");

        let late = given.approval("refund", 20_000);
        ask(&cashier, &late).await;
        manager.post(&decision(&late), &json!({ "given": true })).await.ok();
        let never = given.approval("refund", 20_000);
        ask(&cashier, &never).await;
        given.app.advance_ms(60 * 60_000);
        assert_eq!(given.take(&late, |_| {}).await.unwrap_err().code(), "approval_not_usable");
        manager.post(&decision(&never), &json!({ "given": true })).await.refused(409, "approval_decided");

        let other = given.approval("refund", 20_000);
        ask(&given.person(Role::Owner), &other).await;
        manager.post(&decision(&other), &json!({ "given": true })).await.ok();
        assert_eq!(given.take(&other, |_| {}).await.unwrap_err().code(), "approval_not_usable", "somebody else asked for it");
    }
}

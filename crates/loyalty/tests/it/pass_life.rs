//! The days of passes, and what becomes of the rest: frozen, extended, given away, refunded.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_ledger::AccountKind;
use shuke_testkit::scenario;

impl Given {
    async fn pass_command(&self, pass: Uuid, verb: &str, body: Value) -> shuke_testkit::Reply {
        self.owner().post(&format!("/api/v1/passes/{pass}/{verb}"), &body).await
    }
    async fn quoted(&self, pass: Uuid) -> Value {
        self.owner().get(&format!("/api/v1/passes/{pass}/refunds")).await.ok()
    }
    fn back(&self, amount: i64) -> Value {
        json!({ "id": self.uuid(), "amount": amount, "reason": "搬家" })
    }
    async fn sweep(&self) {
        shuke_ledger::lot::expire(self.app.db(), &self.cx()).await.unwrap();
    }
}

scenario! {
    setup = shop;

    /// The money of a pass would earn nothing anywhere, or keep its points when it is given back.
    async fn a_pass_earns_where_the_merchant_wants_it(given) {
        let member = given.member().await;
        let rule = json!({ "id": given.uuid(), "name": "一元一分", "kind": { "kind": "amount", "points": 1, "per": 100 } });
        let rules = given.owner().put("/api/v1/settings/earn", &json!({ "rules": [rule] })).await;
        assert!(rules.status.is_success(), "{}", rules.text);
        let plan = json!({
            "id": given.uuid(), "name": "三次卡", "price": 30_000, "items": [{ "name": "洗澡", "visits": 3, "worth": 12_000 }],
            "validity": { "kind": "days", "days": 30, "start": "purchase" },
        });
        given.owner().post("/api/v1/pass-plans", &plan).await.ok();
        let sell = async || {
            let payments = json!([{ "tender": "cash", "amount": 30_000 }]);
            let draft = json!({ "id": given.uuid(), "member": member, "store": given.shop.store, "plan": plan["id"], "payments": payments });
            let pass = given.owner().post("/api/v1/passes", &draft).await.ok();
            given.app.step().await;
            pass["id"].as_str().unwrap().to_owned()
        };
        sell().await;
        assert_eq!(given.balance(member, AccountKind::Points).await, 0, "off by default");
        given.owner().put("/api/v1/settings/pass-earn", &json!({ "points": true })).await.ok();
        let pass = sell().await;
        assert_eq!(given.balance(member, AccountKind::Points).await, 300);
        given.verify().await;
        given.pass_command(pass.parse().unwrap(), "refunds", given.back(30_000)).await.ok();
        given.app.step().await;
        assert_eq!(given.balance(member, AccountKind::Points).await, 0);
        given.verify().await;
    }

    /// Days that begin with the first visit begin with it, and not at all when it is undone.
    async fn the_first_visit_starts_the_clock(given) {
        let member = given.member().await;
        let pass = given.pass(member, json!({ "validity": { "kind": "months", "months": 1, "start": "first_visit" } })).await;
        assert_eq!(given.seen_pass(pass).await["state"], json!("waiting"));
        given.app.advance_days(100);
        let visit = given.visit(pass).await;
        let seen = given.seen_pass(pass).await;
        assert_eq!((&seen["starts_on"], &seen["expires_on"]), (&json!("2027-03-02"), &json!("2027-04-02")));
        given.undo(&visit).await;
        let seen = given.seen_pass(pass).await;
        assert_eq!((&seen["state"], &seen["expires_on"]), (&json!("waiting"), &json!(null)));
        given.app.advance_days(40);
        given.sweep().await;
        given.visit(pass).await;
        given.app.advance_days(30);
        given.sweep().await;
        assert_eq!(given.balance(member, AccountKind::PassVisits).await, 2, "11 May is its last day");
        given.visit(pass).await;
        given.app.advance_days(1);
        given.sweep().await;
        assert_eq!((given.balance(member, AccountKind::PassVisits).await, given.balance(member, AccountKind::PassValue).await), (0, 0));
        assert_eq!((given.got("revenue").await, given.got("pass_value_expired").await), (6_667, 3_333));
        assert_eq!(given.why_not(pass).await, "expired");
        given.verify().await;
    }

    /// A frozen pass rests with its days, through midnights, and wakes with those that it had.
    async fn a_frozen_pass_keeps_its_days(given) {
        let member = given.member().await;
        let pass = given.pass(member, json!({})).await;
        given.app.advance_days(20);
        given.pass_command(pass, "freeze", json!({ "reason": "" })).await.refused(400, "pass_reason_missing");
        given.pass_command(pass, "freeze", json!({ "reason": "出差" })).await.ok();
        given.pass_command(pass, "freeze", json!({ "reason": "出差" })).await.refused(422, "pass_not_freezable");
        assert_eq!(given.why_not(pass).await, "frozen");
        given.app.advance_days(200);
        given.sweep().await;
        let seen = given.pass_command(pass, "thaw", json!({ "reason": "回来" })).await.ok();
        assert_eq!(seen["expires_on"], json!("2027-07-09"), "21 December and 200 days");
        given.pass_command(pass, "thaw", json!({ "reason": "回来" })).await.refused(422, "pass_not_frozen");
        given.app.advance_days(9);
        given.sweep().await;
        given.visit(pass).await;
        let extended = json!({ "until": "2027-07-31", "reason": "补偿" });
        given.pass_command(pass, "extend", json!({ "until": "2027-07-09", "reason": "补偿" })).await.refused(422, "pass_not_extendable");
        given.role(Role::Cashier).post(&format!("/api/v1/passes/{pass}/extend"), &extended).await.refused(403, "permission_missing");
        given.pass_command(pass, "extend", extended).await.ok();
        given.app.advance_days(22);
        given.sweep().await;
        given.visit(pass).await;
        given.app.advance_days(1);
        assert_eq!(given.why_not(pass).await, "expired");
        given.verify().await;
    }

    /// What is left is given away whole and once; what was used before stays the giver's.
    async fn a_pass_is_given_away(given) {
        let members = given.members(3).await;
        let pass = given.pass(members[0], json!({ "transferable": true })).await;
        let visit = given.visit(pass).await;
        let transfers = members[1..].iter().cycle().take(10).map(|to| json!({ "id": given.uuid(), "to": to })).collect();
        let codes = given.race(&format!("/api/v1/passes/{pass}/transfer"), transfers).await;
        assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 1, "{codes:?}");
        let held = [given.balance(members[1], AccountKind::PassVisits).await, given.balance(members[2], AccountKind::PassVisits).await];
        assert_eq!(held.iter().sum::<i64>(), 2);
        let owner = if held[0] == 2 { members[1] } else { members[2] };
        let list = given.owner().get(&format!("/api/v1/members/{owner}/passes")).await.ok();
        let theirs: Uuid = list["items"][0]["id"].as_str().unwrap().parse().unwrap();
        assert_eq!((&list["items"][0]["price"], &list["items"][0]["expires_on"]), (&json!(6_667), &json!("2026-12-21")));
        given.visit(theirs).await;
        given.undo(&visit).await;
        assert_eq!(given.balance(members[0], AccountKind::PassVisits).await, 1, "the giver's own visit comes back to the giver");
        given.visit(pass).await;
        let refusal = given.owner().post(&format!("/api/v1/passes/{theirs}/refunds"), &given.back(1)).await;
        refusal.refused(422, "pass_not_refundable");
        let kept = given.pass(members[0], json!({})).await;
        let body = json!({ "id": given.uuid(), "to": members[1] });
        given.pass_command(kept, "transfer", body).await.refused(422, "pass_not_transferable");
        assert_eq!(given.got("prepaid_moved").await, 0);
        given.verify().await;
    }

    /// A refund goes back to where the payments came from, exactly, and what is kept is the shop's.
    async fn the_rest_goes_back_where_it_came_from(given) {
        let member = given.member().await;
        let top_up = json!({ "id": given.uuid(), "member": member, "store": given.shop.store, "amount": 6_000, "tender": "cash" });
        given.owner().post("/api/v1/top-ups", &top_up).await.ok();
        let plan = given.pass_plan(json!({ "refund": { "method": "pro_rata", "fee": 1_000 } })).await;
        let payments = json!([{ "tender": "wallet", "amount": 6_000 }, { "tender": "cash", "amount": 4_000 }]);
        let draft = given.pass_draft(member, plan, payments);
        let sold = given.owner().post("/api/v1/passes", &draft).await.ok();
        let pass: Uuid = sold["id"].as_str().unwrap().parse().unwrap();
        given.visit(pass).await;
        assert_eq!(given.quoted(pass).await, json!({ "value_left": 6_667, "amount": 6_000, "kept": 667 }));
        given.pass_command(pass, "refunds", given.back(6_667)).await.refused(409, "pass_refund_changed");
        let done = given.pass_command(pass, "refunds", given.back(6_000)).await.ok();
        assert_eq!(done["payments"], json!([
            { "tender": "cash", "amount": 2_400, "refunded": 0 }, { "tender": "principal", "amount": 3_600, "refunded": 0 },
        ]));
        assert_eq!(given.balance(member, AccountKind::Principal).await, 3_600);
        assert_eq!(given.holdings(member).await.lots(AccountKind::Principal).count(), 1, "the very lot it came from");
        assert_eq!((given.got("refund_fee").await, given.got("prepaid_sold").await, given.got("revenue").await), (667, 0, 3_333));
        assert_eq!(given.why_not(pass).await, "used_up");
        given.pass_command(pass, "refunds", given.back(1)).await.refused(422, "pass_not_refundable");
        given.verify().await;
    }

    /// By list price, what was used counts as if there had been no pass; by days, what is left of them.
    async fn terms_say_what_goes_back(given) {
        let member = given.member().await;
        let listed = given.pass(member, json!({ "refund": { "method": "list_price" } })).await;
        given.visit(listed).await;
        assert_eq!(given.quoted(listed).await, json!({ "value_left": 6_667, "amount": 5_000, "kept": 1_667 }));
        given.visit(listed).await;
        assert_eq!(given.quoted(listed).await["amount"], json!(0));
        given.pass_command(listed, "refunds", given.back(0)).await.refused(422, "pass_not_refundable");
        let items = json!([{ "name": "游泳", "worth": 5_000 }]);
        let unlimited = given.pass(member, json!({ "items": items, "validity": { "kind": "days", "days": 10, "start": "purchase" } })).await;
        given.app.advance_days(7);
        assert_eq!(given.quoted(unlimited).await, json!({ "value_left": 10_000, "amount": 3_000, "kept": 7_000 }), "today and two more");
        given.pass_command(unlimited, "refunds", given.back(3_000)).await.ok();
        assert_eq!(given.why_not(unlimited).await, "ended");
        given.verify().await;
    }

    /// Above the limit a second person has to agree, to exactly this.
    async fn a_large_refund_needs_a_second_person(given) {
        given.owner().put("/api/v1/settings/approval", &json!({ "top_up_refund_limit": 5_000 })).await.ok();
        let member = given.member().await;
        let pass = given.pass(member, json!({})).await;
        let cashier = given.app.as_session(given.shop.session(Role::Cashier));
        let path = format!("/api/v1/passes/{pass}/refunds");
        let mut body = given.back(10_000);
        cashier.post(&path, &body).await.refused(422, "approval_needed");
        let ask = json!({ "id": given.uuid(), "kind": "top_up_refund", "subject": member, "amount": 10_000, "store": given.shop.store, "reason": "搬家" });
        let asked = cashier.post("/api/v1/approvals", &ask).await.ok();
        body["approval"] = asked["id"].clone();
        cashier.post(&path, &body).await.refused(422, "approval_not_usable");
        let manager = given.app.as_session(given.shop.session(Role::Manager));
        manager.post(&format!("/api/v1/approvals/{}/decision", asked["id"].as_str().unwrap()), &json!({ "given": true })).await.ok();
        cashier.post(&path, &body).await.ok();
        assert_eq!(given.got("cash").await, 0);
        given.verify().await;
    }
}

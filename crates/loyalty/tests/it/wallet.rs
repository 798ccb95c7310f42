//! Top-ups: once, exact, with bonus and coupons.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_ledger::AccountKind;
use shuke_testkit::scenario;

impl Given {
    async fn plan(&self, coupons: &[Uuid], more: Value) -> Uuid {
        let id = self.uuid();
        let mut plan = json!({ "id": id, "name": "充500送50", "pay": 50_000, "bonus": 5_000, "coupons": coupons });
        for (key, value) in more.as_object().into_iter().flatten() {
            plan[key] = value.clone();
        }
        self.owner().post("/api/v1/top-up-plans", &plan).await.ok();
        id
    }
    fn top_up(&self, member: Uuid, plan: Uuid) -> Value {
        json!({ "id": self.uuid(), "member": member, "store": self.shop.store, "plan": plan, "tender": "wechat_pay" })
    }
}

scenario! {
    setup = shop;

    /// A till that retries must not charge the wallet twice.
    async fn fifty_equal_posts_are_one_top_up(given) {
        let template = given.template(json!({ "issued_max": 2 })).await;
        let plan = given.plan(&[template, template], json!({})).await;
        let member = given.member().await;
        let body = given.top_up(member, plan);
        let client = given.role(Role::Cashier);
        let posts = (0..50).map(|_| client.post_with_key("/api/v1/top-ups", "one", &body));
        let answers = futures::future::join_all(posts).await;
        let replayed = answers.iter().filter(|answer| answer.replayed()).count();
        let bodies: Vec<Value> = answers.into_iter().map(shuke_testkit::Reply::ok).collect();
        assert!(bodies.iter().all(|body| *body == bodies[0]));
        assert_eq!(replayed, 49);
        assert_eq!(bodies[0]["coupons"].as_array().unwrap().len(), 2);
        assert_eq!(given.balance(member, AccountKind::Principal).await, 50_000);
        assert_eq!(given.balance(member, AccountKind::Bonus).await, 5_000);
        assert_eq!(given.issued(template).await, 2);
        client.post("/api/v1/top-ups", &body).await.refused(409, "top_up_taken");
        let list = given.owner().get(&format!("/api/v1/members/{member}/top-ups")).await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        given.verify().await;
    }

    /// Where the coupons of a plan have run out, the money is not taken either.
    async fn a_top_up_is_whole_or_nothing(given) {
        let template = given.template(json!({ "issued_max": 0 })).await;
        let plan = given.plan(&[template], json!({})).await;
        let member = given.member().await;
        given.role(Role::Cashier).post("/api/v1/top-ups", &given.top_up(member, plan)).await.refused(422, "coupon_budget_exhausted");
        assert_eq!(given.balance(member, AccountKind::Principal).await, 0);
        given.verify().await;
    }

    /// What is topped up ends when the policy of that day says, bonus and principal apart.
    async fn lots_end_as_the_policy_says(given) {
        let policy = json!({ "spending": { "order": "principal_first", "bonus_share_max": 3_000 }, "expiry": { "bonus_months": 3 } });
        given.owner().put("/api/v1/settings/wallet", &policy).await.ok();
        let plan = given.plan(&[], json!({})).await;
        let member = given.member().await;
        given.role(Role::Cashier).post("/api/v1/top-ups", &given.top_up(member, plan)).await.ok();
        let holdings = given.holdings(member).await;
        let ends = |kind| holdings.lots(kind).map(|lot| lot.expires_on.map(|day| day.to_string())).collect::<Vec<_>>();
        assert_eq!(ends(AccountKind::Principal), [None]);
        assert_eq!(ends(AccountKind::Bonus), [Some("2027-02-22".to_owned())]);
        given.app.advance_days(92);
        shuke_ledger::lot::expire(given.app.db(), &given.cx()).await.unwrap();
        assert_eq!(given.balance(member, AccountKind::Bonus).await, 5_000, "the last day");
        given.app.advance_days(1);
        shuke_ledger::lot::expire(given.app.db(), &given.cx()).await.unwrap();
        assert_eq!((given.balance(member, AccountKind::Bonus).await, given.balance(member, AccountKind::Principal).await), (0, 50_000));
        given.verify().await;
    }

    /// A plan can be bought in its days and stores only; staff act in their stores only.
    async fn plans_are_bound(given) {
        let member = given.member().await;
        let cashier = given.role(Role::Cashier);
        let over = given.plan(&[], json!({ "to": "2026-11-21" })).await;
        cashier.post("/api/v1/top-ups", &given.top_up(member, over)).await.refused(422, "top_up_plan_not_open");
        let elsewhere = given.plan(&[], json!({ "stores": [given.shop.other_store] })).await;
        cashier.post("/api/v1/top-ups", &given.top_up(member, elsewhere)).await.refused(422, "top_up_plan_not_open");
        let mut there = given.top_up(member, elsewhere);
        there["store"] = json!(given.shop.other_store);
        cashier.post("/api/v1/top-ups", &there).await.refused(403, "store_not_yours");
        given.owner().post("/api/v1/top-ups", &there).await.ok();
        let plan = given.plan(&[], json!({})).await;
        let path = format!("/api/v1/top-up-plans/{plan}");
        let mut change = given.owner().get(&path).await.ok();
        change["state"] = json!("stopped");
        given.owner().put(&path, &change).await.ok();
        cashier.post("/api/v1/top-ups", &given.top_up(member, plan)).await.refused(422, "top_up_plan_not_open");
        given.role(Role::Technician).post("/api/v1/top-ups", &given.top_up(member, plan)).await.refused(403, "permission_missing");
        assert_eq!(given.balance(member, AccountKind::Principal).await, 50_000);
    }

    /// A plain amount, and amounts that can't be.
    async fn a_plain_amount_is_principal_only(given) {
        let member = given.member().await;
        let body = |amount: Value| json!({ "id": given.uuid(), "member": member, "store": given.shop.store, "amount": amount, "tender": "cash" });
        let done = given.role(Role::Cashier).post("/api/v1/top-ups", &body(json!(12_345))).await.ok();
        assert_eq!((&done["principal"], &done["bonus"]), (&json!(12_345), &json!(0)));
        for wrong in [json!(0), json!(-5), json!(1_000_000_000_001_i64), json!(null)] {
            given.role(Role::Cashier).post("/api/v1/top-ups", &body(wrong)).await.refused(400, "top_up_amount_wrong");
        }
        let other = shuke_org::fixture::shop(&given.app.app).await.unwrap();
        let foreign = given.app.as_token(other.token(Role::Owner));
        foreign.post("/api/v1/top-ups", &body(json!(100))).await.refused(404, "member_not_found");
        foreign.get(&format!("/api/v1/members/{member}/top-ups")).await.refused(404, "member_not_found");
        given.verify().await;
    }

    /// Principal goes back to what paid it, less the fee; the bonus is withdrawn in proportion, and what of it
    /// was spent is deducted. However it is cut, nothing is left over and nothing is paid twice.
    async fn a_top_up_is_paid_out_exactly(given) {
        let policy = json!({ "refund": { "fee": 200 } });
        given.owner().put("/api/v1/settings/wallet", &policy).await.ok();
        let template = given.template(json!({})).await;
        let plan = given.plan(&[template], json!({})).await;
        let member = given.member().await;
        let top_up = given.role(Role::Cashier).post("/api/v1/top-ups", &given.top_up(member, plan)).await.ok();
        let path = format!("/api/v1/top-ups/{}/refunds", top_up["id"].as_str().unwrap());
        let quote = given.owner().get(&path).await.ok();
        let whole = json!({ "principal": 50_000, "bonus": 5_000, "bonus_expired": 0, "bonus_spent": 0, "fee": 1_000, "amount": 49_000 });
        assert_eq!(quote, whole);
        let ask = |principal: i64, amount: i64| json!({ "id": given.uuid(), "principal": principal, "amount": amount, "reason": "搬家" });
        let codes = given.race(&path, (0..20).map(|_| ask(20_000, 19_600)).collect()).await;
        assert_eq!(codes.iter().filter(|code| code.is_empty()).count(), 2, "{codes:?}");
        assert!(codes.iter().all(|code| code.is_empty() || code == "top_up_refund_exceeds"), "{codes:?}");
        assert_eq!((given.balance(member, AccountKind::Principal).await, given.balance(member, AccountKind::Bonus).await), (10_000, 1_000));
        assert_eq!(given.issued(template).await, 1, "the coupon stays while principal stays");
        given.owner().post(&path, &ask(10_000, 9_000)).await.refused(409, "top_up_refund_changed");
        given.role(Role::Analyst).post(&path, &ask(10_000, 9_800)).await.refused(403, "permission_missing");
        given.owner().post(&path, &json!({ "id": given.uuid(), "amount": 9_800, "reason": "搬家" })).await.ok();
        assert_eq!((given.balance(member, AccountKind::Principal).await, given.balance(member, AccountKind::Bonus).await), (0, 0));
        assert_eq!((given.got("wechat_pay").await, given.got("refund_fee").await, given.got("bonus_issued").await), (-1_000, 1_000, 0));
        assert_eq!(given.issued(template).await, 0, "and goes with the last of it");
        given.owner().post(&path, &ask(0, 0)).await.refused(422, "top_up_refund_nothing");
        given.verify().await;
        let hand = "UPDATE top_up_refund SET bonus = bonus + 1 WHERE merchant_id = $1";
        assert_eq!(given.broken_by(hand).await.as_deref(), Some("top_up_refund"));
    }

    /// Above the limit a second person agrees, and several small ones don't get around it.
    async fn a_large_refund_needs_a_second_person(given) {
        given.owner().put("/api/v1/settings/approval", &json!({ "top_up_refund_limit": 30_000 })).await.ok();
        let plan = given.plan(&[], json!({})).await;
        let member = given.member().await;
        let top_up = given.role(Role::Cashier).post("/api/v1/top-ups", &given.top_up(member, plan)).await.ok();
        let path = format!("/api/v1/top-ups/{}/refunds", top_up["id"].as_str().unwrap());
        let ask = |amount: i64| json!({ "id": given.uuid(), "principal": amount, "amount": amount, "reason": "搬家" });
        let cashier = given.app.as_session(given.shop.session(Role::Cashier));
        cashier.post(&path, &ask(30_000)).await.ok();
        let mut rest = ask(20_000);
        cashier.post(&path, &rest).await.refused(422, "approval_needed");
        let wish = json!({ "id": given.uuid(), "kind": "top_up_refund", "subject": member, "amount": 20_000, "store": given.shop.store, "reason": "搬家" });
        rest["approval"] = cashier.post("/api/v1/approvals", &wish).await.ok()["id"].clone();
        let decision = format!("/api/v1/approvals/{}/decision", rest["approval"].as_str().unwrap());
        cashier.post(&decision, &json!({ "given": true })).await.refused(403, "permission_missing");
        given.app.as_session(given.shop.session(Role::Manager)).post(&decision, &json!({ "given": true })).await.ok();
        cashier.post(&path, &rest).await.ok();
        assert_eq!(given.balance(member, AccountKind::Principal).await, 0);
        given.verify().await;
    }
}

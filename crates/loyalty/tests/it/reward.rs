//! Rewards: for points and money, of every kind, from a stock, within limits, and given back exactly.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_ledger::AccountKind;
use shuke_testkit::scenario;

impl Given {
    /// A published reward: these terms and this stock.
    async fn reward(&self, terms: Value, stock: Option<i64>) -> Uuid {
        let id = self.uuid();
        let draft = json!({ "id": id, "name": "礼品", "terms": terms, "state": "published", "stock": stock });
        self.owner().post("/api/v1/rewards", &draft).await.ok();
        id
    }
    /// A member with so many points.
    async fn rich(&self, points: i64) -> Uuid {
        let member = self.member().await;
        let body = json!({ "account": "points", "amount": points, "reason": "测", "expires_on": "2026-12-31" });
        self.owner().post(&format!("/api/v1/members/{member}/adjustments"), &body).await.ok();
        member
    }
    fn reward_ask(&self, reward: Uuid, member: Uuid) -> Value {
        json!({ "id": self.uuid(), "reward": reward, "member": member, "store": self.shop.store })
    }
    async fn redeem(&self, reward: Uuid, member: Uuid) -> Value {
        self.role(Role::Cashier).post("/api/v1/reward-orders", &self.reward_ask(reward, member)).await.ok()
    }
    async fn cancel(&self, redemption: &Value) -> shuke_testkit::Reply {
        let path = format!("/api/v1/reward-orders/{}/cancel", redemption["id"].as_str().unwrap());
        self.role(Role::Cashier).post(&path, &json!({ "reason": "改主意" })).await
    }
    async fn hand_over(&self, redemption: &Value) -> shuke_testkit::Reply {
        let path = format!("/api/v1/reward-orders/{}/hand-over", redemption["id"].as_str().unwrap());
        self.role(Role::Cashier).post(&path, &json!({})).await
    }
    async fn shown(&self, reward: Uuid) -> (Value, Value) {
        let reward = self.owner().get(&format!("/api/v1/rewards/{reward}")).await.ok();
        (reward["stock"].clone(), reward["redeemed"].clone())
    }
    async fn first_difference(&self) -> Option<String> {
        let report = shuke_ledger::verify::run_with(self.app.db(), self.shop.merchant, shuke_loyalty::CHECKS).await.unwrap();
        report.first_difference.map(|difference| difference.check)
    }
}

scenario! {
    setup = shop;

    /// A gift would cost other than it says, be handed over twice, or not come back whole.
    async fn a_gift_is_redeemed_handed_over_and_given_back(given) {
        let terms = json!({ "gives": { "kind": "gift" }, "points": 300, "money": 990, "cost": 1_500, "valid_days": 7 });
        let reward = given.reward(terms, Some(5)).await;
        let member = given.rich(1_000).await;
        let cashier = given.role(Role::Cashier);
        cashier.post("/api/v1/reward-orders", &given.reward_ask(reward, member)).await.refused(400, "reward_tender_wrong");
        let mut ask = given.reward_ask(reward, member);
        (ask["tender"], ask["quantity"]) = (json!("cash"), json!(2));
        let done = cashier.post("/api/v1/reward-orders", &ask).await.ok();
        assert_eq!((&done["points"], &done["money"], &done["state"]), (&json!(600), &json!(1_980), &json!("reserved")));
        assert_eq!(done["valid_until"], json!("2026-11-28"));
        cashier.post("/api/v1/reward-orders", &ask).await.refused(409, "reward_order_taken");
        assert_eq!(given.shown(reward).await, (json!(3), json!(2)));
        assert_eq!(given.balance(member, AccountKind::Points).await, 400);
        assert_eq!(given.hand_over(&done).await.ok()["state"], json!("handed_over"));
        given.hand_over(&done).await.refused(422, "reward_order_used");
        assert_eq!(given.cancel(&done).await.ok()["state"], json!("cancelled"));
        given.cancel(&done).await.refused(422, "reward_order_cancelled");
        given.hand_over(&done).await.refused(422, "reward_order_cancelled");
        assert_eq!(given.shown(reward).await, (json!(5), json!(0)));
        let holdings = given.holdings(member).await;
        let lots: Vec<_> = holdings.lots(AccountKind::Points).map(|lot| (lot.remaining, lot.expires_on.unwrap().to_string())).collect();
        assert_eq!(lots, [(1_000, "2026-12-31".to_owned())], "the same lot, with its own end");
        let late = cashier.post("/api/v1/reward-orders", &{ let mut ask = given.reward_ask(reward, member); ask["tender"] = json!("cash"); ask }).await.ok();
        given.app.advance_days(7);
        given.hand_over(&late).await.refused(422, "reward_order_over");
        given.cancel(&late).await.ok();
        given.verify().await;
        let stmt = shuke_db::sql!("UPDATE reward_order SET points = points + 1 WHERE merchant_id = $1", given.shop.merchant);
        assert!(given.at_once(1, || stmt.clone()).await.is_empty());
        assert_eq!(given.first_difference().await.as_deref(), Some("reward_order"));
        let stmt = shuke_db::sql!("UPDATE reward SET redeemed = redeemed + 1 WHERE merchant_id = $1", given.shop.merchant);
        assert!(given.at_once(1, || stmt.clone()).await.is_empty());
        assert_eq!(given.first_difference().await.as_deref(), Some("reward_count"));
    }

    /// The last piece would be given twice, or points be taken for none.
    async fn the_last_piece_is_given_once(given) {
        let reward = given.reward(json!({ "gives": { "kind": "gift" }, "points": 10 }), Some(3)).await;
        let mut members = Vec::new();
        for _ in 0..12 {
            members.push(given.rich(100).await);
        }
        let owner = given.owner();
        let asks: Vec<Value> = members.iter().map(|member| given.reward_ask(reward, *member)).collect();
        let replies = futures::future::join_all(asks.iter().map(|ask| owner.post("/api/v1/reward-orders", ask))).await;
        let won = replies.iter().filter(|reply| reply.status.is_success()).count();
        let codes: Vec<&str> = replies.iter().map(|reply| reply.code()).filter(|code| !code.is_empty()).collect();
        assert_eq!((won, codes), (3, vec!["reward_out_of_stock"; 9]));
        assert_eq!(given.shown(reward).await, (json!(0), json!(3)));
        let mut points = 0;
        for member in members {
            points += given.balance(member, AccountKind::Points).await;
        }
        assert_eq!(points, 1_170);
        owner.post(&format!("/api/v1/rewards/{reward}/stock"), &json!({ "pieces": 2 })).await.ok();
        owner.post(&format!("/api/v1/rewards/{reward}/stock"), &json!({ "pieces": -3 })).await.refused(422, "reward_out_of_stock");
        assert_eq!(given.shown(reward).await.0, json!(2));
        given.verify().await;
    }

    /// One balance would pay two rewards, or a member have more than their limit, at once.
    async fn a_member_redeems_what_they_can_pay_and_may(given) {
        let limits = json!([{ "period": "day", "max": 4 }]);
        let reward = given.reward(json!({ "gives": { "kind": "gift" }, "points": 60, "limits": limits }), None).await;
        let poor = given.rich(130).await;
        let owner = given.owner();
        let asks: Vec<Value> = (0..8).map(|_| given.reward_ask(reward, poor)).collect();
        let replies = futures::future::join_all(asks.iter().map(|ask| owner.post("/api/v1/reward-orders", ask))).await;
        assert_eq!(replies.iter().filter(|reply| reply.status.is_success()).count(), 2);
        assert!(replies.iter().all(|reply| reply.status.is_success() || reply.code() == "balance_insufficient"));
        let rich = given.rich(10_000).await;
        let asks: Vec<Value> = (0..8).map(|_| given.reward_ask(reward, rich)).collect();
        let replies = futures::future::join_all(asks.iter().map(|ask| owner.post("/api/v1/reward-orders", ask))).await;
        let done: Vec<Value> = replies.into_iter().filter(|reply| reply.status.is_success()).map(shuke_testkit::Reply::ok).collect();
        assert_eq!(done.len(), 4);
        owner.post("/api/v1/reward-orders", &given.reward_ask(reward, rich)).await.refused(422, "quota_exhausted");
        let path = format!("/api/v1/members/{rich}/rewards?store={}", given.shop.store);
        let offers = owner.get(&path).await.ok();
        assert_eq!((&offers[0]["can"], &offers[0]["why_not"]), (&json!(0), &json!("limit_reached")));
        given.cancel(&done[0]).await.ok();
        assert_eq!(owner.get(&path).await.ok()[0]["can"], json!(1), "a cancelled one leaves its room");
        given.app.advance_days(1);
        owner.post("/api/v1/reward-orders", &given.reward_ask(reward, rich)).await.ok();
        given.verify().await;
    }

    /// What a coupon reward issued would stay behind when it is cancelled, or be lost when it was used.
    async fn coupons_come_and_go_with_their_redemption(given) {
        let template = given.template(json!({ "issued_max": 4 })).await;
        let terms = json!({ "gives": { "kind": "coupon", "template": template, "count": 2 }, "points": 100 });
        let reward = given.reward(terms, None).await;
        let member = given.rich(400).await;
        let done = given.redeem(reward, member).await;
        assert_eq!((&done["state"], done["coupons"].as_array().unwrap().len()), (&json!("handed_over"), 2));
        given.cancel(&done).await.ok();
        assert_eq!((given.issued(template).await, given.balance(member, AccountKind::Points).await), (0, 400));
        let used = given.redeem(reward, member).await;
        let coupon: Uuid = used["coupons"][0].as_str().unwrap().parse().unwrap();
        let spend = || {
            let ids = [shuke_loyalty::coupon::CouponId(coupon)];
            shuke_loyalty::coupon::store::use_stmt(given.shop.merchant, given.uuid(), member, given.app.clock.now(), &ids)
        };
        assert!(given.at_once(1, spend).await.is_empty());
        given.cancel(&used).await.refused(422, "reward_order_used");
        assert_eq!(given.balance(member, AccountKind::Points).await, 300, "nothing was half undone");
        given.redeem(reward, member).await;
        let cashier = given.role(Role::Cashier);
        cashier.post("/api/v1/reward-orders", &given.reward_ask(reward, member)).await.refused(422, "coupon_budget_exhausted");
        assert_eq!(given.balance(member, AccountKind::Points).await, 200);
        given.verify().await;
    }

    /// A service would be used more often than it was bought, or given back after it was used.
    async fn services_are_used_so_often_and_bonus_goes_into_the_wallet(given) {
        let trial = given.reward(json!({ "gives": { "kind": "trial", "uses": 2 }, "points": 50 }), None).await;
        let member = given.rich(500).await;
        let done = given.redeem(trial, member).await;
        let replies = futures::future::join_all((0..6).map(|_| given.hand_over(&done))).await;
        assert_eq!(replies.iter().filter(|reply| reply.status.is_success()).count(), 2);
        assert!(replies.iter().all(|reply| reply.status.is_success() || reply.code() == "reward_order_used"));
        given.cancel(&done).await.refused(422, "reward_order_used");
        let fresh = given.redeem(trial, member).await;
        given.cancel(&fresh).await.ok();
        for (kind, points) in [("service", 100), ("priority", 30)] {
            let reward = given.reward(json!({ "gives": { "kind": kind, "uses": 1 }, "points": points }), None).await;
            let done = given.redeem(reward, member).await;
            assert_eq!(given.hand_over(&done).await.ok()["state"], json!("handed_over"));
        }
        let cash = given.reward(json!({ "gives": { "kind": "bonus", "amount": 500, "months": 6 }, "points": 50 }), None).await;
        let done = given.redeem(cash, member).await;
        given.cancel(&done).await.refused(422, "reward_order_final");
        assert_eq!(given.balance(member, AccountKind::Bonus).await, 500);
        assert_eq!(given.balance(member, AccountKind::Points).await, 270);
        let list = given.owner().get(&format!("/api/v1/members/{member}/reward-orders")).await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 5);
        given.verify().await;
    }

    /// A reward would be redeemed outside its days, stores and tiers, or its figures be wrong.
    async fn a_reward_says_why_not_and_what_it_is_worth(given) {
        let [_, silver, _] = given.tiers().await;
        given.owner().put("/api/v1/settings/points", &json!({ "spending": { "step_points": 100, "step_money": 100 } })).await.ok();
        let gift = |more: Value| {
            let mut terms = json!({ "gives": { "kind": "gift" }, "points": 250, "cost": 150 });
            terms.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            terms
        };
        let member = given.rich(200).await;
        let store = json!(given.shop.store);
        let plain = given.reward(gift(json!({})), None).await;
        let shown = given.owner().get(&format!("/api/v1/rewards/{plain}")).await.ok();
        assert_eq!((&shown["worth"], &shown["margin"]), (&json!(200), &json!(50)), "two whole steps, less the cost");
        for (more, why) in [
            (json!({}), "points_short"),
            (json!({ "tiers": [silver] }), "wrong_tier"),
            (json!({ "stores": [given.uuid()] }), "wrong_store"),
            (json!({ "from": "2026-11-23" }), "not_yet_valid"),
            (json!({ "to": "2026-11-21" }), "expired"),
        ] {
            let reward = given.reward(gift(more), Some(1)).await;
            let offers = given.owner().get(&format!("/api/v1/members/{member}/rewards?store={}", store.as_str().unwrap())).await.ok();
            let offer = offers.as_array().unwrap().iter().find(|offer| offer["reward"]["id"] == json!(reward)).unwrap().clone();
            assert_eq!((&offer["can"], &offer["why_not"], &offer["points_short"]), (&json!(0), &json!(why), &json!(50)));
            let reply = given.owner().post("/api/v1/reward-orders", &given.reward_ask(reward, member)).await;
            assert_eq!((reply.status.as_u16(), reply.code()), (422, if why == "points_short" { "balance_insufficient" } else { "reward_not_open" }));
        }
        let change = json!({ "name": "停", "terms": gift(json!({})), "state": "stopped" });
        given.owner().put(&format!("/api/v1/rewards/{plain}"), &change).await.ok();
        given.owner().post("/api/v1/reward-orders", &given.reward_ask(plain, member)).await.refused(422, "reward_not_open");
        let wrong = json!({ "id": given.uuid(), "name": "x", "terms": { "gives": { "kind": "gift" } } });
        given.owner().post("/api/v1/rewards", &wrong).await.refused(400, "reward_terms_invalid");
        given.role(Role::Analyst).post("/api/v1/reward-orders", &given.reward_ask(plain, member)).await.refused(403, "permission_missing");
        let other = shuke_org::fixture::shop(&given.app.app).await.unwrap();
        let foreign = given.app.as_token(other.token(Role::Owner));
        foreign.get(&format!("/api/v1/rewards/{plain}")).await.refused(404, "reward_not_found");
    }
}

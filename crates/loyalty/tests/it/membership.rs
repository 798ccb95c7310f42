//! Paid memberships: sold once, tried once, renewed, refunded by the day; and the warning before a fall.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_jobs::event;
use shuke_kernel::Uuid;
use shuke_testkit::{Reply, scenario};

impl Given {
    /// Everybody, silver from 1,000.00, PLUS that is paid for. Gives PLUS and a yearly plan of 365.00.
    async fn plus(&self) -> (Uuid, Uuid) {
        let (plus, plan) = (self.uuid(), self.uuid());
        let scheme = json!({
            "tiers": [
                { "id": self.uuid(), "name": "普通" },
                { "id": self.uuid(), "name": "银卡", "amount": 100_000 },
                { "id": plus, "name": "PLUS", "paid_only": true, "benefits": { "discount": 8_800 } },
            ],
            "qualify_by": "any", "window_months": 12, "validity_months": 12, "grace_days": 30, "warn_days": 7,
        });
        self.owner().put("/api/v1/settings/tiers", &scheme).await.ok();
        let terms = json!({
            "id": plan, "name": "PLUS年卡", "tier": plus, "price": 36_500, "term": { "kind": "days", "days": 365 },
            "trial_days": 7, "gift": { "points": 100 }, "remind_days": 3,
        });
        self.owner().post("/api/v1/membership-plans", &terms).await.ok();
        (plus, plan)
    }
    fn term(&self, plan: Uuid, member: Uuid, tender: Option<&str>) -> Value {
        json!({ "id": self.uuid(), "plan": plan, "member": member, "store": self.shop.store, "tender": tender, "trial": tender.is_none() })
    }
    async fn buy_term(&self, plan: Uuid, member: Uuid) -> Value {
        self.role(Role::Cashier).post("/api/v1/memberships", &self.term(plan, member, Some("cash"))).await.ok()
    }
    async fn refund_term(&self, term: &Value) -> Reply {
        let path = format!("/api/v1/memberships/{}/refund", term["id"].as_str().unwrap());
        self.role(Role::Cashier).post(&path, &json!({ "reason": "搬家" })).await
    }
    async fn cash(&self) -> i64 {
        let rows = self.owner().get("/api/v1/ledger/accounts?from=2026-11-01&to=2027-10-31").await.ok();
        let cash = rows["items"].as_array().unwrap().iter().find(|row| row["account"] == json!("cash")).cloned().unwrap();
        cash["debits"].as_i64().unwrap() - cash["credits"].as_i64().unwrap()
    }
    /// How often a kind of event was told about a member.
    async fn told(&self, member: Uuid, kind: &str) -> usize {
        let input = (self.shop.merchant, member);
        let events =
            self.app.db().read(&input, |tx, (merchant, member)| Box::pin(event::of_subject(tx, *merchant, *member, 500))).await.unwrap();
        events.iter().filter(|event| event.kind == kind).count()
    }
}

scenario! {
    setup = shop;

    /// A term would be given twice, run beside another, or be refunded for other than its days.
    async fn a_term_is_sold_renewed_and_refunded_by_the_day(given) {
        let (plus, plan) = given.plus().await;
        let member = given.member().await;
        let cashier = given.role(Role::Cashier);
        let body = given.term(plan, member, Some("cash"));
        let first = cashier.post("/api/v1/memberships", &body).await.ok();
        cashier.post("/api/v1/memberships", &body).await.refused(409, "membership_taken");
        assert_eq!((&first["starts_on"], &first["ends_on"]), (&json!("2026-11-22"), &json!("2027-11-21")));
        let view = given.tier(member).await;
        assert_eq!((&view["effective"], &view["name"], &view["paid"]["until"]), (&json!(plus), &json!("PLUS"), &json!("2027-11-21")));
        assert_eq!((&view["benefits"]["discount"], &view["since"]), (&json!(8_800), &json!(null)));
        given.app.advance_days(10);
        let renewal = given.buy_term(plan, member).await;
        assert_eq!((&renewal["starts_on"], &renewal["ends_on"]), (&json!("2027-11-22"), &json!("2028-11-20")));
        assert_eq!(given.tier(member).await["paid"]["until"], json!("2028-11-20"));
        assert_eq!((given.cash().await, given.balance(member, shuke_ledger::AccountKind::Points).await), (73_000, 200));
        given.refund_term(&first).await.refused(422, "membership_renewed");
        assert_eq!(given.refund_term(&renewal).await.ok()["refunded"], json!(36_500), "it hasn't begun");
        given.refund_term(&renewal).await.refused(422, "membership_refunded");
        let back = given.refund_term(&first).await.ok();
        assert_eq!((&back["refunded"], &back["ends_on"]), (&json!(35_400), &json!("2026-12-02")), "354 of 365 days are left");
        assert_eq!((given.cash().await, given.balance(member, shuke_ledger::AccountKind::Points).await), (1_100, 0));
        let view = given.tier(member).await;
        assert_eq!((&view["name"], &view["paid"]), (&json!("普通"), &json!(null)));
        given.verify().await;
        let stmt = shuke_db::sql!("UPDATE member_tier SET overlay_until = '2029-01-01' WHERE merchant_id = $1", given.shop.merchant);
        assert!(given.at_once(1, || stmt.clone()).await.is_empty());
        let report = shuke_ledger::verify::run_with(given.app.db(), given.shop.merchant, shuke_loyalty::CHECKS).await.unwrap();
        assert_eq!(report.first_difference.unwrap().check, "membership");
    }

    /// A refund on the first day would cost the customer something.
    async fn the_first_day_is_given_back_whole(given) {
        let (_, plan) = given.plus().await;
        let member = given.member().await;
        let term = given.buy_term(plan, member).await;
        assert_eq!(given.refund_term(&term).await.ok()["refunded"], json!(36_500));
        assert_eq!((given.cash().await, given.tier(member).await["name"].clone()), (0, json!("普通")));
        let again = given.buy_term(plan, member).await;
        assert_eq!(again["starts_on"], json!("2026-11-22"));
        given.app.advance_days(365);
        given.refund_term(&again).await.refused(422, "membership_over");
        given.verify().await;
    }

    /// The trial would be had twice, or by who pays already.
    async fn a_trial_is_had_once(given) {
        let (_, plan) = given.plus().await;
        let member = given.member().await;
        let owner = given.owner();
        let bodies: Vec<Value> = (0..8).map(|_| given.term(plan, member, None)).collect();
        let replies = futures::future::join_all(bodies.iter().map(|body| owner.post("/api/v1/memberships", body))).await;
        assert_eq!(replies.iter().filter(|reply| reply.status.is_success()).count(), 1);
        assert!(replies.iter().all(|reply| reply.status.is_success() || reply.code() == "membership_trial_off"));
        assert_eq!(given.tier(member).await["paid"]["until"], json!("2026-11-28"));
        given.app.advance_days(30);
        owner.post("/api/v1/memberships", &given.term(plan, member, None)).await.refused(409, "membership_tried");
        assert_eq!(given.buy_term(plan, member).await["price"], json!(36_500));
        let mut wrong = given.term(plan, member, Some("cash"));
        wrong["trial"] = json!(true);
        owner.post("/api/v1/memberships", &wrong).await.refused(400, "membership_tender_wrong");
        let terms = owner.get(&format!("/api/v1/members/{member}/memberships")).await.ok();
        assert_eq!(terms.as_array().unwrap().len(), 2);
        given.verify().await;
    }

    /// A member would be reminded every night, or not at all.
    async fn a_member_is_told_of_the_end_once(given) {
        let (_, plan) = given.plus().await;
        let member = given.member().await;
        given.buy_term(plan, member).await;
        given.app.advance_days(360);
        given.midnight().await;
        assert_eq!(given.told(member, "membership.ending").await, 0);
        for _ in 0..3 {
            given.app.advance_days(1);
            given.midnight().await;
        }
        assert_eq!((given.told(member, "membership.ending").await, given.told(member, "membership.ended").await), (1, 0));
        given.app.advance_days(2);
        given.midnight().await;
        given.midnight().await;
        assert_eq!((given.told(member, "membership.ending").await, given.told(member, "membership.ended").await), (1, 1));
    }

    /// A member would lose their tier without a word, or get the word every night.
    async fn who_is_about_to_fall_is_warned_once(given) {
        given.plus().await;
        let (short, enough) = (given.member().await, given.member().await);
        given.buy(short, 100_000).await;
        given.buy(enough, 100_000).await;
        given.app.advance_days(380); // 2027-12-07, in grace
        given.midnight().await;
        given.buy(enough, 100_000).await;
        given.app.advance_days(8); // 2027-12-15
        given.midnight().await;
        assert_eq!(given.told(short, "tier.downgrade_near").await, 0);
        given.app.advance_days(1); // 2027-12-16, seven days before the fall on 2027-12-23
        given.midnight().await;
        given.app.advance_days(1);
        given.midnight().await;
        assert_eq!((given.told(short, "tier.downgrade_near").await, given.told(enough, "tier.downgrade_near").await), (1, 0));
        let view = given.tier(short).await;
        assert_eq!((&view["keep"]["missing"]["amount"], &view["keep"]["by"]), (&json!(100_000), &json!("2027-12-22")));
        given.app.advance_days(6);
        given.midnight().await;
        assert_eq!(given.tier(short).await["name"], json!("普通"));
        assert_eq!(given.tier(enough).await["name"], json!("银卡"));
    }
}

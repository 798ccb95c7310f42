//! Points from one member to another: within the terms, once, with their expiry.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_ledger::AccountKind;
use shuke_testkit::scenario;

impl Given {
    async fn give_points(&self, member: Uuid, amount: i64, expires_on: Option<&str>) {
        let body = json!({ "account": "points", "amount": amount, "reason": "测", "expires_on": expires_on });
        self.owner().post(&format!("/api/v1/members/{member}/adjustments"), &body).await.ok();
    }
    fn gift(&self, from: Uuid, to: Uuid, points: i64) -> Value {
        json!({ "id": self.uuid(), "from": from, "to": to, "points": points, "note": "生日" })
    }
    async fn allow(&self, transfer: Value) {
        self.owner().put("/api/v1/settings/points-terms", &json!({ "transfer": transfer })).await.ok();
    }
    async fn ends(&self, member: Uuid) -> Vec<(i64, Option<String>)> {
        let mut ends: Vec<_> = self
            .holdings(member)
            .await
            .lots(AccountKind::Points)
            .map(|lot| (lot.remaining, lot.expires_on.map(|day| day.to_string())))
            .collect();
        ends.sort();
        ends
    }
}

scenario! {
    setup = shop;

    /// Points would come into being, lose their end, or go beyond what the merchant allows.
    async fn points_arrive_with_their_expiry_and_the_fee_is_used_up(given) {
        let (from, to) = (given.member().await, given.member().await);
        given.give_points(from, 100, Some("2026-12-31")).await;
        given.give_points(from, 100, Some("2027-06-30")).await;
        given.give_points(from, 100, None).await;
        let client = given.role(Role::Cashier);
        let mut gift = given.gift(from, to, 150);
        gift["store"] = json!(given.shop.store);
        client.post("/api/v1/points-transfers", &gift).await.refused(422, "points_transfer_off");
        given.allow(json!({ "min": 10, "max": 200, "fee": 1_000, "limits": [{ "period": "day", "max": 160 }] })).await;
        let done = client.post("/api/v1/points-transfers", &gift).await.ok();
        assert_eq!((&done["points"], &done["fee"]), (&json!(150), &json!(15)));
        client.post("/api/v1/points-transfers", &gift).await.refused(409, "points_transfer_taken");
        let day = |text: &str| Some(text.to_owned());
        assert_eq!(given.ends(to).await, [(50, day("2027-06-30")), (100, day("2026-12-31"))]);
        assert_eq!(given.ends(from).await, [(35, day("2027-06-30")), (100, None)]);
        let owner = given.owner();
        owner.post("/api/v1/points-transfers", &given.gift(from, to, 9)).await.refused(422, "points_transfer_amount_wrong");
        owner.post("/api/v1/points-transfers", &given.gift(from, to, 201)).await.refused(422, "points_transfer_amount_wrong");
        owner.post("/api/v1/points-transfers", &given.gift(from, from, 10)).await.refused(422, "points_transfer_to_self");
        owner.post("/api/v1/points-transfers", &given.gift(from, to, 11)).await.refused(422, "quota_exhausted");
        owner.post("/api/v1/points-transfers", &given.gift(to, from, 160)).await.refused(422, "balance_insufficient");
        owner.post("/api/v1/points-transfers", &given.gift(from, given.uuid(), 10)).await.refused(404, "member_not_found");
        given.app.advance_days(1);
        owner.post("/api/v1/points-transfers", &given.gift(from, to, 11)).await.ok();
        for member in [from, to] {
            let list = owner.get(&format!("/api/v1/members/{member}/points-transfers")).await.ok();
            assert_eq!(list["items"].as_array().unwrap().len(), 2);
        }
        given.verify().await;
        let stmt = shuke_db::sql!("UPDATE points_transfer SET points = points + 1 WHERE merchant_id = $1", given.shop.merchant);
        assert!(given.at_once(1, || stmt.clone()).await.is_empty());
        let report = shuke_ledger::verify::run_with(given.app.db(), given.shop.merchant, shuke_loyalty::CHECKS).await.unwrap();
        assert_eq!(report.first_difference.unwrap().check, "points_transfer");
    }

    /// Gifts to and fro at the same moment would wait for each other, or give what is not there.
    async fn gifts_at_once_give_what_is_there(given) {
        let (one, two) = (given.member().await, given.member().await);
        given.allow(json!({})).await;
        given.give_points(one, 100, None).await;
        given.give_points(two, 100, None).await;
        let owner = given.owner();
        let gifts: Vec<Value> = (0..20).map(|n| if n % 2 == 0 { given.gift(one, two, 60) } else { given.gift(two, one, 60) }).collect();
        let posts = gifts.iter().map(|gift| owner.post("/api/v1/points-transfers", gift));
        for reply in futures::future::join_all(posts).await {
            assert!(reply.status.is_success() || reply.code() == "balance_insufficient", "{}", reply.text);
        }
        let (a, b) = (given.balance(one, AccountKind::Points).await, given.balance(two, AccountKind::Points).await);
        assert_eq!(a + b, 200);
        assert!(a >= 0 && b >= 0);
        given.verify().await;
    }
}

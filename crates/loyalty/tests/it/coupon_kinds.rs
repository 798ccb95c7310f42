//! Service vouchers by count, codes in batches, giving coupons away, taking them back together.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_http::Role;
use shuke_kernel::Uuid;
use shuke_testkit::scenario;

impl Given {
    /// A voucher for ten baths within a week.
    async fn voucher(&self, member: Uuid, more: Value) -> Uuid {
        let template = self.service(more).await;
        self.coupon(template, member).await.0
    }
    async fn service(&self, more: Value) -> Uuid {
        let id = self.uuid();
        let mut terms = json!({
            "benefit": { "kind": "service", "services": [self.uuid()] }, "validity": { "kind": "relative", "days": 7 },
            "limits": { "uses": 10 },
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            terms[key] = value.clone();
        }
        let draft = json!({ "id": id, "name": "洗澡券", "terms": terms, "state": "published" });
        self.owner().post("/api/v1/coupon-templates", &draft).await.ok();
        id
    }
    fn redemption(&self, coupon: Uuid, uses: i64) -> Value {
        json!({ "id": self.uuid(), "coupon": coupon, "store": self.shop.store, "uses": uses })
    }
    async fn left(&self, coupon: Uuid) -> i64 {
        self.owner().get(&format!("/api/v1/coupons/{coupon}")).await.ok()["uses_left"].as_i64().unwrap()
    }
    pub(crate) async fn batch(&self, template: Uuid, codes: i64) -> (Uuid, Vec<String>) {
        let id = self.uuid();
        let draft = json!({ "id": id, "template": template, "name": "地推", "codes": codes });
        self.role(Role::Marketer).post("/api/v1/coupon-batches", &draft).await.ok();
        let page = self.role(Role::Marketer).get(&format!("/api/v1/coupon-batches/{id}/codes?limit=200")).await.ok();
        (id, page["items"].as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap().to_owned()).collect())
    }
}

scenario! {
    setup = shop;

    /// Ten baths are ten baths, however many counters redeem at once; one that was undone is there again, once.
    async fn a_voucher_is_redeemed_by_count(given) {
        let member = given.member().await;
        let coupon = given.voucher(member, json!({})).await;
        let client = given.role(Role::Cashier);
        let posts = (0..10).map(|_| {
            let (client, body) = (client.clone(), given.redemption(coupon, 3));
            async move { client.post("/api/v1/coupon-redemptions", &body).await }
        });
        let answers = futures::future::join_all(posts).await;
        let mut done = Vec::new();
        for answer in answers {
            match answer.status.is_success() {
                true => done.push(answer.ok()),
                false => drop(answer.refused(422, "coupon_used")),
            }
        }
        assert_eq!((done.len(), given.left(coupon).await), (3, 1));
        given.verify().await;
        let undo = format!("/api/v1/coupon-redemptions/{}/undo", done[0]["id"].as_str().unwrap());
        client.post(&undo, &json!({})).await.ok();
        client.post(&undo, &json!({})).await.refused(422, "coupon_use_undone");
        assert_eq!(given.left(coupon).await, 4);
        client.post("/api/v1/coupon-redemptions", &done[1]).await.refused(400, "body_malformed");
        let mut again = given.redemption(coupon, 1);
        again["id"] = done[1]["id"].clone();
        client.post("/api/v1/coupon-redemptions", &again).await.refused(409, "coupon_use_taken");
        client.post("/api/v1/coupon-redemptions", &given.redemption(coupon, 0)).await.refused(400, "redemption_uses_wrong");
        let list = client.get(&format!("/api/v1/coupons/{coupon}/redemptions")).await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
        given.verify().await;
    }

    /// A voucher is used in its days, stores and periods, and only a voucher without a sale.
    async fn a_voucher_says_why_not(given) {
        let member = given.member().await;
        let client = given.role(Role::Cashier);
        let limits = json!({ "limits": { "uses": 10, "per_period": { "period": "day", "max": 2 } }, "stores": [given.shop.store] });
        let coupon = given.voucher(member, limits).await;
        let mut elsewhere = given.redemption(coupon, 1);
        elsewhere["store"] = json!(given.shop.other_store);
        client.post("/api/v1/coupon-redemptions", &elsewhere).await.refused(403, "store_not_yours");
        let refusal = given.owner().post("/api/v1/coupon-redemptions", &elsewhere).await.refused(422, "coupon_not_usable");
        assert!(refusal.to_string().contains("wrong_store"), "{refusal}");
        client.post("/api/v1/coupon-redemptions", &given.redemption(coupon, 3)).await.refused(422, "coupon_period_limit");
        client.post("/api/v1/coupon-redemptions", &given.redemption(coupon, 2)).await.ok();
        let refusal = client.post("/api/v1/coupon-redemptions", &given.redemption(coupon, 1)).await.refused(422, "coupon_not_usable");
        assert!(refusal.to_string().contains("period_limit"), "{refusal}");
        given.app.advance_days(1);
        client.post("/api/v1/coupon-redemptions", &given.redemption(coupon, 1)).await.ok();
        given.app.advance_days(6);
        let refusal = client.post("/api/v1/coupon-redemptions", &given.redemption(coupon, 1)).await.refused(422, "coupon_not_usable");
        assert!(refusal.to_string().contains("expired"), "{refusal}");
        let amount = given.template(json!({})).await;
        let (amount, _) = given.coupon(amount, member).await;
        client.post("/api/v1/coupon-redemptions", &given.redemption(amount, 1)).await.refused(422, "coupon_needs_sale");
        given.verify().await;
    }

    /// A code becomes one coupon, whoever types it and however often at once.
    async fn a_code_is_claimed_once(given) {
        let template = given.template(json!({ "per_member_max": 2 })).await;
        let (batch, codes) = given.batch(template, 5).await;
        assert_eq!(codes.len(), 5);
        assert!(codes.iter().all(|code| code.len() == 19));
        let members = given.members(20).await;
        let client = given.role(Role::Cashier);
        let claims = members.iter().map(|member| {
            let (client, body) = (client.clone(), json!({ "code": codes[0].to_lowercase(), "member": member }));
            async move { client.post("/api/v1/coupon-claims", &body).await }
        });
        let answers = futures::future::join_all(claims).await;
        let won = answers.iter().filter(|answer| answer.status.is_success()).count();
        assert_eq!(won, 1);
        for answer in answers.into_iter().filter(|answer| !answer.status.is_success()) {
            answer.refused(422, "coupon_code_claimed");
        }
        let claim = |code: &str| json!({ "code": code, "member": members[0] });
        client.post("/api/v1/coupon-claims", &claim(&codes[1])).await.ok();
        let held = given.owner().get(&format!("/api/v1/members/{}/coupons", members[0])).await.ok()["items"].as_array().unwrap().len();
        if held == 1 {
            client.post("/api/v1/coupon-claims", &claim(&codes[2])).await.ok();
        }
        client.post("/api/v1/coupon-claims", &claim(&codes[3])).await.refused(422, "coupon_member_limit");
        let seen = given.owner().get(&format!("/api/v1/coupon-batches/{batch}")).await.ok();
        assert_eq!(seen["claimed"].as_i64().unwrap(), given.issued(template).await, "a claim that was refused leaves the code");
        let stored = shuke_db::Stmt::built("SELECT COUNT(*) FROM coupon_code WHERE hash = $1 OR hash LIKE $2", vec![
            shuke_db::ToValue::to_value(&codes[4]), shuke_db::ToValue::to_value(&format!("%{}%", &codes[4][..4])),
        ]);
        let stored: i64 = given.app.db().read(&stored, |tx, stmt| Box::pin(tx.rows(stmt.clone()))).await.unwrap()[0].get(0).unwrap();
        assert_eq!(stored, 0, "a code is stored nowhere");
        given.verify().await;
    }

    /// Codes can't be tried out; and no batch reaches over the wall.
    async fn codes_cant_be_guessed(given) {
        let template = given.template(json!({})).await;
        let (batch, codes) = given.batch(template, 1).await;
        let member = given.member().await;
        let client = given.role(Role::Cashier);
        for _ in 0..20 {
            client.post("/api/v1/coupon-claims", &json!({ "code": "0000-0000-0000-0000", "member": member })).await.refused(404, "coupon_code_not_found");
        }
        client.post("/api/v1/coupon-claims", &json!({ "code": codes[0], "member": member })).await.refused(429, "coupon_code_throttled");
        given.role(Role::Manager).post("/api/v1/coupon-claims", &json!({ "code": codes[0], "member": member })).await.refused(429, "coupon_code_throttled");
        let other = Given { app: given.app.clone(), shop: shuke_org::fixture::shop(&given.app.app).await.unwrap() };
        let theirs = other.member().await;
        other.owner().post("/api/v1/coupon-claims", &json!({ "code": codes[0], "member": theirs })).await.refused(404, "coupon_code_not_found");
        other.owner().get(&format!("/api/v1/coupon-batches/{batch}/codes")).await.refused(404, "coupon_batch_not_found");
        client.get(&format!("/api/v1/coupon-batches/{batch}/codes")).await.refused(403, "permission_missing");
    }

    /// A batch is taken back whole: its codes, and its coupons that were not used up.
    async fn a_batch_is_taken_back(given) {
        let template = given.service(json!({ "limits": { "uses": 2 } })).await;
        let (batch, codes) = given.batch(template, 4).await;
        let members = given.members(3).await;
        let client = given.role(Role::Cashier);
        let mut coupons = Vec::new();
        for (member, code) in members.iter().zip(&codes) {
            let claimed = client.post("/api/v1/coupon-claims", &json!({ "code": code, "member": member })).await.ok();
            coupons.push(claimed["id"].as_str().unwrap().parse::<Uuid>().unwrap());
        }
        client.post("/api/v1/coupon-redemptions", &given.redemption(coupons[0], 2)).await.ok();
        client.post("/api/v1/coupon-redemptions", &given.redemption(coupons[1], 1)).await.ok();
        let done = given.owner().post(&format!("/api/v1/coupon-batches/{batch}/revoke"), &json!({ "reason": "印错" })).await.ok();
        assert_eq!(done, json!({ "revoked": 2, "more": false }));
        client.post("/api/v1/coupon-claims", &json!({ "code": codes[3], "member": members[0] })).await.refused(422, "coupon_batch_revoked");
        let refusal = client.post("/api/v1/coupon-redemptions", &given.redemption(coupons[2], 1)).await.refused(422, "coupon_not_usable");
        assert!(refusal.to_string().contains("revoked"), "{refusal}");
        assert_eq!(given.issued(template).await, 2, "the one that was never used frees its place");
        let issue = given.uuid();
        given.owner().post("/api/v1/coupon-issues", &json!({ "id": issue, "template": template, "members": members })).await.ok();
        let done = given.owner().post(&format!("/api/v1/coupon-issues/{issue}/revoke"), &json!({})).await.ok();
        assert_eq!(done["revoked"], json!(3));
        given.owner().post(&format!("/api/v1/coupon-issues/{}/revoke", given.uuid()), &json!({})).await.refused(404, "coupon_issue_not_found");
        given.verify().await;
    }

    /// A coupon is given to one, once, within the other's limit; a campaign doesn't serve its giver again.
    async fn a_coupon_is_given_away_once(given) {
        let terms = json!({ "transferable": true, "limits": { "uses": 2, "per_member_max": 1 } });
        let template = given.service(terms).await;
        let members = given.members(3).await;
        let issue = given.uuid();
        let draft = |members: &[Uuid]| json!({ "id": issue, "template": template, "members": members });
        let issued = given.owner().post("/api/v1/coupon-issues", &draft(&members[..1])).await.ok();
        let coupon: Uuid = issued["coupons"][0]["id"].as_str().unwrap().parse().unwrap();
        let path = format!("/api/v1/coupons/{coupon}/transfer");
        let client = given.role(Role::Cashier);
        client.post(&path, &json!({ "to": members[0] })).await.refused(422, "coupon_not_transferable");
        client.post(&path, &json!({ "to": members[1] })).await.ok();
        given.verify().await;
        let served = given.owner().post("/api/v1/coupon-issues", &draft(&members[..1])).await.ok();
        assert_eq!(served["coupons"], json!([]), "who gave it away had it");
        let (second, _) = given.coupon(template, members[0]).await;
        client.post(&format!("/api/v1/coupons/{second}/transfer"), &json!({ "to": members[1] })).await.refused(422, "coupon_member_limit");
        client.post("/api/v1/coupon-redemptions", &given.redemption(coupon, 1)).await.ok();
        client.post(&path, &json!({ "to": members[2] })).await.refused(422, "coupon_not_transferable");
        let kept = given.service(json!({})).await;
        let (kept, _) = given.coupon(kept, members[2]).await;
        client.post(&format!("/api/v1/coupons/{kept}/transfer"), &json!({ "to": members[1] })).await.refused(422, "coupon_not_transferable");
        given.verify().await;
    }

    /// A use that a hand slips in is found.
    async fn verify_finds_uses_that_were_not(given) {
        let member = given.member().await;
        let coupon = given.voucher(member, json!({})).await;
        given.role(Role::Cashier).post("/api/v1/coupon-redemptions", &given.redemption(coupon, 3)).await.ok();
        let hand = (given.shop.merchant, coupon);
        given.app.db().write(&hand, |tx, (merchant, coupon)| {
            Box::pin(tx.queue(shuke_db::sql!("UPDATE coupon SET uses_left = uses_left + 1 WHERE merchant_id = $1 AND id = $2", merchant, coupon)))
        }).await.unwrap();
        let report = shuke_ledger::verify::run_with(given.app.db(), given.shop.merchant, shuke_loyalty::CHECKS).await.unwrap();
        assert_eq!(report.first_difference.map(|difference| difference.check).as_deref(), Some("coupon_use"));
    }
}

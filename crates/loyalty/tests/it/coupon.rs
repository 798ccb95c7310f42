//! Issuing: budgets, limits, retries, revoking, codes, walls.

use crate::support::{Given, shop};
use serde_json::json;
use shuke_http::Role;
use shuke_testkit::scenario;

scenario! {
    setup = shop;

    /// A budget that is read before it is written would be overrun.
    async fn a_budget_of_ten_issues_ten(given) {
        let template = given.template(json!({ "issued_max": 10 })).await;
        let members = given.members(100).await;
        let client = given.owner();
        let one = |member| {
            let client = client.clone();
            let draft = json!({ "id": given.uuid(), "template": template, "members": [member] });
            async move { client.post("/api/v1/coupon-issues", &draft).await }
        };
        let answers = futures::future::join_all(members.iter().map(|member| one(*member))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 10);
        for answer in answers.into_iter().filter(|answer| !answer.status.is_success()) {
            answer.refused(422, "coupon_budget_exhausted");
        }
        assert_eq!(given.issued(template).await, 10);
        given.verify().await;
    }

    /// A limit per member that is counted before it is written would be overrun.
    async fn a_member_gets_no_more_than_their_limit(given) {
        let template = given.template(json!({ "per_member_max": 2 })).await;
        let member = given.member().await;
        let client = given.owner();
        let one = || {
            let client = client.clone();
            let draft = json!({ "id": given.uuid(), "template": template, "members": [member] });
            async move { client.post("/api/v1/coupon-issues", &draft).await }
        };
        let answers = futures::future::join_all((0..20).map(|_| one())).await;
        assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 2);
        for answer in answers.into_iter().filter(|answer| !answer.status.is_success()) {
            answer.refused(422, "coupon_member_limit");
        }
        let list = given.owner().get(&format!("/api/v1/members/{member}/coupons")).await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        given.verify().await;
    }

    /// A campaign that is sent again must reach only those it has not reached.
    async fn one_issue_serves_each_member_once(given) {
        let template = given.template(json!({ "issued_max": 3 })).await;
        let members = given.members(3).await;
        let id = given.uuid();
        let client = given.owner();
        let issue = |members: Vec<_>| {
            let client = client.clone();
            let draft = json!({ "id": id, "template": template, "members": members });
            async move { client.post("/api/v1/coupon-issues", &draft).await.ok()["coupons"].as_array().unwrap().len() }
        };
        assert_eq!(issue(members[..2].to_vec()).await, 2);
        assert_eq!(issue(members.clone()).await, 1, "another request under the same issue serves who is left");
        assert_eq!(issue(members).await, 0);
        assert_eq!(given.issued(template).await, 3);
        given.verify().await;
    }

    /// A coupon that is taken back unused frees its place; one that was used keeps it.
    async fn taking_back_frees_what_was_not_used(given) {
        let template = given.template(json!({ "issued_max": 2, "per_member_max": 1, "uses": 2 })).await;
        let member = given.member().await;
        let other = given.member().await;
        let (unused, _) = given.coupon(template, member).await;
        let (used, code) = given.coupon(template, other).await;
        use_once(&given, other, used).await;
        for coupon in [unused, used] {
            let back = given.owner().post(&format!("/api/v1/coupons/{coupon}/revoke"), &json!({ "reason": "mistake" })).await.ok();
            assert_eq!((back["state"].as_str(), back["uses_left"].as_i64()), (Some("revoked"), Some(0)));
        }
        assert_eq!(given.issued(template).await, 1);
        given.coupon(template, member).await;
        let third = json!({ "id": given.uuid(), "template": template, "members": [other] });
        given.owner().post("/api/v1/coupon-issues", &third).await.refused(422, "coupon_budget_exhausted");
        let found = given.owner().get(&format!("/api/v1/coupon-codes/{}", code.to_lowercase().replace('-', ""))).await.ok();
        assert_eq!(found["id"], json!(used));
        let again = given.owner().post(&format!("/api/v1/coupon-templates/{template}/revoke-coupons"), &json!({})).await.ok();
        assert_eq!(again, json!({ "revoked": 1, "more": false }));
        given.verify().await;
    }

    /// A coupon froze its terms: what the template says later must not reach it.
    async fn a_changed_template_changes_no_coupon(given) {
        let template = given.template(json!({})).await;
        let member = given.member().await;
        let (coupon, _) = given.coupon(template, member).await;
        let terms = json!({ "benefit": { "kind": "amount", "off": 5_000 }, "validity": { "kind": "relative", "days": 1 } });
        let change = json!({ "name": "新券", "terms": terms, "state": "stopped" });
        let path = format!("/api/v1/coupon-templates/{template}");
        given.owner().put(&path, &change).await.ok();
        let seen = given.owner().get(&format!("/api/v1/coupons/{coupon}")).await.ok();
        assert_eq!((seen["name"].as_str(), &seen["terms"]["benefit"]["off"]), (Some("满减券"), &json!(2_000)));
        assert_eq!((&seen["valid_from"], &seen["expires_on"]), (&json!("2026-11-22"), &json!("2026-11-28")), "the day of issue counts");
        let more = json!({ "id": given.uuid(), "template": template, "members": [member] });
        given.owner().post("/api/v1/coupon-issues", &more).await.refused(422, "coupon_template_not_published");
        let draft = json!({ "name": "新券", "terms": terms, "state": "draft" });
        given.owner().put(&path, &draft).await.refused(422, "template_state_wrong");
        given.owner().put(&path, &json!({ "name": " ", "terms": terms, "state": "stopped" })).await.refused(400, "name_malformed");
    }

    /// Codes can't be tried out.
    async fn who_guesses_codes_has_to_wait(given) {
        let member = given.member().await;
        let template = given.template(json!({})).await;
        let (_, code) = given.coupon(template, member).await;
        let guess = "/api/v1/coupon-codes/0000-0000-0000-0000";
        for _ in 0..20 {
            given.role(Role::Cashier).get(guess).await.refused(404, "coupon_not_found");
        }
        let answer = given.role(Role::Cashier).get(&format!("/api/v1/coupon-codes/{code}")).await;
        assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds <= 600), "{}", answer.text);
        answer.refused(429, "coupon_code_throttled");
        given.owner().get(&format!("/api/v1/coupon-codes/{code}")).await.ok();
        given.owner().get("/api/v1/coupon-codes/nothing").await.refused(400, "coupon_code_malformed");
    }

    /// No permission, no coupon; and another merchant's things are nobody's.
    async fn merchants_and_roles_are_walls(given) {
        let template = given.template(json!({})).await;
        let member = given.member().await;
        let (coupon, code) = given.coupon(template, member).await;
        let draft = json!({ "id": given.uuid(), "template": template, "members": [member] });
        given.role(Role::Cashier).post("/api/v1/coupon-issues", &draft).await.refused(403, "permission_missing");
        given.app.anonymous().get(&format!("/api/v1/coupons/{coupon}")).await.refused(401, "not_signed_in");
        let other = Given { app: given.app.clone(), shop: shuke_org::fixture::shop(&given.app.app).await.unwrap() };
        let foreign = other.owner();
        foreign.get(&format!("/api/v1/coupons/{coupon}")).await.refused(404, "coupon_not_found");
        foreign.get(&format!("/api/v1/coupon-codes/{code}")).await.refused(404, "coupon_not_found");
        foreign.get(&format!("/api/v1/coupon-templates/{template}")).await.refused(404, "coupon_template_not_found");
        foreign.get(&format!("/api/v1/members/{member}/coupons")).await.refused(404, "member_not_found");
        foreign.post(&format!("/api/v1/coupons/{coupon}/revoke"), &json!({})).await.refused(404, "coupon_not_found");
        foreign.post("/api/v1/coupon-issues", &draft).await.refused(422, "member_unknown");
        assert_eq!(given.issued(template).await, 1);
    }
}

async fn use_once(given: &Given, member: shuke_kernel::Uuid, coupon: shuke_kernel::Uuid) {
    let order = given.uuid();
    let now = given.app.clock.now();
    let ids = [shuke_loyalty::coupon::CouponId(coupon)];
    let refused = given.at_once(1, || shuke_loyalty::coupon::store::use_stmt(given.shop.merchant, order, member, now, &ids)).await;
    assert!(refused.is_empty(), "{refused:?}");
}

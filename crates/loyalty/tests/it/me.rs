//! What members see on their own phones of what they hold.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_kernel::{Cx, Uuid};
use shuke_ledger::AccountKind;
use shuke_member::MemberId;
use shuke_member::sign_in::{Door, MemberToken};
use shuke_testkit::{TestApp, scenario};

/// A member's own client: the session is begun without a code, which the member crate tests.
async fn own(given: &Given, member: Uuid) -> TestApp {
    given.app.app.slot::<shuke_http::MemberDoor>().set(Door);
    let input: (Cx, Uuid, shuke_http::Vault) = (given.cx(), member, given.app.app.vault.clone());
    let begun = given
        .app
        .db()
        .write(&input, |tx, (cx, member, vault)| Box::pin(shuke_member::sign_in::ops::begin(tx, cx, vault, MemberId(*member))));
    let token: MemberToken = begun.await.unwrap();
    given.app.as_member(token.as_str())
}

async fn give_points(given: &Given, member: Uuid, amount: i64) {
    let body = json!({ "account": "points", "amount": amount, "reason": "补发", "expires_on": "2026-12-31" });
    given.owner().post(&format!("/api/v1/members/{member}/adjustments"), &body).await.ok();
}

async fn reward(given: &Given, terms: Value, stock: i64) -> Uuid {
    let id = given.uuid();
    let draft = json!({ "id": id, "name": "围嘴", "terms": terms, "state": "published", "stock": stock });
    given.owner().post("/api/v1/rewards", &draft).await.ok();
    id
}

scenario! {
    setup = shop;

    /// One call shows what a member holds, what ends next, and every movement with its reason.
    async fn one_call_shows_what_a_member_holds(given) {
        let (member, other) = (given.member().await, given.member().await);
        let me = own(&given, member).await;
        give_points(&given, member, 100).await;
        give_points(&given, other, 7).await;
        let template = given.template(json!({})).await;
        let (coupon, _) = given.coupon(template, member).await;
        given.coupon(template, other).await;
        let assets = me.get("/api/v1/me/assets").await.ok();
        assert_eq!(assets["balances"]["points"]["balance"], 100);
        assert_eq!(assets["balances"]["points"]["next_expiry"], json!({ "on": "2026-12-31", "amount": 100 }));
        assert_eq!(assets["lots"].as_array().unwrap().len(), 1);
        let coupons = assets["coupons"].as_array().unwrap();
        assert_eq!((coupons.len(), &coupons[0]["id"], &coupons[0]["usable"]), (1, &json!(coupon), &json!(true)));
        let page = me.get("/api/v1/me/movements?kind=points").await.ok();
        let movement = &page["items"][0];
        assert_eq!((&movement["amount"], page["items"].as_array().unwrap().len()), (&json!(100), 1));
        assert!(movement.get("actor").is_none(), "who of the staff did it is the shop's own: {movement}");
        for path in ["points", "tier", "stamps", "streaks", "gifts", "memberships", "passes"] {
            me.get(&format!("/api/v1/me/{path}")).await.ok();
        }
    }

    /// A coupon that can't be used says why.
    async fn a_coupon_says_why_not(given) {
        let member = given.member().await;
        let me = own(&given, member).await;
        let template = given.template(json!({})).await;
        given.coupon(template, member).await;
        given.app.advance_days(8);
        let listed = me.get("/api/v1/me/coupons").await.ok();
        let coupon = &listed["items"][0];
        assert_eq!((&coupon["usable"], &coupon["why_not"]["code"]), (&json!(false), &json!("expired")));
        assert_eq!(me.get("/api/v1/me/assets").await.ok()["coupons"], json!([]));
    }

    /// A reward is redeemed on the phone once, with the member's own points; one with money on top at the till.
    async fn a_reward_is_redeemed_on_the_phone(given) {
        let member = given.member().await;
        let me = own(&given, member).await;
        give_points(&given, member, 100).await;
        let gift = reward(&given, json!({ "gives": { "kind": "gift" }, "points": 40, "cost": 900 }), 5).await;
        let dear = reward(&given, json!({ "gives": { "kind": "gift" }, "points": 10, "money": 500 }), 5).await;
        let listed = me.get(&format!("/api/v1/me/rewards?store={}", given.shop.store)).await.ok();
        let of = |id: Uuid| listed.as_array().unwrap().iter().find(|one| one["reward"]["id"] == json!(id)).unwrap().clone();
        assert_eq!((&of(gift)["here"], &of(gift)["can"], &of(dear)["here"]), (&json!(true), &json!(2), &json!(false)));
        assert!(!listed.to_string().contains("900"), "what a reward costs is the shop's own: {listed}");

        let draft = |id: Uuid, reward: Uuid| json!({ "id": id, "reward": reward, "store": given.shop.store });
        me.post("/api/v1/me/reward-orders", &draft(given.uuid(), dear)).await.refused(422, "reward_at_till");
        let id = given.uuid();
        let bodies: Vec<Value> = (0..4).map(|_| draft(id, gift)).collect();
        let sent = bodies.iter().map(|body| me.post_with_key("/api/v1/me/reward-orders", "once", body));
        let replies = futures::future::join_all(sent).await;
        assert!(replies.iter().all(|reply| reply.status.is_success()), "{replies:?}");
        assert_eq!(replies.iter().filter(|reply| !reply.replayed()).count(), 1);
        assert_eq!(given.balance(member, AccountKind::Points).await, 60);
        me.post("/api/v1/me/reward-orders", &draft(given.uuid(), gift)).await.ok();
        me.post("/api/v1/me/reward-orders", &draft(given.uuid(), gift)).await.refused(422, "balance_insufficient");
        let mine = me.get("/api/v1/me/reward-orders").await.ok();
        assert_eq!(mine["items"].as_array().unwrap().len(), 2);
        given.owner().post(&format!("/api/v1/reward-orders/{id}/hand-over"), &json!({})).await.ok();
        given.verify().await;
    }

    /// A member who is frozen looks and does not spend.
    async fn a_frozen_member_only_looks(given) {
        let member = given.member().await;
        let me = own(&given, member).await;
        give_points(&given, member, 100).await;
        let gift = reward(&given, json!({ "gives": { "kind": "gift" }, "points": 40 }), 5).await;
        given.owner().patch(&format!("/api/v1/members/{member}"), &json!({ "state": "frozen" })).await.ok();
        me.get("/api/v1/me/assets").await.ok();
        let draft = json!({ "id": given.uuid(), "reward": gift, "store": given.shop.store });
        me.post("/api/v1/me/reward-orders", &draft).await.refused(422, "member_not_active");
    }

    /// One code could be redeemed by two phones at once, or twice by one; a gift card's money would be there twice.
    async fn a_code_is_redeemed_once_whoever_shows_it(given) {
        let (member, other) = (given.member().await, given.member().await);
        let (me, they) = (own(&given, member).await, own(&given, other).await);
        let (_, card) = given.sold_card().await;
        let draft = |code: &str| json!({ "id": given.uuid(), "code": code.to_lowercase().replace('-', " ") });
        let drafts: Vec<Value> = (0..6).map(|_| draft(&card)).collect();
        let sent = drafts.iter().enumerate().map(|(at, body)| {
            let client = if at % 2 == 0 { &me } else { &they };
            async move { client.post("/api/v1/me/redemptions", body).await }
        });
        let replies = futures::future::join_all(sent).await;
        assert_eq!(replies.iter().filter(|reply| reply.status.is_success()).count(), 1, "{replies:?}");
        let won = replies.into_iter().find(|reply| reply.status.is_success()).unwrap().ok();
        assert_eq!(won, json!({ "kind": "gift_card", "amount": 10_000 }));
        let held = given.balance(member, AccountKind::Principal).await + given.balance(other, AccountKind::Principal).await;
        assert_eq!(held, 10_000);

        let template = given.template(json!({})).await;
        let (_, codes) = given.batch(template, 1).await;
        let body = draft(&codes[0]);
        let first = me.post_with_key("/api/v1/me/redemptions", "one", &body).await.ok();
        assert_eq!((&first["kind"], &first["coupon"]["usable"]), (&json!("coupon"), &json!(true)));
        assert_eq!(me.post_with_key("/api/v1/me/redemptions", "one", &body).await.ok(), first, "a retry is answered the same");
        for client in [&me, &they] {
            client.post("/api/v1/me/redemptions", &draft(&codes[0])).await.refused(422, "coupon_code_claimed");
        }
        assert_eq!(me.get("/api/v1/me/coupons").await.ok()["items"].as_array().unwrap().len(), 1);
        given.verify().await;
    }

    /// Codes could be tried out on a phone until one fits.
    async fn who_guesses_codes_on_a_phone_waits(given) {
        let (member, other) = (given.member().await, given.member().await);
        let (me, they) = (own(&given, member).await, own(&given, other).await);
        let wrong = |at: u32| json!({ "id": given.uuid(), "code": format!("7K2M-9QXT-40AB-{at:04}") });
        me.post("/api/v1/me/redemptions", &json!({ "id": given.uuid(), "code": "12" })).await.refused(400, "coupon_code_malformed");
        for at in 0..20 {
            me.post("/api/v1/me/redemptions", &wrong(at)).await.refused(404, "coupon_code_not_found");
        }
        me.post("/api/v1/me/redemptions", &wrong(20)).await.refused(429, "coupon_code_throttled");
        they.post("/api/v1/me/redemptions", &wrong(20)).await.refused(404, "coupon_code_not_found");
        let frozen = json!({ "state": "frozen" });
        given.owner().patch(&format!("/api/v1/members/{other}"), &frozen).await.ok();
        let (_, card) = given.sold_card().await;
        they.post("/api/v1/me/redemptions", &json!({ "id": given.uuid(), "code": card })).await.refused(422, "member_not_active");
    }

    /// Who belongs to a household sees what it holds, and nobody else does.
    async fn a_household_s_holdings_are_seen_by_its_people(given) {
        let (member, other) = (given.member().await, given.member().await);
        let (me, they) = (own(&given, member).await, own(&given, other).await);
        let draft = json!({ "id": given.uuid(), "kind": "group", "name": "王家" });
        let group = given.owner().post("/api/v1/members", &draft).await.ok()["id"].as_str().unwrap().parse::<Uuid>().unwrap();
        let person = json!({ "person": member, "part": "head" });
        given.owner().post(&format!("/api/v1/members/{group}/people"), &person).await.ok();
        give_points(&given, group, 70).await;
        let seen = me.get("/api/v1/me/groups").await.ok();
        assert_eq!((&seen[0]["group"], &seen[0]["name"]), (&json!(group), &json!("王家")));
        assert_eq!(seen[0]["assets"]["balances"]["points"]["balance"], 70);
        assert_eq!(they.get("/api/v1/me/groups").await.ok(), json!([]));
        assert_eq!(me.get("/api/v1/me/points-kinds").await.ok(), json!([]));
    }
}

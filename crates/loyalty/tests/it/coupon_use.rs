//! Using coupons: once, held for one order, given back.

use crate::support::{Given, shop};
use serde_json::json;
use shuke_db::Stmt;
use shuke_kernel::{MerchantId, Uuid};
use shuke_loyalty::coupon::{CouponId, CouponState, revoke_by_source, store};
use shuke_testkit::scenario;

impl Given {
    fn merchant(&self) -> MerchantId {
        self.shop.merchant
    }
    fn using(&self, order: Uuid, member: Uuid, coupon: Uuid) -> Stmt {
        store::use_stmt(self.merchant(), order, member, self.app.clock.now(), &[CouponId(coupon)])
    }
    fn holding(&self, order: Uuid, coupon: Uuid) -> Stmt {
        store::hold_stmt(self.merchant(), order, self.app.clock.now(), self.app.clock.now().plus_ms(60_000), &[CouponId(coupon)])
    }
    async fn seen(&self, member: Uuid, coupon: Uuid) -> shuke_loyalty::coupon::Coupon {
        let input = (self.merchant(), member, [CouponId(coupon)], self.today(), self.app.clock.now());
        let read = self.app.db().read(&input, |tx, (merchant, member, ids, today, now)| {
            Box::pin(async move {
                let rows = tx.rows(store::by_ids_stmt(*merchant, *member, ids)).await?;
                store::read(&rows[0], *today, *now)
            })
        });
        read.await.unwrap()
    }
    async fn candidates(&self, member: Uuid) -> usize {
        let input = (self.merchant(), member, self.today());
        let read = self.app.db().read(&input, |tx, (merchant, member, today)| {
            Box::pin(async move { Ok(tx.rows(store::of_member_stmt(*merchant, *member, *today)).await?.len()) })
        });
        read.await.unwrap()
    }
}

scenario! {
    setup = shop;

    /// Two requests that use one coupon at the same moment.
    async fn a_coupon_is_used_once_by_a_hundred(given) {
        let template = given.template(json!({})).await;
        let member = given.member().await;
        let (coupon, _) = given.coupon(template, member).await;
        let refused = given.at_once(100, || given.using(given.uuid(), member, coupon)).await;
        assert_eq!(refused, vec!["coupon_used"; 99]);
        assert_eq!(given.seen(member, coupon).await.state, CouponState::Used);
        assert_eq!(given.candidates(member).await, 0);
        let back = given.at_once(2, || store::give_back_stmt(given.merchant(), 1, &[CouponId(coupon)])).await;
        assert_eq!(back, ["coupon_overfull"], "it goes back once");
        assert_eq!(given.candidates(member).await, 1);
        given.verify().await;
    }

    /// A coupon that one order holds must not be used by another until the hold ends.
    async fn a_held_coupon_is_its_orders(given) {
        let template = given.template(json!({})).await;
        let member = given.member().await;
        let (coupon, _) = given.coupon(template, member).await;
        let (order, other) = (given.uuid(), given.uuid());
        assert!(given.at_once(1, || given.holding(order, coupon)).await.is_empty());
        assert_eq!(given.at_once(1, || given.holding(other, coupon)).await, ["coupon_held"]);
        assert_eq!(given.at_once(1, || given.using(other, member, coupon)).await, ["coupon_held"]);
        let seen = given.seen(member, coupon).await;
        assert_eq!((seen.state, seen.held_for), (CouponState::Held, Some(order)));
        let ids = [CouponId(coupon)];
        assert!(given.at_once(1, || store::release_stmt(given.merchant(), other, &ids)).await.is_empty());
        assert_eq!(given.seen(member, coupon).await.state, CouponState::Held, "nobody ends another's hold");
        assert!(given.at_once(1, || given.holding(order, coupon)).await.is_empty(), "its own order may hold it longer");
        given.app.advance_ms(60_000);
        assert_eq!(given.seen(member, coupon).await.state, CouponState::Active);
        assert!(given.at_once(1, || given.using(other, member, coupon)).await.is_empty(), "a hold ends by itself");
        assert_eq!(given.at_once(1, || given.holding(order, coupon)).await, ["coupon_used"]);
    }

    /// The coupon's own order uses it while it holds it, and the hold is gone.
    async fn the_order_that_holds_uses(given) {
        let template = given.template(json!({ "uses": 2 })).await;
        let member = given.member().await;
        let (coupon, _) = given.coupon(template, member).await;
        let order = given.uuid();
        assert!(given.at_once(1, || given.holding(order, coupon)).await.is_empty());
        assert!(given.at_once(1, || given.using(order, member, coupon)).await.is_empty());
        let seen = given.seen(member, coupon).await;
        assert_eq!((seen.state, seen.uses_left, seen.held_for), (CouponState::Active, 1, None));
    }

    /// A coupon taken back while a sale is under way must not be used by it.
    async fn what_was_taken_back_is_not_used(given) {
        let template = given.template(json!({})).await;
        let member = given.member().await;
        let (coupon, _) = given.coupon(template, member).await;
        given.owner().post(&format!("/api/v1/coupons/{coupon}/revoke"), &json!({})).await.ok();
        assert_eq!(given.at_once(1, || given.using(given.uuid(), member, coupon)).await, ["coupon_used"]);
        assert!(given.at_once(1, || store::give_back_stmt(given.merchant(), 1, &[CouponId(coupon)])).await.is_empty());
        let seen = given.seen(member, coupon).await;
        assert_eq!((seen.state, seen.uses_left), (CouponState::Revoked, 0), "and stays taken back");
        given.verify().await;
    }

    /// What an order granted goes with the order, unless it was used.
    async fn a_cause_that_is_undone_takes_its_coupons_along(given) {
        let template = given.template(json!({ "issued_max": 3, "uses": 2 })).await;
        let member = given.member().await;
        let order = given.uuid();
        let issue = json!({ "id": order, "template": template, "members": [member], "count": 3 });
        let issued = given.owner().post("/api/v1/coupon-issues", &issue).await.ok();
        let first: Uuid = issued["coupons"][0]["id"].as_str().unwrap().parse().unwrap();
        assert!(given.at_once(1, || given.using(given.uuid(), member, first)).await.is_empty());
        for expected in [2, 0] {
            let input = (given.cx(), order);
            let back = given.app.db().write(&input, |tx, (cx, order)| Box::pin(revoke_by_source(tx, cx, *order))).await.unwrap();
            assert_eq!(back, expected);
        }
        assert_eq!(given.issued(template).await, 1);
        assert_eq!(given.candidates(member).await, 1, "the one that was used once can be used again");
        given.verify().await;
    }

    /// A coupon dies when its local day ends, not before.
    async fn a_coupon_lives_to_the_end_of_its_local_day(given) {
        let template = given.template(json!({})).await;
        let member = given.member().await;
        let (coupon, _) = given.coupon(template, member).await;
        given.app.advance_days(6);
        given.app.advance_ms(14 * 3_600_000 - 1);
        assert_eq!((given.today().to_string().as_str(), given.seen(member, coupon).await.state), ("2026-11-28", CouponState::Active));
        given.app.advance_ms(1);
        assert_eq!(given.seen(member, coupon).await.state, CouponState::Expired);
        assert_eq!(given.candidates(member).await, 0);
    }
}

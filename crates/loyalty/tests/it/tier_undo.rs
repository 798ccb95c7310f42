//! Refunds take back what the refunded purchases had brought, in any order.

use crate::support::{Given, shop};
use serde_json::{Value, json};
use shuke_kernel::Uuid;
use shuke_testkit::scenario;

impl Given {
    async fn standing(&self, member: Uuid) -> (Value, Value) {
        let view = self.tier(member).await;
        (view["current"]["tier"].clone(), view["current"]["valid_until"].clone())
    }
}

scenario! {
    setup = shop;

    /// Two rises, taken back one by one, from the last or from the first.
    async fn selling_and_refunding_everything_leaves_the_tier_as_before(given) {
        let [base, silver, gold] = given.tiers().await;
        for first_goes_first in [false, true] {
            let member = given.member().await;
            let before = given.standing(member).await;
            let first = given.buy(member, 150_000).await;
            assert_eq!(given.standing(member).await.0, json!(silver));
            let second = given.buy(member, 400_000).await;
            assert_eq!(given.standing(member).await.0, json!(gold));
            let (one, other) = if first_goes_first { ((first, 150_000), (second, 400_000)) } else { ((second, 400_000), (first, 150_000)) };
            given.refund(member, one.0, one.1, true).await;
            assert_eq!(given.standing(member).await.0, json!(silver), "first goes first: {first_goes_first}");
            assert_eq!(given.last_change(member).await["snapshot"]["reason"], json!("refunded"));
            given.refund(member, other.0, other.1, true).await;
            assert_eq!(given.standing(member).await, before);
            assert_eq!(before, (json!(base), json!(null)));
        }
    }

    /// A part of a purchase goes back: the rise shrinks to what is left of it, and the rest follows.
    async fn a_rise_shrinks_with_a_partial_refund(given) {
        let [base, silver, gold] = given.tiers().await;
        let member = given.member().await;
        let order = given.buy(member, 600_000).await;
        given.refund(member, order, 50_000, false).await;
        assert_eq!(given.standing(member).await.0, json!(gold), "still enough");
        given.refund(member, order, 300_000, false).await;
        assert_eq!(given.standing(member).await.0, json!(silver));
        given.refund(member, order, 250_000, true).await;
        assert_eq!(given.standing(member).await, (json!(base), json!(null)));
    }

    /// A year later the window has moved on. A small purchase must not be taken for a refund of the big one.
    async fn time_alone_takes_nothing_back(given) {
        let [_, silver, _] = given.tiers().await;
        let member = given.member().await;
        given.app.advance_days(-300);
        given.buy(member, 60_000).await;
        given.app.advance_days(300);
        given.buy(member, 50_000).await;
        assert_eq!(given.standing(member).await.0, json!(silver));
        given.app.advance_days(100);
        let small = given.buy(member, 1_000).await;
        assert_eq!(given.standing(member).await.0, json!(silver), "the first purchase left the window");
        given.refund(member, small, 1_000, true).await;
        assert_eq!(given.standing(member).await.0, json!(silver));
    }

    /// What a renewal confirmed is the member's own: a later refund waits for validity and grace.
    async fn a_renewed_tier_is_not_taken_back_by_an_old_refund(given) {
        let [_, silver, _] = given.tiers().await;
        let member = given.member().await;
        given.buy(member, 100_000).await;
        given.app.advance_days(300);
        let order = given.buy(member, 100_000).await;
        given.app.advance_days(66);
        assert_eq!(given.midnight().await, 1);
        given.refund(member, order, 100_000, true).await;
        assert_eq!(given.standing(member).await.0, json!(silver));
    }
}

//! Many clients want the last one: exactly as many get it as there are, the others are told why not.

use crate::till::{Shop, payment, plain, shop_of};
use serde_json::{Value, json};
use shuke_kernel::{Date, Money, Points, Uuid};
use shuke_loyalty::coupon::{CouponLimits, CouponTerms, Validity};
use shuke_offer::price::{CouponChoice, PointsChoice};
use shuke_sales::fixture::Size;
use shuke_sales::order::{Checkout, Tender};
use shuke_testkit::{Kind, Reply, TestApp, scenario};
use std::collections::BTreeMap;
use std::sync::Arc;

const CLIENTS: usize = 100;
const SMALL: Size = Size { members: 1, variants: 1, pieces: 1_000, points: 1_500, principal: 10_000, bonus: 0, uses: 1 };

async fn shop(kind: Kind) -> Shop {
    shop_of(kind, &SMALL).await
}

async fn five_pieces(kind: Kind) -> Shop {
    shop_of(kind, &Size { pieces: 5, ..SMALL }).await
}

/// Posts every body at once, each from a client of its own, under a key of its own.
async fn race(client: &TestApp, path: &'static str, bodies: Vec<Value>) -> Vec<Reply> {
    let start = Arc::new(tokio::sync::Barrier::new(bodies.len()));
    let mut tasks = tokio::task::JoinSet::new();
    for body in bodies {
        let (client, start) = (client.clone(), start.clone());
        tasks.spawn(async move {
            start.wait().await;
            client.post(path, &body).await
        });
    }
    tasks.join_all().await
}

/// Fails unless so many won and each of the others was refused with one of these codes.
fn won(replies: &[Reply], winners: usize, codes: &[&str]) {
    let mut found: BTreeMap<(u16, &str), usize> = BTreeMap::new();
    for reply in replies {
        *found.entry((reply.status.as_u16(), reply.code())).or_default() += 1;
    }
    println!("{found:?}");
    assert_eq!(found.get(&(201, "")), (winners > 0).then_some(&winners), "{found:?}");
    let clean = |(status, code): &(u16, &str)| *status == 201 || (*status == 422 && codes.contains(code));
    assert!(found.keys().all(clean), "{found:?}");
}

/// Carts that differ in their ids only.
fn carts(shop: &Shop, change: impl Fn(&mut Checkout)) -> Vec<Value> {
    let cart = |_| {
        let mut cart = plain(shop.cx().id(), &shop.stall, shop.stall.variants[0], 1);
        change(&mut cart);
        serde_json::to_value(cart).unwrap()
    };
    (0..CLIENTS).map(cart).collect()
}

const ORDERS: &str = "SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1";

async fn balance(shop: &Shop, kind: &str) -> i64 {
    let path = format!("/api/v1/members/{}/balances", shop.stall.members[0].member);
    shop.owner.get(&path).await.ok()[kind]["balance"].as_i64().unwrap()
}

scenario! {
    setup = shop;

    /// A coupon for one use would pay for two carts.
    async fn one_coupon_is_used_once(shop) {
        let customer = shop.stall.members[0];
        let bodies = carts(&shop, |cart| {
            cart.member = Some(customer.member);
            cart.coupons = CouponChoice::Selected { coupons: vec![customer.coupon] };
            // 50.00, 95折, 5.00 off.
            cart.payments = vec![payment(Tender::Cash, 4_250)];
        });
        won(&race(&shop.owner, "/api/v1/orders", bodies).await, 1, &["coupon_used", "coupon_not_usable"]);
        let coupon = shop.owner.get(&format!("/api/v1/coupons/{}", customer.coupon)).await.ok();
        assert_eq!((coupon["state"].as_str(), coupon["uses_left"].as_i64(), shop.number(ORDERS).await), (Some("used"), Some(0), 1));
        shop.sound().await;
    }

    /// More coupons would be given away than the budget allows.
    async fn a_budget_issues_no_more_than_it_has(shop) {
        let validity = Validity::Fixed { from: Date::constant(2026, 1, 1), to: Date::constant(2027, 1, 1) };
        let mut terms = CouponTerms::amount(Money(100), Money(0), validity);
        terms.limits = CouponLimits { issued_max: Some(7), ..CouponLimits::default() };
        let template = shop.cx().uuid();
        let draft = json!({ "id": template, "name": "限量券", "terms": terms, "state": "published" });
        shop.owner.post("/api/v1/coupon-templates", &draft).await.ok();
        let member = shop.stall.members[0].member;
        let issue = |_| json!({ "id": shop.cx().uuid(), "template": template, "members": [member], "count": 1 });
        let bodies: Vec<Value> = (0..CLIENTS).map(issue).collect();
        won(&race(&shop.owner, "/api/v1/coupon-issues", bodies).await, 7, &["coupon_budget_exhausted"]);
        let coupons = shop.number("SELECT COUNT(*) FROM coupon WHERE merchant_id = $1").await;
        assert_eq!(coupons, 7 + 1, "the stall's own coupon and seven more");
        shop.sound().await;
    }

    /// An offer would give more than its budget.
    async fn an_offer_gives_no_more_than_its_budget(shop) {
        let offer = shop.cx().uuid();
        let rule = json!({ "kind": "ladder", "steps": [{ "threshold": 5_000, "off": 1_000 }] });
        let draft = json!({ "offer": { "id": offer, "name": "限量满减", "rule": rule, "budget": { "count": 7 } }, "state": "published" });
        shop.owner.post("/api/v1/offers", &draft).await.ok();
        let bodies = carts(&shop, |cart| cart.payments = vec![payment(Tender::Cash, 4_000)]);
        won(&race(&shop.owner, "/api/v1/orders", bodies).await, 7, &["offer_budget_exhausted", "payments_mismatch"]);
        let used = shop.owner.get(&format!("/api/v1/offers/{offer}")).await.ok()["used"].clone();
        assert_eq!((used, shop.number(ORDERS).await), (json!({ "count": 7, "money": 7_000 }), 7));
        shop.sound().await;
    }

    /// A wallet of 100 would pay 60 twice.
    async fn a_wallet_pays_what_it_holds(shop) {
        let bodies = carts(&shop, |cart| {
            cart.member = Some(shop.stall.members[0].member);
            cart.lines[0].quantity_milli = 2_000;
            cart.payments = vec![payment(Tender::Wallet, 6_000), payment(Tender::Cash, 3_500)];
        });
        won(&race(&shop.owner, "/api/v1/orders", bodies).await, 1, &["wallet_insufficient", "balance_insufficient"]);
        assert_eq!((balance(&shop, "principal").await, shop.number(ORDERS).await), (4_000, 1));
        let bodies = carts(&shop, |cart| {
            cart.member = Some(shop.stall.members[0].member);
            cart.payments = vec![payment(Tender::Wallet, 800), payment(Tender::WechatPay, 3_950)];
        });
        won(&race(&shop.owner, "/api/v1/orders", bodies).await, 5, &["wallet_insufficient", "balance_insufficient"]);
        assert_eq!((balance(&shop, "principal").await, shop.number(ORDERS).await), (0, 6));
        shop.sound().await;
    }

    /// 1,500 points would pay 1,000 twice.
    async fn points_are_spent_once(shop) {
        let bodies = carts(&shop, |cart| {
            cart.member = Some(shop.stall.members[0].member);
            cart.points = PointsChoice::Exact { points: Points(1_000) };
            // 50.00, 95折, 1,000 points for 10.00.
            cart.payments = vec![payment(Tender::Cash, 3_750)];
        });
        won(&race(&shop.owner, "/api/v1/orders", bodies).await, 1, &["points_not_usable", "balance_insufficient"]);
        assert_eq!((balance(&shop, "points").await, shop.number(ORDERS).await), (537, 1));
        shop.sound().await;
    }

    /// The money of one order would be given back twice.
    async fn an_order_is_taken_back_once(shop) {
        let order = plain(shop.cx().id(), &shop.stall, shop.stall.variants[0], 3);
        shop.owner.post("/api/v1/orders", &order).await.ok();
        let whole = |_| json!({ "id": shop.cx().uuid(), "order": order.id, "reason": "all of it" });
        let piece = |_| json!({ "id": shop.cx().uuid(), "order": order.id, "reason": "one", "lines": [{ "line": 0, "quantity_milli": 1_000 }] });
        let codes = &["refund_line_invalid", "refund_nothing_left"];
        won(&race(&shop.owner, "/api/v1/refunds", (0..CLIENTS).map(piece).collect()).await, 3, codes);
        won(&race(&shop.owner, "/api/v1/refunds", (0..CLIENTS).map(whole).collect()).await, 0, codes);
        let seen = shop.owner.get(&format!("/api/v1/orders/{}", order.id)).await.ok();
        assert_eq!((seen["refunded"].as_i64(), seen["refunds"].as_i64()), (Some(15_000), Some(3)));
        shop.sound().await;
    }

    /// One coupon number would be handed out to two, or a member be served twice by one campaign.
    async fn an_issue_serves_a_member_once(shop) {
        let (issue, member) = (shop.cx().uuid(), shop.stall.members[0].member);
        let body = json!({ "id": issue, "template": shop.stall.template, "members": [member], "count": 1 });
        let replies = race(&shop.owner, "/api/v1/coupon-issues", vec![body; CLIENTS]).await;
        let served = replies.iter().filter(|reply| reply.status == 201 && reply.json["coupons"].as_array().is_some_and(|c| c.len() == 1));
        assert_eq!(served.count(), 1);
        assert!(replies.iter().all(|reply| reply.status == 201 || (reply.status == 409 && reply.code() == "coupon_issued_already")),
            "{:?}", replies.iter().map(|reply| (reply.status, reply.code().to_owned())).collect::<Vec<_>>());
        assert_eq!(shop.number("SELECT COUNT(*) FROM coupon WHERE merchant_id = $1").await, 2);
        shop.sound().await;
    }
}

mod stock {
    use super::*;

    scenario! {
        setup = five_pieces;

        /// Goods would be sold that are not there.
        async fn the_last_pieces_are_sold_once(shop) {
            let bodies = carts(&shop, |_| {});
            won(&race(&shop.owner, "/api/v1/orders", bodies).await, 5, &["stock_insufficient"]);
            let left: Uuid = shop.stall.variants[0];
            let rows = shop.owner.get(&format!("/api/v1/stock?store={}", shop.stall.store)).await.ok();
            let row = rows["items"].as_array().unwrap().iter().find(|row| row["variant"] == json!(left)).unwrap();
            assert_eq!((row["on_hand_milli"].as_i64(), shop.number(ORDERS).await), (Some(0), 5));
            shop.sound().await;
        }
    }
}

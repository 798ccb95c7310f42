//! A write happens once, however often and by however many it is sent.

use crate::till::{Shop, mixed, order_id, plain, shop_of};
use shuke_db::Db;
use shuke_http::{AppInner, Role, Vault};
use shuke_kernel::{Clock, Random};
use shuke_org::OrgAuthenticator;
use shuke_sales::fixture::{self, Size};
use shuke_server::wiring;
use shuke_testkit::{Kind, Reply, START, TestApp, scenario};
use std::sync::Arc;

const CLIENTS: usize = 100;

async fn shop(kind: Kind) -> Shop {
    shop_of(kind, &Size::default()).await
}

/// The same post from many clients at once.
async fn together(client: &TestApp, path: &'static str, key: &str, body: &serde_json::Value) -> Vec<Reply> {
    let start = Arc::new(tokio::sync::Barrier::new(CLIENTS));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let (client, start, key, body) = (client.clone(), start.clone(), key.to_owned(), body.clone());
        tasks.spawn(async move {
            start.wait().await;
            client.post_with_key(path, &key, &body).await
        });
    }
    tasks.join_all().await
}

const ORDERS: &str = "SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1";
const KEYS: &str = "SELECT COUNT(*) FROM idempotency WHERE merchant_id = $1";
const EVENTS: &str = "SELECT COUNT(*) FROM event WHERE merchant_id = $1 AND kind LIKE 'sale.%'";
const STOCK: &str = "SELECT CAST(SUM(on_hand_milli) AS BIGINT) FROM stock WHERE merchant_id = $1";

/// Fails unless one of the answers is the first, all others are its replay, and all are equal.
fn one_first(replies: &[Reply]) {
    let first: Vec<&Reply> = replies.iter().filter(|reply| !reply.replayed()).collect();
    assert_eq!(first.len(), 1, "{:?}", replies.iter().map(|reply| (reply.status, &reply.text)).collect::<Vec<_>>());
    assert_eq!(first[0].status, 201);
    for reply in replies.iter().filter(|reply| reply.replayed()) {
        assert_eq!((reply.status.as_u16(), &reply.json), (200, &first[0].json));
    }
}

scenario! {
    setup = shop;

    /// A till that sends again because it heard nothing would sell twice.
    async fn a_hundred_posts_of_one_key_sell_once(shop) {
        let (stock, id) = (shop.number(STOCK).await, shop.cx().id());
        let customer = shop.stall.members[0];
        let body = serde_json::to_value(mixed(id, &shop.stall, customer, [shop.stall.variants[0], shop.stall.variants[1]])).unwrap();
        one_first(&together(&shop.owner, "/api/v1/orders", "one-sale", &body).await);
        assert_eq!((shop.number(ORDERS).await, shop.number(EVENTS).await, stock - shop.number(STOCK).await), (1, 1, 2_000));

        let refund = serde_json::json!({ "id": shop.cx().uuid(), "order": id, "reason": "wrong size" });
        one_first(&together(&shop.owner, "/api/v1/refunds", "one-refund", &refund).await);
        assert_eq!((shop.number(EVENTS).await, shop.number(STOCK).await), (2, stock));

        let enrol = serde_json::json!({ "phone": "13700000001", "name": "李四" });
        one_first(&together(&shop.owner, "/api/v1/members", "one-member", &enrol).await);

        let top_up = serde_json::json!({
            "id": shop.cx().uuid(), "member": customer.member, "store": shop.stall.store, "amount": 10_000, "tender": "cash",
        });
        one_first(&together(&shop.owner, "/api/v1/top-ups", "one-top-up", &top_up).await);
        shop.sound().await;
    }

    /// One order under two keys would be two sales of one cart.
    async fn an_order_is_sold_once_whatever_the_key(shop) {
        let id = shop.cx().id();
        let body = plain(id, &shop.stall, shop.stall.variants[0], 1);
        shop.owner.post_with_key("/api/v1/orders", "first", &body).await.ok();
        shop.owner.post_with_key("/api/v1/orders", "second", &body).await.refused(409, "sales_order_pkey");
        assert_eq!((shop.number(ORDERS).await, shop.number(KEYS).await), (1, 1));
        shop.sound().await;
    }

    /// A key that stands for another cart would answer with a sale that never was.
    async fn a_key_is_for_one_body(shop) {
        let first = plain(shop.cx().id(), &shop.stall, shop.stall.variants[0], 1);
        let sold = shop.owner.post_with_key("/api/v1/orders", "till-1", &first).await.ok();
        let other = plain(shop.cx().id(), &shop.stall, shop.stall.variants[0], 2);
        let stock = shop.number(STOCK).await;
        shop.owner.post_with_key("/api/v1/orders", "till-1", &other).await.refused(422, "idempotency_key_reused");
        shop.owner.post_with_key("/api/v1/members", "till-1", &serde_json::json!({ "phone": "13700000002" })).await
            .refused(422, "idempotency_key_reused");
        assert_eq!((shop.number(ORDERS).await, shop.number(KEYS).await, shop.number(STOCK).await), (1, 1, stock));
        assert_eq!(shop.number("SELECT COUNT(*) FROM member WHERE merchant_id = $1").await, 3);
        assert_eq!(shop.owner.post_with_key("/api/v1/orders", "till-1", &first).await.ok(), sold);
    }

    /// A refused sale that kept its key could never be made good.
    async fn a_refusal_keeps_no_key(shop) {
        let mut body = plain(shop.cx().id(), &shop.stall, shop.stall.variants[0], 1);
        body.payments[0].amount = shuke_kernel::Money(1);
        shop.owner.post_with_key("/api/v1/orders", "again", &body).await.refused(422, "payments_mismatch");
        body.payments[0].amount = shuke_kernel::Money(5_000);
        let reply = shop.owner.post_with_key("/api/v1/orders", "again", &body).await;
        assert_eq!((reply.status.as_u16(), reply.replayed()), (201, false));
    }

    /// One merchant would read another's sale by guessing its key.
    async fn a_key_of_one_merchant_means_nothing_to_another(shop) {
        let other = fixture::stall(&shop.app.app, &Size { members: 1, variants: 1, ..Size::default() }).await.unwrap();
        let rival = shop.app.as_token(other.shop.token(Role::Owner));
        let enrol = serde_json::json!({ "phone": "13700000003", "name": "同一个人" });
        let ours = shop.owner.post_with_key("/api/v1/members", "shared", &enrol).await;
        let theirs = rival.post_with_key("/api/v1/members", "shared", &enrol).await;
        assert_eq!((ours.status.as_u16(), theirs.status.as_u16(), theirs.replayed()), (201, 201, false));
        assert_ne!(ours.ok()["id"], theirs.ok()["id"]);
        let body = plain(shop.cx().id(), &shop.stall, shop.stall.variants[0], 1);
        shop.owner.post_with_key("/api/v1/orders", "sale", &body).await.ok();
        rival.post_with_key("/api/v1/orders", "sale", &body).await.refused(404, "store_not_found");
    }

    /// A retry after the server was started again would sell a second time.
    async fn an_answer_survives_a_restart(shop) {
        let body = plain(shop.cx().id(), &shop.stall, shop.stall.variants[0], 1);
        let sold = shop.owner.post_with_key("/api/v1/orders", "before", &body).await.ok();
        let again = restarted(&shop).await.as_token(shop.stall.shop.token(Role::Owner));
        let reply = again.post_with_key("/api/v1/orders", "before", &body).await;
        assert!(reply.replayed() && reply.json == sold, "{}", reply.text);
        assert_eq!(shop.number(ORDERS).await, 1);
    }

    /// A till that was offline over a weekend would sell a second time; answers kept for ever would fill the disk.
    async fn an_answer_is_kept_for_seven_days(shop) {
        let body = plain(order_id(&shop.app.app.random, START), &shop.stall, shop.stall.variants[0], 1);
        shop.owner.post_with_key("/api/v1/orders", "friday", &body).await.ok();
        shop.app.step().await;
        shop.app.advance_days(6);
        shop.app.step().await;
        assert!(shop.owner.post_with_key("/api/v1/orders", "friday", &body).await.replayed());
        shop.app.advance_days(2);
        shop.app.step().await;
        assert_eq!(shop.number(KEYS).await, 0);
        // The order's own id still keeps it from being sold again.
        shop.owner.post_with_key("/api/v1/orders", "friday", &body).await.refused(409, "sales_order_pkey");
    }
}

/// Another server over the same data, that remembers nothing.
async fn restarted(shop: &Shop) -> TestApp {
    let db = Db::connect(shop.app.test_db().config()).await.unwrap();
    let random = Random::seeded(43);
    let clock = Clock::manual(START);
    let app = Arc::new(AppInner::new(db, clock.clone(), random.clone(), Vault::new([7; 32], random), Box::new(OrgAuthenticator)));
    shop.app.with_router(wiring::router(app))
}

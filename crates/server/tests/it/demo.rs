//! The demo: the same history however often it was interrupted, sound to the cent, with people to
//! sign in.

use crate::support::server;
use shuke_db::{Db, Row, Stmt, sql};
use shuke_kernel::{Instant, MerchantId};
use shuke_ledger::verify;
use shuke_member::Stage;
use shuke_org::{Trade, fixture};
use shuke_server::demo::{self, Options, ROLES};
use shuke_testkit::{Kind, TestApp, scenario};
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

const DAY_MS: i64 = 86_400_000;

fn small(until: Instant) -> Options {
    Options { members: 60, months: 2, seed: 5, until, progress: false }
}

/// A future for as long as it takes this many polls; what it was doing then is dropped.
async fn polls<T>(future: impl Future<Output = T>, most: u64) -> Option<T> {
    let mut future = pin!(future);
    let mut left = most;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

async fn rows(db: &Db, stmt: Stmt) -> Vec<Row> {
    db.read(&stmt, |tx, stmt| Box::pin(async move { tx.rows(stmt.clone()).await })).await.unwrap()
}

async fn lines(db: &Db, stmt: Stmt) -> Vec<String> {
    rows(db, stmt).await.iter().map(|row| row.get::<String>(0).unwrap()).collect()
}

/// Everything that must come out the same: orders, balances, lots' rest, stock, stages, tiers.
async fn figures(db: &Db) -> Vec<String> {
    let mut all = Vec::new();
    for stmt in [
        sql!("SELECT CAST(COUNT(*) AS TEXT) || ' ' || CAST(SUM(total) AS TEXT) || ' ' || CAST(SUM(refunded) AS TEXT) FROM sales_order"),
        sql!(
            "SELECT CAST(COUNT(*) AS TEXT) || ' ' || CAST(SUM(points_earned) AS TEXT) || ' ' || CAST(SUM(points_spent) AS TEXT) FROM sales_order"
        ),
        sql!("SELECT kind || ' ' || CAST(balance AS TEXT) FROM account ORDER BY owner, kind"),
        sql!("SELECT CAST(SUM(remaining) AS TEXT) || ' ' || CAST(SUM(granted) AS TEXT) FROM lot"),
        sql!("SELECT CAST(on_hand_milli AS TEXT) FROM stock ORDER BY store_id, variant_id"),
        sql!("SELECT stage || ' ' || CAST(orders AS TEXT) || ' ' || CAST(amount AS TEXT) FROM member_stat ORDER BY member_id"),
        sql!("SELECT CAST(COUNT(*) AS TEXT) || ' ' || CAST(SUM(uses_left) AS TEXT) FROM coupon"),
        sql!("SELECT CAST(COUNT(*) AS TEXT) FROM top_up"),
    ] {
        all.extend(lines(db, stmt).await);
    }
    all
}

async fn sound(db: &Db, merchant: MerchantId) {
    let report = verify::run_with(db, merchant, shuke_loyalty::CHECKS).await.unwrap();
    assert_eq!(report.first_difference, None);
    assert!(report.entries > 50 && report.seals > 10, "{report:?}");
    let stock = db.read(&merchant, |tx, merchant| Box::pin(shuke_sales::stock::verify(tx, *merchant))).await.unwrap();
    assert_eq!(stock, None);
}

scenario! {
    setup = server;

    /// A start that was stopped anywhere would lose, double or change something.
    async fn an_interrupted_demo_ends_like_an_undisturbed_one(one) {
        let until = one.clock.now();
        let summary = demo::run(&one.app, Trade::MotherAndBaby, &small(until)).await.unwrap();
        assert!((55..=65).contains(&summary.enrolled), "{summary:?}");
        assert!(summary.sales > 80 && summary.refunds > 0 && summary.top_ups > 0, "{summary:?}");
        sound(one.db(), summary.merchant).await;

        let other = server(one.test_db().kind()).await;
        let mut stopped = 0;
        let mut most = 40;
        while polls(demo::run(&other.app, Trade::MotherAndBaby, &small(until)), most).await.is_none() {
            stopped += 1;
            most += 40 + most / 3;
        }
        assert!(stopped >= 5, "it was stopped only {stopped} times");
        assert_eq!(figures(other.db()).await, figures(one.db()).await);
        sound(other.db(), summary.merchant).await;
    }

    /// A shop started again next week would stand still, or begin anew.
    async fn a_later_start_goes_on_up_to_yesterday(shop) {
        let until = shop.clock.now();
        let options = Options { members: 24, months: 1, ..small(until) };
        let first = demo::run(&shop.app, Trade::Grocery, &options).await.unwrap();
        let again = demo::run(&shop.app, Trade::Grocery, &options).await.unwrap();
        assert_eq!((again.days, again.sales), (0, 0));
        assert_eq!(again.stages, first.stages);
        let later = demo::run(&shop.app, Trade::Grocery, &Options { until: until.plus_ms(9 * DAY_MS), ..options.clone() }).await.unwrap();
        assert_eq!(later.days, 9);
        assert!(later.sales > 0, "{later:?}");
        sound(shop.db(), first.merchant).await;
        let other = demo::run(&shop.app, Trade::Fashion, &options).await.unwrap_err();
        assert_eq!(other.code(), "demo_trade_other");
    }

    /// The people that `make run` prints could not sign in.
    async fn everybody_can_sign_in(shop) {
        let until = shop.clock.now();
        demo::run(&shop.app, Trade::Beauty, &Options { members: 8, months: 1, ..small(until) }).await.unwrap();
        for (username, role, name, _) in ROLES {
            let body = serde_json::json!({ "username": username, "password": demo::PASSWORD });
            let who = shop.post("/api/v1/session", &body).await.ok();
            assert_eq!((who["role"].as_str(), who["name"].as_str()), (Some(role.as_str()), Some(name)));
        }
    }

    /// The demo would fill a real shop with invented sales.
    async fn a_real_shop_is_left_alone(shop) {
        fixture::shop(&shop.app).await.unwrap();
        let refused = demo::run(&shop.app, Trade::MotherAndBaby, &small(shop.clock.now())).await.unwrap_err();
        assert_eq!(refused.code(), "demo_place_taken");
        assert_eq!(lines(shop.db(), sql!("SELECT CAST(COUNT(*) AS TEXT) FROM sales_order")).await, ["0"]);
    }
}

/// Members whose life has only one stage would show nothing of what the product is for.
#[test]
fn a_year_shows_customers_in_every_stage() {
    shuke_testkit::run(async {
        let shop: TestApp = server(Kind::Sqlite).await;
        let options = Options { members: 70, months: 14, ..small(shop.clock.now()) };
        let summary = demo::run(&shop.app, Trade::MotherAndBaby, &options).await.unwrap();
        for stage in [Stage::Active, Stage::Loyal, Stage::Marginal, Stage::Dormant] {
            assert!(summary.stages.contains_key(&stage), "{summary:?}");
        }
        assert!(summary.stages.len() >= 5, "{summary:?}");
        sound(shop.db(), summary.merchant).await;
    });
}

//! The clock jumps while the shop sells: a day on, some days back, an hour here and there.

use crate::served::{Ground, Served};
use crate::till::{number, order_id, payment, plain, seed, sized, sound};
use crate::wire::Client;
use serde_json::json;
use shuke_http::Role;
use shuke_kernel::{Clock, Random};
use shuke_sales::fixture::Size;
use shuke_sales::order::{Checkout, Tender};
use shuke_testkit::{Kind, run};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);
const SIZE: Size = Size {
    members: 7,
    variants: 9,
    pieces: 1_000_000,
    points: 1_000_000_000,
    principal: 100_000_000_000,
    bonus: 10_000_000_000,
    uses: 1_000_000,
};

/// The library that shifts a program's clock, where Debian keeps it.
fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().filter_map(|entry| Some(entry.ok()?.path().join("faketime/libfaketimeMT.so.1")));
    folders.into_iter().find(|path| path.exists()).expect("libfaketime is there; scripts/setup.sh installs it")
}

async fn jumps(kind: Kind) {
    let random = Random::seeded(seed("clock"));
    let ground = Ground::prepare(kind, &SIZE).await;
    let folder = tempfile::tempdir().unwrap();
    let shift = folder.path().join("shift");
    std::fs::write(&shift, "+0s").unwrap();
    let (library, file) = (library(), shift.clone());
    let variables = [
        ("LD_PRELOAD", library.to_str().unwrap()),
        ("FAKETIME_TIMESTAMP_FILE", file.to_str().unwrap()),
        ("FAKETIME_NO_CACHE", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
    ];
    let mut server = Served::start_with(&ground.place, &[], &variables).await;
    let token = ground.stall.shop.token(Role::Owner).to_owned();
    let mut owner = Client::new(server.address, &token);
    // A key for twelve hours: it counts by the clock, whichever way that goes.
    let end = Clock::system().now().plus_ms(12 * 3_600_000);
    let draft = json!({ "name": "short", "scopes": ["org:read"], "expires_at": end }).to_string();
    let made = owner.post("/api/v1/api-keys", "short", &draft).await.unwrap().json;
    let mut short = Client::new(server.address, made["token"].as_str().unwrap());

    let (over, sold) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let mut wire = Client::new(server.address, &token);
        let (stall, random, over, sold) = (ground.stall.clone(), random.clone(), over.clone(), sold.clone());
        clients.spawn(async move {
            for n in client.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let id = order_id(&random, Clock::system().now());
                // What the member holds was granted today: on days before it may not be there yet.
                let cart = Checkout {
                    member: Some(stall.members[n % 7].member),
                    points_kind: None,
                    payments: vec![payment(Tender::Cash, 4_750)],
                    ..plain(id, &stall, stall.variants[n % 9], 1)
                };
                let body = serde_json::to_string(&cart).unwrap();
                let answer = wire.post("/api/v1/orders", &id.to_string(), &body).await.unwrap();
                assert_eq!(answer.status, 201, "{answer:?}");
                sold.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    for jump in 0..sized(12, 200) {
        let hours = if jump % 2 == 0 { 24 } else { -i64::try_from(random.below(70)).unwrap() };
        std::fs::write(&shift, format!("{hours:+}h")).unwrap();
        let goal = sold.load(Ordering::Relaxed) + 5;
        let deadline = Instant::now() + PATIENCE;
        while sold.load(Ordering::Relaxed) < goal {
            assert!(Instant::now() < deadline, "nothing is sold any more");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let expected = if hours == 24 { 401 } else { 200 };
        assert_eq!(short.get("/api/v1/stores").await.unwrap().status, expected, "a key for twelve hours after {hours} hours");
    }
    over.store(true, Ordering::Relaxed);
    clients.join_all().await;
    let sold = sold.load(Ordering::Relaxed);
    let db = ground.db().await;
    let told = "SELECT CAST(COALESCE(SUM(orders), 0) AS BIGINT) FROM member_stat WHERE merchant_id = $1";
    let deadline = Instant::now() + PATIENCE;
    while number(&db, told, ground.stall.merchant).await < sold {
        assert!(Instant::now() < deadline, "the worker waits for a time that does not come");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.kill_9();
    assert_eq!(number(&db, told, ground.stall.merchant).await, sold, "an event had its effect twice");
    assert_eq!(number(&db, "SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1", ground.stall.merchant).await, sold);
    sound(&db, ground.stall.merchant).await;
}

#[test]
fn sales_go_on_while_the_clock_jumps_on_sqlite() {
    run(jumps(Kind::Sqlite));
}

#[test]
fn sales_go_on_while_the_clock_jumps_on_postgres() {
    run(jumps(Kind::Postgres));
}

//! More work than the machine can do: most of it goes through, the rest hears at once to come again.

use crate::served::{Ground, Served};
use crate::till::{order_id, plain, shop_of};
use crate::wire::Client;
use shuke_http::{Gate, Role};
use shuke_kernel::{Clock, Error, Random};
use shuke_sales::fixture::{Size, Stall};
use shuke_testkit::{Kind, run};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const SIZE: Size = Size { members: 4, variants: 20, pieces: 1_000_000, points: 0, principal: 0, bonus: 0, uses: 1 };

/// Turns that are measured; the one in the middle counts.
const TURNS: usize = 5;

/// Whoever comes when all places are taken is told so at once; health is outside; who was let in is served.
#[test]
fn beyond_the_gate_it_is_said_at_once() {
    run(async {
        let shop = shop_of(Kind::Sqlite, &Size::default()).await;
        shop.app.app.slot::<Gate>().open(2);
        let (held, release) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
        let (db, signals) = (shop.app.db().clone(), (held.clone(), release.clone()));
        let writer = tokio::spawn(async move {
            let work = db.write(&signals, |_, (held, release)| {
                Box::pin(async move {
                    held.notify_one();
                    release.notified().await;
                    Err::<(), Error>(Error::refused("enough", "nothing is to be written"))
                })
            });
            work.await
        });
        held.notified().await;
        let mut inside = tokio::task::JoinSet::new();
        for _ in 0..2 {
            let cart = plain(shop.cx().id(), &shop.stall, shop.stall.variants[0], 1);
            let owner = shop.owner.clone();
            inside.spawn(async move { owner.post("/api/v1/orders", &cart).await });
        }
        while shop.app.app.slot::<Gate>().inside() < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let refused = shop.owner.get("/api/v1/stores").await;
        assert_eq!(refused.header("retry-after"), "1");
        refused.refused(503, "overloaded");
        assert_eq!(shop.app.anonymous().get("/healthz").await.status, 200);
        release.notify_one();
        assert_eq!(writer.await.unwrap().unwrap_err().code(), "enough");
        for reply in inside.join_all().await {
            reply.ok();
        }
        shop.owner.get("/api/v1/stores").await.ok();
    });
}

/// So many clients sell for a time. Sales, refusals, and the slowest of a hundred accepted.
async fn load(address: SocketAddr, stall: &Stall, clients: usize, time: Duration) -> (usize, u64, Duration) {
    let over = Arc::new(AtomicBool::new(false));
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..clients {
        let mut wire = Client::new(address, stall.shop.token(Role::Owner));
        let (stall, over) = (stall.clone(), over.clone());
        tasks.spawn(async move {
            let (mut took, mut refused) = (Vec::new(), 0);
            while !over.load(Ordering::Relaxed) {
                let id = order_id(&Random::system(), Clock::system().now());
                let body = serde_json::to_string(&plain(id, &stall, stall.variants[client % stall.variants.len()], 1)).unwrap();
                let begun = Instant::now();
                let answer = wire.post("/api/v1/orders", &id.to_string(), &body).await.unwrap();
                match answer.status {
                    201 => took.push(begun.elapsed()),
                    503 => {
                        refused += 1;
                        tokio::time::sleep(Duration::from_millis(500)).await;
                    }
                    _ => panic!("{answer:?}"),
                }
            }
            (took, refused)
        });
    }
    tokio::time::sleep(time).await;
    over.store(true, Ordering::Relaxed);
    let (mut took, mut refused) = (Vec::new(), 0);
    for (some, none) in tasks.join_all().await {
        took.extend(some);
        refused += none;
    }
    took.sort();
    (took.len(), refused, took.get(took.len() * 99 / 100).copied().unwrap_or_default())
}

/// Turns of as many clients as are let in, and then of four times as many. A machine that is busy with something
/// else for a while slows both parts of a turn, and the turn in the middle is that of a machine as it is most of the
/// time.
async fn four_times(kind: Kind) {
    let ground = Ground::prepare(kind, &SIZE).await;
    let server = Served::start_with(&ground.place, &["--requests-max", "16"], &[]).await;
    let time = Duration::from_millis(1_200);
    load(server.address, &ground.stall, 16, time).await;
    let (mut parts, mut slow, mut turned_away) = (Vec::new(), Vec::new(), 0);
    for _ in 0..TURNS {
        let (peak, _, _) = load(server.address, &ground.stall, 16, time).await;
        let (through, refused, slowest) = load(server.address, &ground.stall, 64, time).await;
        println!("{kind:?}: {peak} sales at capacity, {through} at four times as many clients, {refused} refused, p99 {slowest:?}");
        turned_away += refused;
        parts.push(through * 100 / peak.max(1));
        slow.push(slowest);
    }
    assert!(turned_away > 0, "nobody was refused");
    parts.sort_unstable();
    slow.sort_unstable();
    // 80 % on a machine of its own (`bench strain`); this one is shared.
    assert!(parts[TURNS / 2] >= 50, "at four times as many clients went through, in per cent of the peak: {parts:?}");
    assert!(slow[TURNS / 2] < Duration::from_secs(2), "{slow:?}");
    server.ready().await;
}

#[test]
fn four_times_the_capacity_is_survived_on_sqlite() {
    run(four_times(Kind::Sqlite));
}

#[test]
fn four_times_the_capacity_is_survived_on_postgres() {
    run(four_times(Kind::Postgres));
}

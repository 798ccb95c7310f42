//! The primary dies under load and its synchronous standby is promoted: nothing that was acknowledged
//! is lost, and the servers go on without a restart.

use crate::served::{Ground, Served};
use crate::till::{mixed, number, order_id, seed, sized, sound};
use crate::wire::Client;
use shuke_db::Db;
use shuke_http::Role;
use shuke_jobs::Work;
use shuke_kernel::{Clock, Random, Uuid};
use shuke_sales::fixture::Size;
use shuke_server::config::Place;
use shuke_server::wiring;
use shuke_testkit::{Kind, run};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const CLIENTS: usize = 16;
const PATIENCE: Duration = Duration::from_secs(90);
const SIZE: Size = Size {
    members: 7,
    variants: 9,
    pieces: 1_000_000,
    points: 1_000_000_000,
    principal: 100_000_000_000,
    bonus: 10_000_000_000,
    uses: 1_000_000,
};

async fn fails_over() {
    let random = Random::seeded(seed("failover"));
    let ground = Ground::prepare(Kind::Postgres, &SIZE).await;
    let primary = ground.cluster.clone().unwrap();
    let standby = {
        let primary = primary.clone();
        tokio::task::spawn_blocking(move || primary.start_standby()).await.unwrap()
    };
    let name = ground.place.db.as_deref().unwrap().rsplit('/').next().unwrap().to_owned();
    let both = format!("postgres://shop@127.0.0.1:{},127.0.0.1:{}/{name}", primary.port(), standby.port());
    let place = Place { db: Some(both.clone()), ..ground.place.clone() };
    let servers = [Served::start(&place).await, Served::start(&place).await];
    let pids = servers.each_ref().map(Served::pid);
    let (over, sold) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let mut wire = Client::new(servers[client % 2].address, ground.stall.shop.token(Role::Owner));
        let (stall, random, over, sold) = (ground.stall.clone(), random.clone(), over.clone(), sold.clone());
        clients.spawn(async move {
            let mut mine = Vec::new();
            for n in client.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let id = order_id(&random, Clock::system().now());
                let goods = [stall.variants[n % stall.variants.len()], stall.variants[(n + 1) % stall.variants.len()]];
                let body = serde_json::to_string(&mixed(id, &stall, stall.members[n % stall.members.len()], goods)).unwrap();
                let deadline = Instant::now() + PATIENCE;
                loop {
                    match wire.post("/api/v1/orders", &id.to_string(), &body).await {
                        Ok(answer) if answer.status == 200 || answer.status == 201 => break,
                        Ok(answer) if answer.status != 503 => panic!("the sale {id} was answered {answer:?}"),
                        unknown => assert!(Instant::now() < deadline, "the sale {id} is not answered: {unknown:?}"),
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                sold.fetch_add(1, Ordering::Relaxed);
                mine.push(id.0);
            }
            mine
        });
    }
    reach(&sold, sized(200, 5_000)).await;
    let from = Instant::now();
    let standby = tokio::task::spawn_blocking(move || {
        primary.kill_9();
        standby.promote();
        standby
    });
    let standby = standby.await.unwrap();
    let before = sold.load(Ordering::Relaxed);
    reach(&sold, before + CLIENTS as u64 + 1).await;
    println!("sales go on {:?} after the primary was killed, {before} sales in", from.elapsed());
    reach(&sold, before + sized(200, 5_000)).await;
    over.store(true, Ordering::Relaxed);
    let acknowledged: Vec<Uuid> = clients.join_all().await.into_iter().flatten().collect();
    assert_eq!(servers.each_ref().map(Served::pid), pids);
    for server in &servers {
        server.ready().await;
    }
    drop(servers);

    let db = Db::connect(&Place { db: Some(standby.owner_url(&name)), ..ground.place.clone() }.database()).await.unwrap();
    let work = Work { db: db.clone(), clock: Clock::system(), random: Random::system() };
    shuke_testkit::step(&wiring::runner(), &work).await;
    let merchant = ground.stall.merchant;
    let kept = number(&db, "SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1", merchant).await;
    let distinct: BTreeSet<Uuid> = acknowledged.iter().copied().collect();
    assert_eq!((distinct.len(), i64::try_from(acknowledged.len()).unwrap()), (acknowledged.len(), kept), "lost or doubled");
    let told = "SELECT CAST(SUM(orders) AS BIGINT) FROM member_stat WHERE merchant_id = $1";
    assert_eq!(number(&db, told, merchant).await, kept, "an event had its effect not once");
    sound(&db, merchant).await;
}

async fn reach(sold: &AtomicU64, goal: u64) {
    let deadline = Instant::now() + PATIENCE;
    while sold.load(Ordering::Relaxed) < goal {
        assert!(Instant::now() < deadline, "nothing is sold any more, at {} of {goal}", sold.load(Ordering::Relaxed));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn a_standby_takes_over_and_nothing_is_lost() {
    run(fails_over());
}

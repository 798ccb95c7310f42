//! Many clients on few goods and few members sell at least a third as fast as the same clients on many,
//! and none of them gets an error.
//!
//! Both are measured by turns in one run against the binary with durable commits, so that what else the
//! machine does falls on both; the best of three rounds counts, and one that is good enough ends it.

use crate::served::{Ground, Served};
use crate::till::{mixed, number, order_id, seed, sized, sound};
use crate::wire::Client;
use shuke_http::Role;
use shuke_kernel::{Clock, Random};
use shuke_sales::fixture::{Size, Stall};
use shuke_testkit::{Kind, run};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

const CLIENTS: u64 = 64;
const ROUNDS: u64 = 3;
const HOT_VARIANTS: usize = 20;
const HOT_MEMBERS: usize = 5;
/// Hot throughput as a share of the spread one, in percent.
const SHARE_MIN: u64 = 30;
const SIZE: Size = Size {
    members: 500,
    variants: 500,
    pieces: 1_000_000,
    points: 1_000_000_000,
    principal: 100_000_000_000,
    bonus: 10_000_000_000,
    uses: 1_000_000,
};

struct Load {
    address: SocketAddr,
    stall: Stall,
    random: Random,
    variants: usize,
    members: usize,
    time: Duration,
}

struct Figure {
    per_second: u64,
    p50: Duration,
    p99: Duration,
    sales: u64,
}

fn pick(random: &Random, length: usize) -> usize {
    usize::try_from(random.below(length as u64)).unwrap()
}

/// One client: sells one after another, and gives how long each took.
async fn client(load: Arc<Load>) -> Vec<Duration> {
    let mut client = Client::new(load.address, load.stall.shop.token(Role::Owner));
    let mut took = Vec::new();
    let end = Instant::now() + load.time;
    while Instant::now() < end {
        let id = order_id(&load.random, Clock::system().now());
        let first = pick(&load.random, load.variants);
        let second = (first + 1 + pick(&load.random, load.variants - 1)) % load.variants;
        let customer = load.stall.members[pick(&load.random, load.members)];
        let cart = mixed(id, &load.stall, customer, [load.stall.variants[first], load.stall.variants[second]]);
        let body = serde_json::to_string(&cart).unwrap();
        let began = Instant::now();
        let answer = client.post("/api/v1/orders", &id.to_string(), &body).await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.json);
        took.push(began.elapsed());
    }
    took
}

async fn figure(load: Load) -> Figure {
    let load = Arc::new(load);
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        tasks.spawn(client(load.clone()));
    }
    let mut took: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    let elapsed = start.elapsed();
    took.sort_unstable();
    let sales = took.len() as u64;
    let per_second = u64::try_from(u128::from(sales) * 1_000 / elapsed.as_millis()).unwrap();
    Figure { per_second, p50: took[took.len() / 2], p99: took[took.len() * 99 / 100], sales }
}

async fn contention(kind: Kind) {
    let random = Random::seeded(seed("contention"));
    let ground = Ground::prepare(kind, &SIZE).await;
    let server = Served::start(&ground.place).await;
    let load = |variants, members, time| Load {
        address: server.address,
        stall: ground.stall.clone(),
        random: random.clone(),
        variants,
        members,
        time,
    };
    let time = Duration::from_secs(sized(3, 30));
    // Connections are open, statements are prepared, rules are read.
    let mut sales = figure(load(SIZE.variants, SIZE.members, Duration::from_secs(1))).await.sales;
    let mut best = 0;
    for round in 0..ROUNDS {
        let spread = figure(load(SIZE.variants, SIZE.members, time)).await;
        let hot = figure(load(HOT_VARIANTS, HOT_MEMBERS, time)).await;
        let share = hot.per_second * 100 / spread.per_second.max(1);
        for (name, figure) in [("spread", &spread), ("hot", &hot)] {
            println!("{kind:?} round {round} {name}: {} sales/s, p50 {:?}, p99 {:?}", figure.per_second, figure.p50, figure.p99);
        }
        println!("{kind:?} round {round}: hot is {share} % of spread");
        sales += spread.sales + hot.sales;
        best = best.max(share);
        if best >= SHARE_MIN && round + 1 >= sized(1, ROUNDS) {
            break;
        }
    }
    let db = ground.db().await;
    let orders = number(&db, "SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1", ground.stall.merchant).await;
    assert_eq!(u64::try_from(orders).unwrap(), sales);
    sound(&db, ground.stall.merchant).await;
    assert!(best >= SHARE_MIN, "few goods and members sell at {best} % of many, {SHARE_MIN} % are promised");
}

#[test]
fn hot_goods_and_members_hold_nobody_up_for_long_on_sqlite() {
    run(contention(Kind::Sqlite));
}

#[test]
fn hot_goods_and_members_hold_nobody_up_for_long_on_postgres() {
    run(contention(Kind::Postgres));
}

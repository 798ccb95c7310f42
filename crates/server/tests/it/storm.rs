//! The kill storm: many clients sell, the server and the database are killed at random moments, and
//! nothing that was acknowledged is lost, doubled or half done.

use crate::served::{Ground, Served};
use crate::till::{mixed, number, order_id, seed, sized, sound};
use crate::wire::{Answer, Client};
use serde_json::Value;
use shuke_db::{Db, sql};
use shuke_http::Role;
use shuke_jobs::Work;
use shuke_kernel::{Clock, MerchantId, Random, Uuid};
use shuke_sales::fixture::{Size, Stall};
use shuke_server::wiring;
use shuke_testkit::{Kind, run};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const CLIENTS: u64 = 32;
const PATIENCE: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(5);
const AGAIN: Duration = Duration::from_millis(20);
const SIZE: Size = Size {
    members: 7,
    variants: 9,
    pieces: 1_000_000,
    points: 1_000_000_000,
    principal: 100_000_000_000,
    bonus: 10_000_000_000,
    uses: 1_000_000,
};

/// A sale that was acknowledged.
struct Sold {
    id: Uuid,
    body: String,
    answer: Value,
}

/// What all clients share.
struct Storm {
    address: SocketAddr,
    stall: Stall,
    random: Random,
    over: AtomicBool,
    acknowledged: AtomicU64,
    retries: AtomicU64,
    replays: AtomicU64,
    sold: Mutex<Vec<Sold>>,
}

impl Storm {
    fn client(&self) -> Client {
        Client::new(self.address, self.stall.shop.token(Role::Owner))
    }

    /// Sells until the storm is over; each order is sent again until it is acknowledged.
    async fn sell(self: Arc<Self>) {
        let mut client = self.client();
        while !self.over.load(Ordering::Relaxed) {
            let id = order_id(&self.random, Clock::system().now());
            let customer = self.stall.members[pick(&self.random, self.stall.members.len())];
            let first = pick(&self.random, self.stall.variants.len());
            let second = (first + 1 + pick(&self.random, self.stall.variants.len() - 1)) % self.stall.variants.len();
            let cart = mixed(id, &self.stall, customer, [self.stall.variants[first], self.stall.variants[second]]);
            let body = serde_json::to_string(&cart).unwrap();
            let answer = self.insist(&mut client, id.0, &body).await;
            assert_eq!(answer.json["id"], Value::String(id.to_string()));
            self.sold.lock().unwrap().push(Sold { id: id.0, body, answer: answer.json });
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Sends until there is an answer. Only a lost connection or 503 is a reason to send again.
    async fn insist(&self, client: &mut Client, id: Uuid, body: &str) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match client.post("/api/v1/orders", &id.to_string(), body).await {
                Ok(answer) if answer.status == 200 || answer.status == 201 => {
                    self.replays.fetch_add(u64::from(answer.replayed), Ordering::Relaxed);
                    return answer;
                }
                Ok(answer) if answer.status != 503 => panic!("the sale {id} was answered {answer:?}"),
                unknown => assert!(Instant::now() < deadline, "the sale {id} is not answered: {unknown:?}"),
            }
            self.retries.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Waits for some more acknowledged sales, and then a moment that falls anywhere within a sale.
    async fn random_moment(&self) {
        let goal = self.acknowledged.load(Ordering::Relaxed) + 1 + self.random.below(40);
        let deadline = Instant::now() + PATIENCE;
        while self.acknowledged.load(Ordering::Relaxed) < goal {
            assert!(Instant::now() < deadline, "nothing is sold any more");
            tokio::time::sleep(POLL).await;
        }
        tokio::time::sleep(Duration::from_micros(self.random.below(20_000))).await;
    }
}

fn pick(random: &Random, length: usize) -> usize {
    usize::try_from(random.below(length as u64)).unwrap()
}

async fn storm(kind: Kind) {
    let kills = sized(20, 500);
    let random = Random::seeded(seed("kill storm"));
    let ground = Ground::prepare(kind, &SIZE).await;
    let mut server = Served::start(&ground.place).await;
    let storm = Arc::new(Storm {
        address: server.address,
        stall: ground.stall.clone(),
        random: random.clone(),
        over: AtomicBool::new(false),
        acknowledged: AtomicU64::new(0),
        retries: AtomicU64::new(0),
        replays: AtomicU64::new(0),
        sold: Mutex::new(Vec::new()),
    });
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(storm.clone().sell());
    }
    let mut slowest = Duration::ZERO;
    for kill in 0..kills {
        storm.random_moment().await;
        let database = ground.cluster.as_ref().filter(|_| kill % 4 == 3);
        let both = kill % 8 == 7;
        let from = Instant::now();
        if database.is_none() || both {
            server.kill_9();
        }
        if let Some(cluster) = database.cloned() {
            tokio::task::spawn_blocking(move || cluster.restart()).await.unwrap();
        }
        if database.is_none() || both {
            server.restart(&ground.place).await;
        }
        server.ready().await;
        slowest = slowest.max(from.elapsed());
    }
    storm.over.store(true, Ordering::Relaxed);
    while let Some(ended) = clients.join_next().await {
        ended.unwrap();
    }
    println!(
        "{kind:?}: {kills} kills, {} sales acknowledged, {} sent again, {} of them were already done, back within {slowest:?}",
        storm.acknowledged.load(Ordering::Relaxed),
        storm.retries.load(Ordering::Relaxed),
        storm.replays.load(Ordering::Relaxed)
    );
    assert!(storm.retries.load(Ordering::Relaxed) > 0, "no kill ever met a sale");
    afterwards(&ground, &mut server, &storm).await;
}

/// Everything that was sold is there once, and had each of its effects once.
async fn afterwards(ground: &Ground, server: &mut Served, storm: &Storm) {
    let merchant = ground.stall.merchant;
    let sold = std::mem::take(&mut *storm.sold.lock().unwrap());
    let count = i64::try_from(sold.len()).unwrap();
    let db = ground.db().await;
    drained(&db, merchant, count).await;

    let mut client = storm.client();
    for sale in sold.iter().step_by(1 + sold.len() / 100) {
        let again = client.post("/api/v1/orders", &sale.id.to_string(), &sale.body).await.unwrap();
        assert!(again.replayed && again.json == sale.answer, "{again:?} is not {}", sale.answer);
    }
    server.kill_9();
    let work = Work { db: db.clone(), clock: Clock::system(), random: Random::system() };
    shuke_testkit::step(&wiring::runner(), &work).await;

    let acknowledged: BTreeSet<Uuid> = sold.iter().map(|sale| sale.id).collect();
    assert_eq!(acknowledged.len(), sold.len());
    assert_eq!(orders(&db, merchant).await, acknowledged, "lost, or sold without an answer");
    for (what, text, expected) in effects(count, &ground.stall) {
        assert_eq!(number(&db, text, merchant).await, expected, "{what}");
    }
    sound(&db, merchant).await;
}

/// Waits until the worker has told everybody about every sale.
async fn drained(db: &Db, merchant: MerchantId, orders: i64) {
    let deadline = Instant::now() + PATIENCE;
    let text = "SELECT CAST(COALESCE(SUM(orders), 0) AS BIGINT) FROM member_stat WHERE merchant_id = $1";
    loop {
        let told = number(db, text, merchant).await;
        if told >= orders {
            return;
        }
        assert!(Instant::now() < deadline, "the worker told of {told} of {orders} sales");
        tokio::time::sleep(POLL).await;
    }
}

async fn orders(db: &Db, merchant: MerchantId) -> BTreeSet<Uuid> {
    let read = db.read(&merchant, |tx, merchant| {
        Box::pin(async move {
            let rows = tx.rows(sql!("SELECT id FROM sales_order WHERE merchant_id = $1", *merchant)).await?;
            rows.iter().map(|row| row.get(0)).collect()
        })
    });
    read.await.unwrap()
}

/// What so many sales come to: each 89.00, half of it from the wallet, two pieces, 100 points, one use of a coupon.
fn effects(sales: i64, stall: &Stall) -> Vec<(&'static str, &'static str, i64)> {
    let members = i64::try_from(stall.members.len()).unwrap();
    let pieces = SIZE.pieces * 1_000 * i64::try_from(stall.variants.len()).unwrap();
    vec![
        ("orders", "SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1", sales),
        ("events", "SELECT COUNT(*) FROM event WHERE merchant_id = $1 AND kind = 'sale.completed'", sales),
        ("stored answers", "SELECT COUNT(*) FROM idempotency WHERE merchant_id = $1", sales),
        ("purchases", "SELECT COUNT(*) FROM purchase WHERE merchant_id = $1", sales),
        (
            "members whose figures are not those of their orders",
            "SELECT COUNT(*) FROM member_stat s WHERE s.merchant_id = $1 AND
                (s.orders <> (SELECT COUNT(*) FROM sales_order o WHERE o.merchant_id = s.merchant_id AND o.member_id = s.member_id)
                 OR s.amount <> (SELECT COALESCE(SUM(o.total), 0) FROM sales_order o WHERE o.merchant_id = s.merchant_id AND o.member_id = s.member_id))",
            0,
        ),
        ("stock", "SELECT CAST(SUM(on_hand_milli) AS BIGINT) FROM stock WHERE merchant_id = $1", pieces - 2_000 * sales),
        ("uses of coupons", "SELECT CAST(SUM(uses_left) AS BIGINT) FROM coupon WHERE merchant_id = $1", members * SIZE.uses - sales),
        (
            "wallets",
            "SELECT CAST(SUM(balance) AS BIGINT) FROM account WHERE merchant_id = $1 AND kind IN ('principal', 'bonus')",
            members * (SIZE.principal + SIZE.bonus) - 4_450 * sales,
        ),
        (
            "points, less those earned",
            "SELECT CAST(SUM(balance) AS BIGINT) - (SELECT CAST(COALESCE(SUM(points_earned), 0) AS BIGINT) FROM sales_order WHERE merchant_id = $1)
             FROM account WHERE merchant_id = $1 AND kind = 'points'",
            members * SIZE.points - 100 * sales,
        ),
    ]
}

#[test]
fn nothing_is_lost_or_doubled_on_sqlite() {
    run(storm(Kind::Sqlite));
}

#[test]
fn nothing_is_lost_or_doubled_on_postgres() {
    run(storm(Kind::Postgres));
}

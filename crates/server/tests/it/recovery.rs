//! How soon a shop sells again after everything was killed, with a past that fills the disk.
//!
//! Under `SHUKE_SOAK` the database has a gigabyte, and the first sale must be sold within 2 seconds on
//! SQLite and 5 on PostgreSQL; the small size says how long it took, and only that nothing is lost.

use crate::served::{Ground, Served};
use crate::till::{number, order_id, plain, sized};
use crate::wire::Client;
use shuke_db::{Db, Stmt};
use shuke_http::{Role, Vault};
use shuke_kernel::{Clock, Random};
use shuke_sales::fixture::Size;
use shuke_server::import::Kind as What;
use shuke_server::import::ground::{self, Wishes};
use shuke_server::import::run::{self, Options};
use shuke_server::wiring;
use shuke_testkit::Kind;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

const SIZE: Size = Size { members: 4, variants: 8, pieces: 1_000_000, points: 0, principal: 0, bonus: 0, uses: 1 };
/// Lines of past orders in a file.
const LINES: u64 = 4_000;

/// How large the database is, in bytes.
async fn bytes(db: &Db, kind: Kind) -> u64 {
    let text = match kind {
        Kind::Sqlite => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        Kind::Postgres => "SELECT pg_database_size(current_database())",
    };
    let rows = db.read(&text, |tx, text| Box::pin(tx.rows(Stmt::built(*text, Vec::new())))).await.unwrap();
    rows[0].get::<i64>(0).unwrap().unsigned_abs()
}

fn past(file: &Path, part: u64, lines: u64) {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file).unwrap());
    writeln!(out, "订单号,商品编码,商品名称,数量,下单时间,单价").unwrap();
    for line in 0..lines {
        let (order, day) = (part * lines + line, line % 28 + 1);
        writeln!(out, "P{order},GOOD{},商品,1,2025-{:02}-{day:02} 10:00:00,{}.00", line % 500, line % 12 + 1, line % 90 + 10).unwrap();
    }
    out.flush().unwrap();
}

/// Past orders come in until the database is as large as it is to be.
async fn fill(ground: &Ground, kind: Kind) {
    let wanted = sized(24 << 20, 1 << 30);
    let (db, random) = (ground.db().await, Random::system());
    let file = ground.place.data.join("past.csv");
    let lines = sized(LINES, 50 * LINES);
    for part in 0.. {
        if bytes(&db, kind).await >= wanted {
            break;
        }
        past(&file, part, lines);
        let wishes = Wishes { merchant: Some(ground.stall.merchant), store: Some("静安店".to_owned()), ..Wishes::default() };
        let vault = Vault::new(random.bytes(), random.clone());
        let shop = ground::look(Some(&db), vault, &wishes).await.unwrap();
        let mut options = Options::new(What::Orders, &file);
        options.report = ground.place.data.join("bad.csv");
        let report = run::run(Some(&db), &shop, &options).await.unwrap();
        assert_eq!(report.bad_rows, 0, "{:?}", report.bad_examples);
    }
    db.filled().await.unwrap();
}

/// Sells once, asking again until it is sold.
async fn sell(server: &Served, ground: &Ground) -> Duration {
    let id = order_id(&Random::system(), Clock::system().now());
    let body = serde_json::to_string(&plain(id, &ground.stall, ground.stall.variants[0], 1)).unwrap();
    let begun = Instant::now();
    loop {
        let mut client = Client::new(server.address, ground.stall.shop.token(Role::Owner));
        if let Ok(answer) = client.post("/api/v1/orders", &id.to_string(), &body).await
            && [200, 201].contains(&answer.status)
        {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "no sale for a minute");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn sells_again(kind: Kind) {
    let ground = Ground::prepare(kind, &SIZE).await;
    fill(&ground, kind).await;
    let mut server = Served::start(&ground.place).await;
    let orders = "SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1";
    let before = number(&ground.db().await, orders, ground.stall.merchant).await;
    let mut sold = 0;
    let mut slowest = Duration::ZERO;
    for _ in 0..sized(2, 5) {
        // Enough for a write-ahead log that has to be read again.
        for _ in 0..sized(50, 2_000) {
            sell(&server, &ground).await;
            sold += 1;
        }
        let killed = Instant::now();
        if let Some(cluster) = ground.cluster.clone() {
            tokio::task::spawn_blocking(move || cluster.restart()).await.unwrap();
        }
        server.kill_9();
        server.restart(&ground.place).await;
        sell(&server, &ground).await;
        sold += 1;
        slowest = slowest.max(killed.elapsed());
    }
    let size = bytes(&ground.db().await, kind).await >> 20;
    println!("{kind:?}: {size} MiB, the first sale after a kill within {slowest:?}");
    let limit = Duration::from_secs(if kind == Kind::Sqlite { 2 } else { 5 });
    assert!(sized(0, 1) == 0 || slowest < limit, "the first sale came after {slowest:?}");
    let db = ground.db().await;
    assert_eq!(number(&db, orders, ground.stall.merchant).await, before + sold, "a sale that was told of is lost, or doubled");
    let report = shuke_ledger::verify::run_with(&db, ground.stall.merchant, &wiring::checks()).await.unwrap();
    assert_eq!(report.first_difference, None);
}

#[test]
fn a_shop_with_a_past_sells_again_at_once_on_sqlite() {
    shuke_testkit::run(sells_again(Kind::Sqlite));
}

#[test]
fn a_shop_with_a_past_sells_again_at_once_on_postgres() {
    shuke_testkit::run(sells_again(Kind::Postgres));
}

//! Two servers on one PostgreSQL, through a pooler in transaction mode.

use crate::served::{Ground, Served};
use crate::till::{mixed, number, order_id, seed, sized, sound};
use crate::wire::{Answer, Client};
use serde_json::json;
use shuke_db::Statements;
use shuke_http::Role;
use shuke_jobs::Work;
use shuke_kernel::{Clock, Random};
use shuke_sales::fixture::Size;
use shuke_server::config::Place;
use shuke_server::wiring;
use shuke_testkit::{Kind, Pooler, run};

const CLIENTS: usize = 16;
const SIZE: Size =
    Size { members: 3, variants: 9, pieces: 1_000_000, points: 1_000_000_000, principal: 100_000_000_000, bonus: 10_000_000_000, uses: 10 };

/// What one server has begun the other knows, whichever connection each of them has at the moment.
async fn two_servers() {
    let random = Random::seeded(seed("two servers and a pooler"));
    let ground = Ground::prepare(Kind::Postgres, &SIZE).await;
    let pooler = Pooler::start(ground.cluster.as_deref().unwrap());
    let name = ground.place.db.as_deref().unwrap().rsplit('/').next().unwrap();
    let place = Place { db: Some(pooler.url(name)), statements: Statements::Simple, ..ground.place.clone() };
    let servers = [Served::start(&place).await, Served::start(&place).await];
    let addresses = servers.each_ref().map(|server| server.address);
    let token = ground.stall.shop.token(Role::Owner).to_owned();

    // Each sale goes to both servers at once under one key: it is sold once.
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let mut wires = addresses.map(|address| Client::new(address, &token));
        let (stall, random) = (ground.stall.clone(), random.clone());
        clients.spawn(async move {
            let mut sold = 0;
            for n in client..client + usize::try_from(sized(20, 500)).unwrap() {
                let id = order_id(&random, Clock::system().now());
                let goods = [stall.variants[n % 9], stall.variants[(n + 1) % 9]];
                let body = serde_json::to_string(&mixed(id, &stall, stall.members[n % 3], goods)).unwrap();
                let key = id.to_string();
                let [one, two] = &mut wires;
                let (first, second) = tokio::join!(one.post("/api/v1/orders", &key, &body), two.post("/api/v1/orders", &key, &body));
                let answers: [Answer; 2] = [first.unwrap(), second.unwrap()];
                match answers.each_ref().map(|answer| answer.status) {
                    [201, 200] | [200, 201] => {
                        assert_eq!(answers[0].json, answers[1].json);
                        sold += 1;
                    }
                    // A coupon has ten uses; whoever finds it used up is told so, or told the price without it.
                    [409 | 422, 409 | 422] => {
                        for answer in &answers {
                            assert!(["coupon_used", "price_changed"].map(|code| json!(code)).contains(&answer.json["code"]), "{answer:?}");
                        }
                    }
                    other => panic!("{other:?}: {answers:?}"),
                }
            }
            sold
        });
    }
    let sold: i64 = clients.join_all().await.into_iter().sum();
    assert_eq!(sold, 30, "three coupons of ten uses are thirty sales");
    for server in &servers {
        server.ready().await;
    }
    drop(servers);
    let db = ground.db().await;
    let work = Work { db: db.clone(), clock: Clock::system(), random: Random::system() };
    shuke_testkit::step(&wiring::runner(), &work).await;
    let merchant = ground.stall.merchant;
    assert_eq!(number(&db, "SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1", merchant).await, sold);
    let told = "SELECT CAST(SUM(orders) AS BIGINT) FROM member_stat WHERE merchant_id = $1";
    assert_eq!(number(&db, told, merchant).await, sold, "two workers told of a sale twice, or not at all");
    sound(&db, merchant).await;
}

#[test]
fn two_servers_share_a_pooled_database() {
    run(two_servers());
}

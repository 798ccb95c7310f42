//! The disk is full, or does not confirm what it wrote.

use crate::served::{Ground, Served};
use crate::till::{number, order_id, plain, sound};
use crate::wire::{Answer, Client};
use serde_json::json;
use shuke_http::Role;
use shuke_kernel::{Clock, Random, Uuid};
use shuke_sales::fixture::Size;
use shuke_testkit::{Kind, run};
use std::path::Path;
use std::process::Command;

struct World {
    ground: Ground,
    server: Served,
    faults: tempfile::TempDir,
    sold: i64,
}

impl World {
    /// A server whose disk does what the test says.
    async fn make() -> Self {
        let faults = tempfile::tempdir().unwrap();
        let library = faults.path().join("faults.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/disk_faults.c");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").status().unwrap();
        assert!(built.success());
        let ground = Ground::prepare(Kind::Sqlite, &Size::default()).await;
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let variables = [("LD_PRELOAD", text(&library)), ("SHUKE_FAULTS", text(faults.path()))];
        let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
        let server = Served::start_with(&ground.place, &[], &variables).await;
        Self { ground, server, faults, sold: 0 }
    }

    fn client(&self) -> Client {
        Client::new(self.server.address, self.ground.stall.shop.token(Role::Owner))
    }
    fn fault(&self, what: &str, on: bool) {
        let file = self.faults.path().join(what);
        if on { std::fs::write(file, "").unwrap() } else { std::fs::remove_file(file).unwrap() }
    }
    async fn sell(&mut self, id: Uuid) -> Answer {
        let stall = &self.ground.stall;
        let cart = serde_json::to_string(&plain(shuke_sales::order::OrderId(id), stall, stall.variants[0], 1)).unwrap();
        let answer = self.client().post("/api/v1/orders", &id.to_string(), &cart).await.unwrap();
        // A sale that nobody was sure of may turn out to have been done: then this is its first answer.
        self.sold += i64::from([200, 201].contains(&answer.status));
        answer
    }
    fn id() -> Uuid {
        order_id(&Random::system(), Clock::system().now()).0
    }
    async fn nothing_else_is_there(&self) {
        let db = self.ground.db().await;
        let merchant = self.ground.stall.merchant;
        assert_eq!(number(&db, "SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1", merchant).await, self.sold);
        sound(&db, merchant).await;
    }
}

/// A full disk is a 503 that can be retried: the process stays up, reads go on, nothing is half written,
/// and with room again sales go on under the same keys.
#[test]
fn a_full_disk_is_survived() {
    run(async {
        let mut world = World::make().await;
        assert_eq!(world.sell(World::id()).await.status, 201);
        world.fault("full", true);
        let waiting: Vec<Uuid> = (0..5).map(|_| World::id()).collect();
        for id in &waiting {
            let answer = world.sell(*id).await;
            assert_eq!((answer.status, &answer.json["code"]), (503, &json!("database_unavailable")), "{answer:?}");
        }
        assert_eq!(world.client().get("/api/v1/stores").await.unwrap().status, 200, "reading stopped too");
        world.nothing_else_is_there().await;
        world.fault("full", false);
        for id in &waiting {
            assert_eq!(world.sell(*id).await.status, 201);
        }
        world.server.ready().await;
        world.nothing_else_is_there().await;
    });
}

/// After a sync that failed nothing more is written, whatever the disk says then, until a restart.
#[test]
fn a_failed_sync_stops_writing() {
    run(async {
        let mut world = World::make().await;
        assert_eq!(world.sell(World::id()).await.status, 201);
        world.fault("sync", true);
        let unsure = World::id();
        let answer = world.sell(unsure).await;
        // It may be there or not: the answer must not say that nothing was written.
        assert_eq!((answer.status, &answer.json["code"]), (503, &json!("write_unconfirmed")), "{answer:?}");
        world.fault("sync", false);
        let answer = world.sell(World::id()).await;
        assert_eq!((answer.status, &answer.json["code"]), (503, &json!("disk_unsure")), "{answer:?}");
        assert_eq!(world.client().get("/readyz").await.unwrap().status, 503);
        assert_eq!(world.client().get("/api/v1/stores").await.unwrap().status, 200, "reading stopped too");
        world.server.kill_9();
        let place = world.ground.place.clone();
        world.server.restart(&place).await;
        assert!([200, 201].contains(&world.sell(unsure).await.status));
        assert_eq!(world.sell(World::id()).await.status, 201);
        world.nothing_else_is_there().await;
    });
}

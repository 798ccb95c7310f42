//! Backup in a storm of sales, restored into each database; and what is refused.

use crate::served::{Ground, Served};
use crate::till::{mixed, number, order_id, plain, seed, sound};
use crate::wire::Client;
use shuke_db::backup::{self, Pace};
use shuke_db::{Config, Db, Stmt};
use shuke_http::Role;
use shuke_jobs::Work;
use shuke_kernel::{Clock, Instant, MerchantId, Random, Uuid};
use shuke_org::fixture::PASSWORD;
use shuke_sales::fixture::{Size, Stall};
use shuke_server::config::Place;
use shuke_server::wiring;
use shuke_testkit::{Cluster, Kind, TestDb, db, run};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

const CLIENTS: usize = 8;
const BEFORE: Duration = Duration::from_secs(3);
const SIZE: Size = Size {
    members: 7,
    variants: 9,
    pieces: 1_000_000,
    points: 1_000_000_000,
    principal: 100_000_000_000,
    bonus: 10_000_000_000,
    uses: 1_000_000,
};

/// Clients that sell until they are told to stop.
struct Storm {
    over: Arc<AtomicBool>,
    sold: Arc<AtomicU64>,
    clients: tokio::task::JoinSet<Vec<Uuid>>,
}

impl Storm {
    fn begin(server: &Served, stall: &Stall, random: &Random) -> Self {
        let (over, sold) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..CLIENTS {
            let mut wire = Client::new(server.address, stall.shop.token(Role::Owner));
            let (stall, random, over, sold) = (stall.clone(), random.clone(), over.clone(), sold.clone());
            clients.spawn(async move {
                let mut mine = Vec::new();
                for n in client.. {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    let id = order_id(&random, Clock::system().now());
                    let customer = stall.members[n % stall.members.len()];
                    let goods = [stall.variants[n % stall.variants.len()], stall.variants[(n + 1) % stall.variants.len()]];
                    let body = serde_json::to_string(&mixed(id, &stall, customer, goods)).unwrap();
                    let answer = wire.post("/api/v1/orders", &id.to_string(), &body).await.unwrap();
                    assert_eq!(answer.status, 201, "{answer:?}");
                    sold.fetch_add(1, Ordering::Relaxed);
                    mine.push(id.0);
                }
                mine
            });
        }
        Self { over, sold, clients }
    }

    fn so_far(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }

    async fn end(self) -> BTreeSet<Uuid> {
        self.over.store(true, Ordering::Relaxed);
        self.clients.join_all().await.into_iter().flatten().collect()
    }
}

/// A new, empty place of a kind, with the key of another.
fn empty(kind: Kind, folder: &Path, from: &Place) -> Place {
    std::fs::copy(from.data.join("key"), folder.join("key")).unwrap();
    let db = (kind == Kind::Postgres).then(|| Cluster::shared().create_database());
    Place { db, ..Place::folder(folder) }
}

async fn orders(db: &Db, merchant: MerchantId) -> BTreeSet<Uuid> {
    let stmt = Stmt::built("SELECT id FROM sales_order WHERE merchant_id = $1", vec![shuke_db::ToValue::to_value(&merchant)]);
    let rows = db.read(&stmt, |tx, stmt| Box::pin(tx.rows(stmt.clone()))).await.unwrap();
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

async fn in_a_storm(kind: Kind) {
    let random = Random::seeded(seed("backup in a storm"));
    let ground = Ground::prepare(kind, &SIZE).await;
    let mut server = Served::start(&ground.place).await;
    let storm = Storm::begin(&server, &ground.stall, &random);
    tokio::time::sleep(BEFORE).await;
    let first = storm.so_far();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.backup");
    let db = ground.db().await;
    let clock = Clock::system();
    let begun = clock.now();
    let summary = backup::write(&db, &file, begun, Pace::Gentle).await.unwrap();
    let took_ms = clock.now().since_ms(begun).max(1);
    let during = storm.so_far() - first;
    let sold = storm.end().await;
    let (alone, beside) = (first * 1000 / 3000, during * 1000 / took_ms.unsigned_abs());
    println!("{kind:?}: {} rows in {took_ms} ms; {alone} sales a second before, {beside} during the backup", summary.rows);
    assert!(beside * 2 >= alone, "the backup took more than half of the sales: {beside} instead of {alone} a second");
    server.kill_9();

    let merchant = ground.stall.merchant;
    for target in [Kind::Sqlite, Kind::Postgres] {
        let folder = tempfile::tempdir().unwrap();
        let place = empty(target, folder.path(), &ground.place);
        assert_eq!(backup::restore(&place.database(), &file).await.unwrap(), summary);
        let restored = Db::connect(&place.database()).await.unwrap();
        sound(&restored, merchant).await;
        let kept = orders(&restored, merchant).await;
        assert!(kept.len() as u64 >= first && kept.is_subset(&sold), "{} of {} orders, {first} before the backup", kept.len(), sold.len());
        goes_on(&restored, &place, &ground.stall, kept.len()).await;
        let again = backup::restore(&place.database(), &file).await.unwrap_err();
        assert_eq!(again.code(), "restore_target_in_use");
    }
}

const TOLD: &str = "SELECT CAST(COALESCE(SUM(orders), 0) AS BIGINT) FROM member_stat WHERE merchant_id = $1";
const UNSEALED: &str =
    "SELECT CAST((SELECT COUNT(*) FROM transfer WHERE merchant_id = $1) AS BIGINT) - CAST(COALESCE(SUM(entries), 0) AS BIGINT)
    FROM seal WHERE merchant_id = $1";

/// Every event finds its readers once, those that were brought in and those that come; every entry is sealed.
async fn goes_on(db: &Db, place: &Place, stall: &Stall, orders: usize) {
    let work = Work { db: db.clone(), clock: Clock::system(), random: Random::system() };
    let cx = work.system(stall.merchant);
    shuke_testkit::step(&wiring::runner(), &work).await;
    let orders = i64::try_from(orders).unwrap();
    assert_eq!(number(db, TOLD, stall.merchant).await, orders, "events were lost or read twice");
    let mut server = Served::start(place).await;
    let id = order_id(&cx.random, cx.now);
    let cart = mixed(id, stall, stall.members[0], [stall.variants[0], stall.variants[1]]);
    let mut client = Client::new(server.address, stall.shop.token(Role::Owner));
    let answer = client.post("/api/v1/orders", &id.to_string(), &serde_json::to_string(&cart).unwrap()).await.unwrap();
    assert_eq!(answer.status, 201, "{answer:?}");
    server.kill_9();
    shuke_testkit::step(&wiring::runner(), &work).await;
    assert_eq!(number(db, TOLD, stall.merchant).await, orders + 1, "a new event was not read");
    shuke_ledger::seal::run(db, &cx).await.unwrap();
    assert_eq!(number(db, UNSEALED, stall.merchant).await, 0, "entries are not sealed");
    sound(db, stall.merchant).await;
}

#[test]
fn a_backup_in_a_storm_is_whole_on_sqlite() {
    run(in_a_storm(Kind::Sqlite));
}

#[test]
fn a_backup_in_a_storm_is_whole_on_postgres() {
    run(in_a_storm(Kind::Postgres));
}

/// A backup that was changed or cut off anywhere is refused, and leaves the target empty.
#[test]
fn a_damaged_backup_is_refused() {
    run(async {
        let random = Random::seeded(seed("damaged backup"));
        let source: TestDb = db(Kind::Sqlite).await;
        let ground = crate::till::shop_of(Kind::Sqlite, &Size::default()).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.backup");
        let summary = backup::write(ground.app.db(), &file, Instant(0), Pace::Fast).await.unwrap();
        let whole = std::fs::read(&file).unwrap();
        assert_eq!(backup::write(&source, &file, Instant(0), Pace::Fast).await.unwrap_err().code(), "backup_unwritable");
        let broken = folder.path().join("b.backup");
        let target = folder.path().join("target");
        for attempt in 0..60 {
            let mut bytes = whole.clone();
            // The ten bytes after the first line are gzip's: when and where it was made means nothing.
            let at = 25 + usize::try_from(random.below(whole.len() as u64 - 25)).unwrap();
            match attempt % 3 {
                0 => bytes.truncate(at),
                1 => bytes[at] ^= 1 << random.below(8),
                _ => bytes.push(0),
            }
            std::fs::write(&broken, bytes).unwrap();
            let error = match backup::restore(&Config::folder(&target), &broken).await {
                Err(error) => error,
                // A compressed text may be written in two ways; then what it holds is the same.
                Ok(found) => {
                    assert!(attempt % 3 == 1 && found == summary, "{attempt} at {at}: {found:?}");
                    std::fs::remove_dir_all(&target).unwrap();
                    continue;
                }
            };
            assert!(error.code() == "backup_damaged", "{attempt} at {at}: {error}");
            assert!(!target.exists(), "a damaged backup made a database");
        }
        assert_eq!(backup::restore(&Config::folder(&target), &folder.path().join("none")).await.unwrap_err().code(), "backup_unreadable");
        backup::restore(&Config::folder(&target), &file).await.unwrap();
    });
}

/// What is personal is not in the file in the clear, and with the key it opens again.
#[test]
fn a_backup_holds_no_names() {
    run(async {
        for kind in [Kind::Sqlite, Kind::Postgres] {
            let shop = crate::till::shop_of(kind, &Size::default()).await;
            let secret = serde_json::json!({ "phone": "13912345678", "name": "欧阳秘密", "note": "对花生过敏" });
            shop.owner.post("/api/v1/members", &secret).await.ok();
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("a.backup");
            backup::write(shop.app.db(), &file, Instant(0), Pace::Fast).await.unwrap();
            let packed = std::fs::read(&file).unwrap();
            let mut text = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed["shuke backup 1\n".len()..]), &mut text).unwrap();
            for secret in ["13912345678", "欧阳秘密", "对花生过敏", PASSWORD] {
                assert!(!text.windows(secret.len()).any(|window| window == secret.as_bytes()), "{kind:?}: {secret}");
            }
        }
    });
}

/// The commands: a backup of a data folder goes into another, and back to selling with the same key.
#[test]
fn the_commands_take_a_shop_elsewhere() {
    run(async {
        let ground = Ground::prepare(Kind::Sqlite, &Size::default()).await;
        let folder = tempfile::tempdir().unwrap();
        let (file, data) = (folder.path().join("shop.backup"), folder.path().join("data"));
        let shuke = |arguments: &[&str], data: &Path| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_shuke"));
            command.args(arguments).arg(&file).arg("--data").arg(data).env_remove("SHUKE_KEY").env_remove("SHUKE_DB");
            let output = command.output().unwrap();
            (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
        };
        let (done, said) = shuke(&["backup", "--fast"], &ground.place.data);
        assert!(done && said.contains("The master key that opens it is not in the backup"), "{said}");
        assert!(shuke(&["restore", "--check"], &data).0 && !data.exists());
        let (done, said) = shuke(&["restore"], &data);
        assert!(done && said.contains("1 merchants verified, everything agrees"), "{said}");
        assert!(!shuke(&["restore"], &data).0, "a second restore went into what is there");
        // Without the key nothing starts; with it the shop goes on.
        let elsewhere = Place::folder(&data);
        assert!(elsewhere.open().await.is_err());
        std::fs::copy(ground.place.data.join("key"), data.join("key")).unwrap();
        let server = Served::start(&elsewhere).await;
        let id = order_id(&Random::system(), Clock::system().now());
        let cart = serde_json::to_string(&plain(id, &ground.stall, ground.stall.variants[0], 1)).unwrap();
        let mut client = Client::new(server.address, ground.stall.shop.token(Role::Owner));
        assert_eq!(client.post("/api/v1/orders", "k", &cart).await.unwrap().status, 201);
    });
}

/// A backup by the very process that sells, on its own handle: it takes no turn to write, and meets no
/// open transaction of a group.
async fn from_within(kind: Kind) {
    let shop = crate::till::shop_of(kind, &Size::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..CLIENTS {
        let (owner, stall, cx, over) = (shop.owner.clone(), shop.stall.clone(), shop.cx(), over.clone());
        clients.spawn(async move {
            let mut sold = 0;
            while !over.load(Ordering::Relaxed) {
                let cart = crate::till::plain(cx.id(), &stall, stall.variants[client % stall.variants.len()], 1);
                owner.post("/api/v1/orders", &cart).await.ok();
                sold += 1;
            }
            sold
        });
    }
    for number in 0..8 {
        let file = folder.path().join(format!("{number}.backup"));
        backup::write(shop.app.db(), &file, Instant(0), Pace::Fast).await.unwrap();
        backup::check(&file).unwrap();
    }
    over.store(true, Ordering::Relaxed);
    let sold: i64 = clients.join_all().await.into_iter().sum();
    assert!(sold > 0, "nothing was sold meanwhile");
    assert_eq!(shop.number("SELECT COUNT(*) FROM sales_order WHERE merchant_id = $1").await, sold);
    shop.sound().await;
}

#[test]
fn a_backup_from_within_on_sqlite() {
    run(from_within(Kind::Sqlite));
}

#[test]
fn a_backup_from_within_on_postgres() {
    run(from_within(Kind::Postgres));
}

/// A mistyped folder is no shop: it says so, and leaves no file that looks like a backup.
#[test]
fn a_backup_of_nothing_is_refused() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::connect(&Config::folder(folder.path().join("mistyped"))).await.unwrap();
        let file = folder.path().join("a.backup");
        assert_eq!(backup::write(&db, &file, Instant(0), Pace::Fast).await.unwrap_err().code(), "backup_nothing");
        assert!(!file.exists());
    });
}

//! The power goes: the write-ahead log ends at any of its frames, or in the middle of one, or in what the
//! disk never wrote. What was acknowledged by then is there, and nothing is half there.

use crate::till::{mixed, order_id, seed, shop_of, sized, sound};
use shuke_db::{Config, Db, Location, sql};
use shuke_kernel::{MerchantId, Random, Uuid};
use shuke_sales::fixture::Size;
use shuke_testkit::{Kind, run};
use std::path::Path;

const HEAD_BYTES: usize = 32;
const FRAME_BYTES: usize = 24 + 4096;
const SIZE: Size =
    Size { members: 3, variants: 4, pieces: 1_000, points: 1_000_000, principal: 100_000_000, bonus: 1_000_000, uses: 1_000 };

async fn orders(db: &Db, merchant: MerchantId) -> Vec<Uuid> {
    let read = db.read(&merchant, |tx, merchant| {
        Box::pin(async move {
            let rows = tx.rows(sql!("SELECT id FROM sales_order WHERE merchant_id = $1 ORDER BY id", *merchant)).await?;
            rows.iter().map(|row| row.get(0)).collect()
        })
    });
    read.await.unwrap()
}

/// What is there after a start on these files.
async fn after(file: &[u8], log: &[u8], merchant: MerchantId, folder: &Path) -> Vec<Uuid> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir(folder).unwrap();
    std::fs::write(folder.join("shuke.db"), file).unwrap();
    std::fs::write(folder.join("shuke.db-wal"), log).unwrap();
    let db = Db::connect(&Config::folder(folder)).await.unwrap();
    sound(&db, merchant).await;
    orders(&db, merchant).await
}

#[test]
fn a_log_cut_anywhere_is_a_shop_as_it_was() {
    run(async {
        let random = Random::seeded(seed("power loss"));
        let shop = shop_of(Kind::Sqlite, &SIZE).await;
        let Location::Folder(home) = shop.app.test_db().config().location.clone() else { panic!("not a folder") };
        let (file, log) = (home.join("shuke.db"), home.join("shuke.db-wal"));
        let length = || usize::try_from(std::fs::metadata(&log).unwrap().len()).unwrap();
        let begun = length();
        let mut acknowledged: Vec<(usize, Uuid)> = Vec::new();
        for n in 0..usize::try_from(sized(12, 300)).unwrap() {
            let id = order_id(&random, shop.app.clock.now().plus_ms(i64::try_from(n).unwrap()));
            let goods = [shop.stall.variants[n % 4], shop.stall.variants[(n + 1) % 4]];
            let cart = mixed(id, &shop.stall, shop.stall.members[n % 3], goods);
            shop.owner.post("/api/v1/orders", &cart).await.ok();
            acknowledged.push((length(), id.0));
        }
        let (file, log) = (std::fs::read(file).unwrap(), std::fs::read(&log).unwrap());
        assert!(log.len() > begun + FRAME_BYTES, "a checkpoint has emptied the log");
        let merchant = shop.stall.merchant;
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("data");
        let mut cuts = 0;
        for whole in ((begun - HEAD_BYTES) / FRAME_BYTES)..=((log.len() - HEAD_BYTES) / FRAME_BYTES) {
            let cut = HEAD_BYTES + whole * FRAME_BYTES;
            let mut ends = vec![log[..cut].to_vec()];
            if random.below(4) == 0 {
                // A frame that was written in part, and one of which the disk has only zeros.
                let torn = (cut + 1 + usize::try_from(random.below(FRAME_BYTES as u64 - 1)).unwrap()).min(log.len());
                ends.push(log[..torn].to_vec());
                ends.push([&log[..cut], &vec![0; log.len() - cut]].concat());
            }
            for end in ends {
                let kept = after(&file, &end, merchant, &folder).await;
                let promised: Vec<Uuid> = acknowledged.iter().filter(|(at, _)| *at <= cut).map(|(_, id)| *id).collect();
                let all: Vec<Uuid> = acknowledged.iter().map(|(_, id)| *id).collect();
                assert!(
                    kept.starts_with(&promised) && all.starts_with(&kept),
                    "cut at {cut}: {} kept, {} promised",
                    kept.len(),
                    promised.len()
                );
                cuts += 1;
            }
        }
        println!("{cuts} cuts, {} sales", acknowledged.len());
    });
}

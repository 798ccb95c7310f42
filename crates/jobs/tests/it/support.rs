//! A database with two merchants, and a place where effects are counted.

use shuke_db::{Db, Tx, sql};
use shuke_jobs::Work;
use shuke_kernel::{Clock, Cx, MerchantId, Random, Result};
use shuke_testkit::{Kind, START, TestDb, db};

pub struct Given {
    pub db: TestDb,
    pub clock: Clock,
    pub random: Random,
}

impl Given {
    pub fn work(&self) -> Work {
        Work { db: self.db.handle(), clock: self.clock.clone(), random: self.random.clone() }
    }
    pub fn cx(&self) -> Cx {
        self.cx_of(1)
    }
    pub fn cx_of(&self, merchant: i64) -> Cx {
        Cx::system(MerchantId(merchant), self.clock.now(), self.random.clone())
    }
    /// How often each effect happened, by its name.
    pub async fn effects(&self) -> Vec<(String, i64)> {
        effects(&self.db).await
    }
}

pub async fn given(kind: Kind) -> Given {
    let db = db(kind).await;
    for merchant in 1..=2_i64 {
        db.write(&merchant, |tx, merchant| {
            Box::pin(async move {
                tx.queue(sql!(
                    "INSERT INTO merchant (merchant_id, name, trade, currency, zone, book_version, owners, created_at)
                     VALUES ($1, 'm', 'grocery', 'CNY', 'Asia/Shanghai', 1, 1, 0)",
                    *merchant
                ))
                .await
            })
        })
        .await
        .unwrap();
    }
    Given { db, clock: Clock::manual(START), random: Random::seeded(7) }
}

/// An effect that counts: one row each, its `status` goes up. It stands in the table of stored
/// answers, which nothing else here touches.
pub async fn effect(tx: &mut Tx, merchant: MerchantId, name: &str) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO idempotency (merchant_id, key, fingerprint, status, body, at) VALUES ($1, $2, '', 1, '', 0)
         ON CONFLICT (merchant_id, key) DO UPDATE SET status = idempotency.status + 1",
        merchant,
        name
    ))
    .await
}

pub async fn effects(db: &Db) -> Vec<(String, i64)> {
    db.read(&(), |tx, ()| {
        Box::pin(async move {
            let rows = tx.rows(sql!("SELECT key, status FROM idempotency ORDER BY merchant_id, key")).await?;
            rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
        })
    })
    .await
    .unwrap()
}

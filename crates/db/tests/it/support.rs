//! A table to write to. Its constraints are those of the real schema, because only those have codes:
//! `idempotency` has a primary key, `job` a CHECK and a unique index.

use shuke_db::{Db, Stmt, Tx, sql};
use shuke_kernel::{MerchantId, Result, Uuid};
use shuke_testkit::{Kind, TestDb, db};

pub const MERCHANT: MerchantId = MerchantId(1);

pub struct Counter {
    pub db: TestDb,
}

/// A database with the job rows that stand for counters: `attempts` counts.
pub async fn counter(kind: Kind) -> Counter {
    let db = db(kind).await;
    Counter { db }
}

pub fn put(id: u128, state: &str, count: i64) -> Stmt {
    sql!(
        "INSERT INTO job (merchant_id, id, kind, dedup_key, payload, state, run_at, attempts, leased_until) VALUES ($1, $2, 'k', $3, '', $4, 0, $5, 0)",
        MERCHANT,
        Uuid::from_u128(id),
        id.to_string(),
        state,
        count
    )
}

/// A row with the key of another, and nothing else in common with it.
pub fn twin(id: u128) -> Stmt {
    sql!(
        "INSERT INTO job (merchant_id, id, kind, dedup_key, payload, state, run_at, attempts, leased_until)
         VALUES ($1, $2, 'k', 'twin', '', 'waiting', 0, 0, 0)",
        MERCHANT,
        Uuid::from_u128(id)
    )
}

pub fn take(id: u128) -> Stmt {
    sql!("UPDATE job SET attempts = attempts - 1 WHERE merchant_id = $1 AND id = $2 AND attempts >= 1", MERCHANT, Uuid::from_u128(id))
}

pub async fn add(db: &Db, id: u128, count: i64) -> Result<()> {
    db.write(&(id, count), |tx, (id, count)| Box::pin(async move { tx.queue(put(*id, "waiting", *count)).await })).await
}

pub async fn count_in(tx: &mut Tx, id: u128) -> Result<Option<i64>> {
    let row = tx.row(sql!("SELECT attempts FROM job WHERE merchant_id = $1 AND id = $2", MERCHANT, Uuid::from_u128(id))).await?;
    row.map(|row| row.get(0)).transpose()
}

pub async fn count(db: &Db, id: u128) -> Option<i64> {
    db.read(&id, |tx, id| Box::pin(count_in(tx, *id))).await.unwrap()
}

//! SQL of stores.

use super::model::{Store, StoreId};
use shuke_db::{Row, Tx, sql};
use shuke_kernel::{Limit, MerchantId, Result, Uuid};

pub(super) async fn insert(tx: &mut Tx, merchant: MerchantId, store: &Store) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO store (merchant_id, id, name, zone, region, address, active, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        merchant,
        store.id,
        store.name,
        store.zone,
        store.region,
        store.address,
        store.active,
        store.created_at
    ))
    .await
}

pub(super) async fn update(tx: &mut Tx, merchant: MerchantId, store: &Store) -> Result<()> {
    tx.queue(sql!(
        "UPDATE store SET name = $3, zone = $4, region = $5, address = $6, active = $7 WHERE merchant_id = $1 AND id = $2",
        merchant,
        store.id,
        store.name,
        store.zone,
        store.region,
        store.address,
        store.active
    ))
    .await
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: StoreId) -> Result<Option<Store>> {
    let row = tx
        .row(sql!("SELECT id, name, zone, region, address, active, created_at FROM store WHERE merchant_id = $1 AND id = $2", merchant, id))
        .await?;
    row.as_ref().map(store).transpose()
}

pub(super) async fn page(tx: &mut Tx, merchant: MerchantId, after: Option<StoreId>, limit: Limit) -> Result<Vec<Store>> {
    let after = after.unwrap_or(StoreId(Uuid::nil()));
    let rows = tx
        .rows(sql!(
            "SELECT id, name, zone, region, address, active, created_at FROM store
             WHERE merchant_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            merchant,
            after,
            limit.fetch()
        ))
        .await?;
    rows.iter().map(store).collect()
}

fn store(row: &Row) -> Result<Store> {
    Ok(Store {
        id: row.get(0)?,
        name: row.get(1)?,
        zone: row.get(2)?,
        region: row.get(3)?,
        address: row.get(4)?,
        active: row.get(5)?,
        created_at: row.get(6)?,
    })
}

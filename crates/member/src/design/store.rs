//! SQL of card designs.

use super::{CardDesign, CardDesignDraft, CardDesignId};
use shuke_db::{Row, Tx, sql};
use shuke_kernel::{Cx, Error, MerchantId, Result};

fn json(draft: &CardDesignDraft) -> Result<String> {
    serde_json::to_string(draft).map_err(|error| Error::internal(error.to_string()))
}

fn design(row: &Row) -> Result<CardDesign> {
    let text: String = row.get(1)?;
    let draft = serde_json::from_str(&text).map_err(|error| Error::internal(format!("a card design: {error}")))?;
    Ok(CardDesign { id: row.get(0)?, draft, changed_at: row.get(2)? })
}

pub(super) async fn insert(tx: &mut Tx, cx: &Cx, design: &CardDesign) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO card_design (merchant_id, id, name, design, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $5)",
        cx.merchant,
        design.id,
        design.draft.name,
        json(&design.draft)?,
        cx.now
    ))
    .await
}

/// Changes a design; says how many that were.
pub(super) async fn update(tx: &mut Tx, cx: &Cx, id: CardDesignId, draft: &CardDesignDraft) -> Result<u64> {
    tx.exec(sql!(
        "UPDATE card_design SET name = $3, design = $4, changed_at = $5 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        id,
        draft.name,
        json(draft)?,
        cx.now
    ))
    .await
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: CardDesignId) -> Result<Option<CardDesign>> {
    let stmt = sql!("SELECT id, design, changed_at FROM card_design WHERE merchant_id = $1 AND id = $2", merchant, id);
    tx.row(stmt).await?.as_ref().map(design).transpose()
}

/// Every design, by name. There are a few.
pub(super) async fn all(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<CardDesign>> {
    let stmt = sql!("SELECT id, design, changed_at FROM card_design WHERE merchant_id = $1 ORDER BY name", merchant);
    tx.rows(stmt).await?.iter().map(design).collect()
}

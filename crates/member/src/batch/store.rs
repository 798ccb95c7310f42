//! SQL of card stock.

use super::{CardBatch, CardBatchId, StockCard, StockState};
use crate::CardId;
use crate::member::store::{keyed, placeholders};
use shuke_db::{Row, ToValue as _, Tx, insert, sql};
use shuke_kernel::{Cx, MerchantId, Result, Uuid};

/// Rows that one statement inserts.
const BATCH_ROWS: usize = 1_000;

pub(super) async fn insert_batch(tx: &mut Tx, cx: &Cx, batch: &CardBatch, numbers: &[String]) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO card_batch (merchant_id, id, name, design_id, store_id, prefix, first, cards, left_over, shared_max, created_at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        cx.merchant,
        batch.id,
        batch.name,
        batch.design,
        batch.store,
        batch.prefix,
        batch.first,
        batch.cards,
        batch.left_over,
        batch.shared_max,
        batch.created_at,
        cx.actor.text()
    ))
    .await?;
    for some in numbers.chunks(BATCH_ROWS) {
        let row = |number: &String| {
            vec![cx.merchant.to_value(), number.to_value(), batch.id.to_value(), StockState::Blank.to_value(), cx.now.to_value()]
        };
        let columns = ["merchant_id", "number", "batch_id", "state", "changed_at"];
        tx.queue(insert("card_stock", &columns, some.iter().map(row).collect())).await?;
    }
    Ok(())
}

/// The number after the last of a prefix.
pub(super) async fn next_number(tx: &mut Tx, merchant: MerchantId, prefix: &str) -> Result<i64> {
    let stmt = sql!("SELECT MAX(first + cards) FROM card_batch WHERE merchant_id = $1 AND prefix = $2", merchant, prefix);
    tx.row(stmt).await?.map_or(Ok(1), |row| Ok(row.get::<Option<i64>>(0)?.unwrap_or(1)))
}

const BATCH: &str = "SELECT id, name, prefix, first, cards, left_over, design_id, store_id, shared_max, created_at FROM card_batch";

fn batch(row: &Row) -> Result<CardBatch> {
    Ok(CardBatch {
        id: row.get(0)?,
        name: row.get(1)?,
        prefix: row.get(2)?,
        first: row.get(3)?,
        cards: row.get(4)?,
        left_over: row.get(5)?,
        design: row.get(6)?,
        store: row.get(7)?,
        shared_max: row.get(8)?,
        created_at: row.get(9)?,
    })
}

/// Batches, newest first.
pub(super) async fn page(tx: &mut Tx, merchant: MerchantId, before: Uuid, limit: i64) -> Result<Vec<CardBatch>> {
    let text = format!("{BATCH} WHERE merchant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    let stmt = shuke_db::Stmt::built(text, vec![merchant.to_value(), before.to_value(), limit.to_value()]);
    tx.rows(stmt).await?.iter().map(batch).collect()
}

pub(super) async fn find(tx: &mut Tx, merchant: MerchantId, id: CardBatchId) -> Result<Option<CardBatch>> {
    let stmt = shuke_db::Stmt::built(format!("{BATCH} WHERE merchant_id = $1 AND id = $2"), vec![merchant.to_value(), id.to_value()]);
    tx.row(stmt).await?.as_ref().map(batch).transpose()
}

/// The cards of a batch by number, after one of them: of one state or of all.
pub(super) async fn cards(
    tx: &mut Tx,
    merchant: MerchantId,
    id: CardBatchId,
    state: Option<StockState>,
    after: &str,
    limit: i64,
) -> Result<Vec<StockCard>> {
    let states: &[StockState] = state.as_ref().map_or(StockState::ALL, std::slice::from_ref);
    let list: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    let text = format!(
        "SELECT number, state, card_id FROM card_stock WHERE merchant_id = $1 AND batch_id = $2 AND number > $3 AND state IN ('{}')
         ORDER BY number LIMIT $4",
        list.join("', '")
    );
    let params = vec![merchant.to_value(), id.to_value(), after.to_value(), limit.to_value()];
    let rows = tx.rows(shuke_db::Stmt::built(text, params)).await?;
    rows.iter().map(|row| Ok(StockCard { number: row.get(0)?, state: row.get(1)?, card: row.get(2)? })).collect()
}

/// Binds a blank card. Says what became of it: bound now with the batch's `shared_max`, or the state
/// in which it was; nothing where there is no such card in stock.
pub(crate) async fn take(tx: &mut Tx, cx: &Cx, number: &str, card: CardId) -> Result<Option<(StockState, i64)>> {
    let taken = tx
        .exec(sql!(
            "UPDATE card_stock SET state = 'bound', card_id = $3, changed_at = $4 WHERE merchant_id = $1 AND number = $2 AND state = 'blank'",
            cx.merchant,
            number,
            card,
            cx.now
        ))
        .await?;
    let stmt = sql!(
        "SELECT s.state, b.shared_max, b.id FROM card_stock s JOIN card_batch b ON b.merchant_id = s.merchant_id AND b.id = s.batch_id
         WHERE s.merchant_id = $1 AND s.number = $2",
        cx.merchant,
        number
    );
    let Some(row) = tx.row(stmt).await? else { return Ok(None) };
    if taken == 1 {
        let batch: CardBatchId = row.get(2)?;
        count(tx, cx.merchant, batch, -1).await?;
        return Ok(Some((StockState::Blank, row.get(1)?)));
    }
    Ok(Some((row.get(0)?, 0)))
}

async fn count(tx: &mut Tx, merchant: MerchantId, batch: CardBatchId, delta: i64) -> Result<()> {
    tx.queue(sql!("UPDATE card_batch SET left_over = left_over + $3 WHERE merchant_id = $1 AND id = $2", merchant, batch, delta)).await
}

/// Voids those of the numbers that are blank cards of a batch; says how many. At least one number.
pub(super) async fn void(tx: &mut Tx, cx: &Cx, batch: CardBatchId, numbers: &[String]) -> Result<i64> {
    let text = format!(
        "UPDATE card_stock SET state = 'void', changed_at = $3 WHERE merchant_id = $1 AND batch_id = $2 AND state = 'blank' AND number IN ({})",
        placeholders(4, numbers.len())
    );
    let keys = [batch.to_value(), cx.now.to_value()].into_iter().chain(numbers.iter().map(|number| number.to_value()));
    let voided = i64::try_from(tx.exec(keyed(text, cx.merchant, keys)).await?).unwrap_or(i64::MAX);
    count(tx, cx.merchant, batch, -voided).await?;
    Ok(voided)
}

/// The first batch that doesn't count its blank cards: id, counted, there.
pub(crate) async fn first_difference(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(Uuid, i64, i64)>> {
    let stmt = sql!(
        "SELECT id, CAST(SUM(counted) AS BIGINT), CAST(SUM(there) AS BIGINT) FROM (
             SELECT id, left_over AS counted, 0 AS there FROM card_batch WHERE merchant_id = $1
             UNION ALL SELECT batch_id, 0, 1 FROM card_stock WHERE merchant_id = $1 AND state = 'blank') AS sides
         GROUP BY id HAVING SUM(counted) <> SUM(there) ORDER BY id LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

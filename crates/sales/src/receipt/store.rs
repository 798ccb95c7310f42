//! SQL of prints.

use shuke_db::{Tx, sql};
use shuke_kernel::{Cx, Error, Result, Uuid};

/// Counts a print of a document. Answers how many there were before.
pub(super) async fn count(tx: &mut Tx, cx: &Cx, document: Uuid) -> Result<i64> {
    let stmt = sql!(
        "INSERT INTO receipt_print (merchant_id, document_id, prints, first_at, last_at, last_by) VALUES ($1, $2, 1, $3, $3, $4)
         ON CONFLICT (merchant_id, document_id) DO UPDATE SET prints = receipt_print.prints + 1, last_at = excluded.last_at,
             last_by = excluded.last_by
         RETURNING prints",
        cx.merchant,
        document,
        cx.now,
        cx.actor.text()
    );
    Ok(tx.need(stmt, || Error::internal("a print was not counted")).await?.get::<i64>(0)? - 1)
}

/// How many prints of a document there were.
pub(super) async fn prints(tx: &mut Tx, cx: &Cx, document: Uuid) -> Result<i64> {
    let stmt = sql!("SELECT prints FROM receipt_print WHERE merchant_id = $1 AND document_id = $2", cx.merchant, document);
    tx.row(stmt).await?.map_or(Ok(0), |row| row.get(0))
}

//! SQL of threshold offers and their versions.

use super::{OfferId, OfferState, OfferView, ThresholdOffer};
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Result, Uuid};

/// The offers that run, in the order of their ids; pipelined with other reads of the book.
pub fn published_stmt(merchant: MerchantId) -> Stmt {
    sql!(
        "SELECT v.terms FROM offer o JOIN offer_version v ON v.merchant_id = o.merchant_id AND v.offer_id = o.id AND v.version = o.version
         WHERE o.merchant_id = $1 AND o.state = 'published' ORDER BY o.id",
        merchant
    )
}

/// Reads the answer of [`published_stmt`].
pub fn published_read(rows: &[Row]) -> Result<Vec<ThresholdOffer>> {
    rows.iter().map(|row| terms(&row.get::<String>(0)?)).collect()
}

/// The offers that run.
pub async fn published(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<ThresholdOffer>> {
    published_read(&tx.rows(published_stmt(merchant)).await?)
}

fn terms(text: &str) -> Result<ThresholdOffer> {
    serde_json::from_str(text).map_err(|error| Error::internal(format!("an offer can't be read: {error}")))
}

pub(super) fn insert_stmt(cx: &Cx, id: OfferId, state: OfferState) -> Stmt {
    sql!(
        "INSERT INTO offer (merchant_id, id, kind, state, version, created_at, changed_at) VALUES ($1, $2, 'threshold', $3, 1, $4, $4)",
        cx.merchant,
        id,
        state,
        cx.now
    )
}

/// Sets the state, and the version where it is a later one: who only stops an offer undoes no edit.
pub(super) fn change_stmt(cx: &Cx, id: OfferId, state: OfferState, version: i64) -> Stmt {
    sql!(
        "UPDATE offer SET state = $3, version = CASE WHEN version < $4 THEN $4 ELSE version END, changed_at = $5 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        id,
        state,
        version,
        cx.now
    )
}

pub(super) fn version_stmt(cx: &Cx, id: OfferId, version: i64, terms: &str) -> Stmt {
    sql!(
        "INSERT INTO offer_version (merchant_id, offer_id, version, terms, at, actor) VALUES ($1, $2, $3, $4, $5, $6)",
        cx.merchant,
        id,
        version,
        terms,
        cx.now,
        cx.actor.text()
    )
}

/// One offer as it is now.
pub(super) fn by_id_stmt(merchant: MerchantId, id: OfferId) -> Stmt {
    sql!(
        "SELECT v.terms, o.state, o.version, o.created_at, o.changed_at FROM offer o
         JOIN offer_version v ON v.merchant_id = o.merchant_id AND v.offer_id = o.id AND v.version = o.version
         WHERE o.merchant_id = $1 AND o.id = $2",
        merchant,
        id
    )
}

/// Offers, newest first, after one of them.
pub(super) fn list_stmt(merchant: MerchantId, state: Option<OfferState>, after: Option<OfferId>, limit: i64) -> Stmt {
    let after = after.unwrap_or(OfferId(Uuid::max()));
    match state {
        Some(state) => sql!(
            "SELECT v.terms, o.state, o.version, o.created_at, o.changed_at FROM offer o
             JOIN offer_version v ON v.merchant_id = o.merchant_id AND v.offer_id = o.id AND v.version = o.version
             WHERE o.merchant_id = $1 AND o.id < $2 AND o.state = $3 ORDER BY o.id DESC LIMIT $4",
            merchant,
            after,
            state,
            limit
        ),
        None => sql!(
            "SELECT v.terms, o.state, o.version, o.created_at, o.changed_at FROM offer o
             JOIN offer_version v ON v.merchant_id = o.merchant_id AND v.offer_id = o.id AND v.version = o.version
             WHERE o.merchant_id = $1 AND o.id < $2 ORDER BY o.id DESC LIMIT $3",
            merchant,
            after,
            limit
        ),
    }
}

pub(super) fn read(row: &Row) -> Result<OfferView> {
    Ok(OfferView {
        offer: terms(&row.get::<String>(0)?)?,
        state: row.get(1)?,
        version: row.get(2)?,
        created_at: row.get(3)?,
        changed_at: row.get(4)?,
    })
}

/// What an offer said: version, terms, since when, by whom.
pub(super) struct Version {
    pub(super) version: i64,
    pub(super) offer: ThresholdOffer,
    pub(super) at: Instant,
    pub(super) actor: String,
}

/// An offer's versions, the latest first, before one of them.
pub(super) async fn versions(tx: &mut Tx, merchant: MerchantId, id: OfferId, before: Option<i64>, limit: i64) -> Result<Vec<Version>> {
    let stmt = sql!(
        "SELECT version, terms, at, actor FROM offer_version WHERE merchant_id = $1 AND offer_id = $2 AND version < $3
         ORDER BY version DESC LIMIT $4",
        merchant,
        id,
        before.unwrap_or(i64::MAX),
        limit
    );
    let read = |row: &Row| Ok(Version { version: row.get(0)?, offer: terms(&row.get::<String>(1)?)?, at: row.get(2)?, actor: row.get(3)? });
    tx.rows(stmt).await?.iter().map(read).collect()
}

//! SQL of cards.

use super::{Card, CardId, CardState};
use crate::MemberId;
use crate::member::store::{placeholders, rows_by_keys};
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert, sql};
use shuke_kernel::{Cx, MerchantId, Result};

/// New cards, each with its member: one statement for all.
pub(crate) fn insert_stmt(merchant: MerchantId, cards: &[(MemberId, Card)]) -> Stmt {
    let columns = ["merchant_id", "id", "member_id", "kind", "number", "nfc_uid", "state", "bound_at"];
    let row = |(member, card): &(MemberId, Card)| {
        vec![
            merchant.to_value(),
            card.id.to_value(),
            member.to_value(),
            card.kind.to_value(),
            card.number.to_value(),
            card.nfc_uid.to_value(),
            card.state.to_value(),
            card.bound_at.to_value(),
        ]
    };
    insert("card", &columns, cards.iter().map(row).collect())
}

/// The card with this number or chip; read it with [`found`].
pub(crate) fn by_text_stmt(merchant: MerchantId, text: &str) -> Stmt {
    // Two keys, each with its index: OR would read the table.
    sql!(
        "SELECT member_id, state FROM card WHERE merchant_id = $1 AND number = $2
         UNION SELECT member_id, state FROM card WHERE merchant_id = $1 AND nfc_uid = $2",
        merchant,
        text
    )
}

/// The cards of a member, oldest first; read them with [`card`].
pub(crate) fn of_member_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!(
        "SELECT id, kind, number, nfc_uid, state, bound_at, ended_at, replaced_by FROM card
         WHERE merchant_id = $1 AND member_id = $2 ORDER BY bound_at, kind, id",
        merchant,
        member
    )
}

/// Reads a row of [`of_member_stmt`].
pub(crate) fn card(row: &Row) -> Result<Card> {
    Ok(Card {
        id: row.get(0)?,
        kind: row.get(1)?,
        number: row.get(2)?,
        nfc_uid: row.get(3)?,
        state: row.get(4)?,
        bound_at: row.get(5)?,
        ended_at: row.get(6)?,
        replaced_by: row.get(7)?,
    })
}

/// Those of the numbers that cards have, with their members.
pub(crate) async fn taken(tx: &mut Tx, merchant: MerchantId, numbers: &[&str]) -> Result<Vec<(String, MemberId)>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("SELECT number, member_id FROM card WHERE merchant_id = $1 AND number IN ({})", placeholders(2, numbers.len()));
    let rows = rows_by_keys(tx, text, merchant, numbers.iter().map(|number| number.to_value())).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(super) async fn lock(tx: &mut Tx, merchant: MerchantId, id: CardId) -> Result<Option<(MemberId, Card)>> {
    let stmt = sql!(
        "SELECT id, kind, number, nfc_uid, state, bound_at, ended_at, replaced_by, member_id FROM card
         WHERE merchant_id = $1 AND id = $2 FOR UPDATE",
        merchant,
        id
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(8)?, card(&row)?))).transpose()
}

pub(super) async fn set_state(tx: &mut Tx, cx: &Cx, id: CardId, state: CardState, replaced_by: Option<CardId>) -> Result<()> {
    let ended_at = (state != CardState::Active).then_some(cx.now);
    tx.queue(sql!(
        "UPDATE card SET state = $3, ended_at = $4, replaced_by = $5 WHERE merchant_id = $1 AND id = $2",
        cx.merchant,
        id,
        state,
        ended_at,
        replaced_by
    ))
    .await
}

pub(super) async fn delete_all(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    tx.queue(sql!("DELETE FROM card WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await
}

/// The printed cards of some members that are in use, oldest first: member and number.
pub(crate) async fn printed(tx: &mut Tx, merchant: MerchantId, members: &[MemberId]) -> Result<Vec<(MemberId, String)>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT member_id, number FROM card WHERE merchant_id = $1 AND kind = 'physical' AND state = 'active' AND member_id IN ({}) ORDER BY id",
        placeholders(2, members.len())
    );
    let rows = rows_by_keys(tx, text, merchant, members.iter().map(|id| id.to_value())).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

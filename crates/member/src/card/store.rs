//! SQL of cards.

use super::{Card, CardId, CardState};
use crate::MemberId;
use crate::member::store::{placeholders, rows_by_keys};
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert, sql};
use shuke_kernel::{Cx, MerchantId, Result};

/// New cards, each with its member: one statement for all.
pub(crate) fn insert_stmt(merchant: MerchantId, cards: &[(MemberId, Card)]) -> Stmt {
    let columns = ["merchant_id", "id", "member_id", "kind", "number", "nfc_uid", "state", "bound_at", "shared", "shared_max"];
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
            card.shared.to_value(),
            card.shared_max.to_value(),
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
        "SELECT id, kind, number, nfc_uid, state, bound_at, ended_at, replaced_by, shared, shared_max FROM card
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
        shared: row.get(8)?,
        shared_max: row.get(9)?,
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
        "SELECT id, kind, number, nfc_uid, state, bound_at, ended_at, replaced_by, shared, shared_max, member_id FROM card
         WHERE merchant_id = $1 AND id = $2 FOR UPDATE",
        merchant,
        id
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(10)?, card(&row)?))).transpose()
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
    tx.queue(sql!(
        "DELETE FROM card_share WHERE merchant_id = $1 AND card_id IN (SELECT id FROM card WHERE merchant_id = $1 AND member_id = $2)",
        merchant,
        member
    ))
    .await?;
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

/// Sets by how many a card may be shared; `card_shared_full` refuses fewer than share it.
pub(super) async fn set_sharing(tx: &mut Tx, merchant: MerchantId, id: CardId, shared_max: i64) -> Result<()> {
    tx.queue(sql!("UPDATE card SET shared_max = $3 WHERE merchant_id = $1 AND id = $2", merchant, id, shared_max)).await
}

/// Counts sharers; `card_shared_full` refuses one too many.
pub(super) async fn count_share(tx: &mut Tx, merchant: MerchantId, id: CardId, delta: i64) -> Result<()> {
    tx.queue(sql!("UPDATE card SET shared = shared + $3 WHERE merchant_id = $1 AND id = $2", merchant, id, delta)).await
}

/// Lets members use a card.
pub(super) async fn put_shares(tx: &mut Tx, cx: &Cx, card: CardId, members: &[MemberId]) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let actor = cx.actor.text();
    let row = |member: &MemberId| vec![cx.merchant.to_value(), card.to_value(), member.to_value(), cx.now.to_value(), actor.to_value()];
    let columns = ["merchant_id", "card_id", "member_id", "at", "actor"];
    tx.queue(insert("card_share", &columns, members.iter().map(row).collect())).await
}

/// No longer lets a member use a card. Says whether one did.
pub(super) async fn take_share(tx: &mut Tx, merchant: MerchantId, card: CardId, member: MemberId) -> Result<bool> {
    let stmt = sql!("DELETE FROM card_share WHERE merchant_id = $1 AND card_id = $2 AND member_id = $3", merchant, card, member);
    Ok(tx.exec(stmt).await? == 1)
}

/// Ends all sharing of a card.
pub(super) async fn unshare_all(tx: &mut Tx, merchant: MerchantId, card: CardId) -> Result<()> {
    tx.queue(sql!("DELETE FROM card_share WHERE merchant_id = $1 AND card_id = $2", merchant, card)).await?;
    tx.queue(sql!("UPDATE card SET shared = 0 WHERE merchant_id = $1 AND id = $2", merchant, card)).await
}

/// Who uses a card beside its owner.
pub(super) async fn shares_of(tx: &mut Tx, merchant: MerchantId, card: CardId) -> Result<Vec<MemberId>> {
    let stmt = sql!("SELECT member_id FROM card_share WHERE merchant_id = $1 AND card_id = $2 ORDER BY member_id", merchant, card);
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

/// The cards of others that a member uses.
pub(super) async fn shared_with(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<Vec<CardId>> {
    let stmt = sql!("SELECT card_id FROM card_share WHERE merchant_id = $1 AND member_id = $2 ORDER BY card_id", merchant, member);
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

/// Who uses the active cards of a member beside the member.
pub(crate) fn sharers_stmt(merchant: MerchantId, member: MemberId) -> Stmt {
    sql!(
        "SELECT s.member_id FROM card c JOIN card_share s ON s.merchant_id = c.merchant_id AND s.card_id = c.id
         WHERE c.merchant_id = $1 AND c.member_id = $2 AND c.state = 'active'",
        merchant,
        member
    )
}

/// Those of some members whose active cards somebody else uses.
pub(crate) async fn sharing(tx: &mut Tx, merchant: MerchantId, members: &[MemberId]) -> Result<Vec<MemberId>> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT DISTINCT c.member_id FROM card c JOIN card_share s ON s.merchant_id = c.merchant_id AND s.card_id = c.id
         WHERE c.merchant_id = $1 AND c.state = 'active' AND c.member_id IN ({})",
        placeholders(2, members.len())
    );
    rows_by_keys(tx, text, merchant, members.iter().map(|id| id.to_value())).await?.iter().map(|row| row.get(0)).collect()
}

/// Whether somebody uses an active card of a member.
pub(crate) fn shares_stmt(merchant: MerchantId, member: MemberId, person: MemberId) -> Stmt {
    sql!(
        "SELECT s.member_id FROM card c JOIN card_share s ON s.merchant_id = c.merchant_id AND s.card_id = c.id
         WHERE c.merchant_id = $1 AND c.member_id = $2 AND c.state = 'active' AND s.member_id = $3 LIMIT 1",
        merchant,
        member,
        person
    )
}

/// Gives cards to another member: all of one member's, or these. Answers which.
pub(crate) async fn move_all(
    tx: &mut Tx,
    merchant: MerchantId,
    from: MemberId,
    to: MemberId,
    only: Option<&[CardId]>,
) -> Result<Vec<CardId>> {
    let stmt = sql!("SELECT id FROM card WHERE merchant_id = $1 AND member_id = $2 ORDER BY id", merchant, from);
    let mut ids: Vec<CardId> = tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    ids.retain(|id| only.is_none_or(|only| only.contains(id)));
    for id in &ids {
        tx.queue(sql!("UPDATE card SET member_id = $3 WHERE merchant_id = $1 AND id = $2", merchant, id, to)).await?;
    }
    Ok(ids)
}

/// The first card that doesn't count its sharers: id, counted, there.
pub(crate) async fn first_difference(tx: &mut Tx, merchant: MerchantId) -> Result<Option<(CardId, i64, i64)>> {
    let stmt = sql!(
        "SELECT id, CAST(SUM(counted) AS BIGINT), CAST(SUM(there) AS BIGINT) FROM (
             SELECT id, shared AS counted, 0 AS there FROM card WHERE merchant_id = $1 AND shared <> 0
             UNION ALL SELECT card_id, 0, 1 FROM card_share WHERE merchant_id = $1) AS sides
         GROUP BY id HAVING SUM(counted) <> SUM(there) ORDER BY id LIMIT 1",
        merchant
    );
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

//! SQL of gifts.

use super::Given;
use super::model::Cause;
use shuke_db::{Row, Stmt, Tx, sql};
use shuke_kernel::{MerchantId, Result, Uuid};

/// What a gift is for: the cause, its rule, and which time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) cause: Cause,
    pub(crate) rule: Uuid,
    pub(crate) place: &'a str,
}

/// Writes a gift; one that was taken back is given again.
pub(super) fn put_stmt(merchant: MerchantId, member: Uuid, given: &Given) -> Stmt {
    sql!(
        "INSERT INTO gift (merchant_id, member_id, cause, cause_id, place, source_id, points, coupons, skipped, taken_back, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, FALSE, $10)
         ON CONFLICT (merchant_id, member_id, cause, cause_id, place) DO UPDATE SET source_id = excluded.source_id,
             points = excluded.points, coupons = excluded.coupons, skipped = excluded.skipped, taken_back = FALSE, at = excluded.at",
        merchant,
        member,
        given.cause,
        given.rule,
        given.place,
        given.source,
        given.points,
        given.coupons,
        given.skipped,
        given.at
    )
}

pub(super) fn taken_back_stmt(merchant: MerchantId, member: Uuid, of: Place<'_>) -> Stmt {
    sql!(
        "UPDATE gift SET taken_back = TRUE WHERE merchant_id = $1 AND member_id = $2 AND cause = $3 AND cause_id = $4 AND place = $5",
        merchant,
        member,
        of.cause,
        of.rule,
        of.place
    )
}

/// A member's gifts for a rule, locked, by place; those that were taken back too.
pub(crate) fn of_rule_stmt(merchant: MerchantId, member: Uuid, cause: Cause, rule: Uuid) -> Stmt {
    sql!(
        "SELECT cause, cause_id, place, source_id, points, coupons, skipped, taken_back, at FROM gift
         WHERE merchant_id = $1 AND member_id = $2 AND cause = $3 AND cause_id = $4 ORDER BY place FOR UPDATE",
        merchant,
        member,
        cause,
        rule
    )
}

/// All of a member's gifts, by cause and place; at most 500.
pub(super) fn of_member_stmt(merchant: MerchantId, member: Uuid) -> Stmt {
    sql!(
        "SELECT cause, cause_id, place, source_id, points, coupons, skipped, taken_back, at FROM gift
         WHERE merchant_id = $1 AND member_id = $2 ORDER BY at DESC, cause, cause_id, place LIMIT 500",
        merchant,
        member
    )
}

pub(crate) fn read(row: &Row) -> Result<Given> {
    Ok(Given {
        cause: row.get(0)?,
        rule: row.get(1)?,
        place: row.get(2)?,
        source: row.get(3)?,
        points: row.get(4)?,
        coupons: row.get(5)?,
        skipped: row.get(6)?,
        taken_back: row.get(7)?,
        at: row.get(8)?,
    })
}

/// Every gift that holds, for checks: a select whose `$1` is the merchant.
pub(super) const HELD: &str = "SELECT source_id, points FROM gift WHERE merchant_id = $1 AND NOT taken_back";

/// How often each rule gave and did not take back, by member: what other checks hold against.
pub(crate) async fn held(tx: &mut Tx, merchant: MerchantId, cause: Cause) -> Result<Vec<(Uuid, Uuid, i64)>> {
    let stmt = sql!(
        "SELECT member_id, cause_id, CAST(COUNT(*) AS BIGINT) FROM gift WHERE merchant_id = $1 AND cause = $2 AND NOT taken_back
         GROUP BY member_id, cause_id ORDER BY member_id, cause_id",
        merchant,
        cause
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// A gift, by its key.
pub(crate) type GiftKey = (String, Uuid, String);

/// Gives gifts to another member: all of one member's that the other one did not get as well, or these.
/// Answers which. Those of stamp cards are numbered, and go with their cards ([`give_full_cards`]).
pub(crate) async fn move_all(
    tx: &mut shuke_db::Tx,
    merchant: MerchantId,
    from: Uuid,
    to: Uuid,
    only: Option<&[GiftKey]>,
) -> Result<Vec<GiftKey>> {
    let stmt = shuke_db::sql!(
        "SELECT cause, cause_id, place FROM gift g WHERE merchant_id = $1 AND member_id = $2 AND cause <> 'stamp_card' AND NOT EXISTS (
             SELECT place FROM gift o WHERE o.merchant_id = g.merchant_id AND o.member_id = $3 AND o.cause = g.cause
                 AND o.cause_id = g.cause_id AND o.place = g.place) ORDER BY cause, cause_id, place",
        merchant,
        from,
        to
    );
    let mut keys: Vec<GiftKey> =
        tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect::<Result<_>>()?;
    keys.retain(|key| only.is_none_or(|only| only.contains(key)));
    for (cause, id, place) in &keys {
        tx.queue(shuke_db::sql!(
            "UPDATE gift SET member_id = $6 WHERE merchant_id = $1 AND member_id = $2 AND cause = $3 AND cause_id = $4 AND place = $5",
            merchant,
            from,
            cause,
            id,
            place,
            to
        ))
        .await?;
    }
    Ok(keys)
}

/// What a full stamp card gave, and which of its member's full cards it was.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct FullCard {
    source: Uuid,
    pub(crate) card: Uuid,
    place: String,
}

/// Gives what full cards gave to another member, behind that one's own: all that holds of one member's, or
/// these, each at its own place again. Answers which. The numbers are to be closed up afterwards ([`close_up`]).
pub(crate) async fn give_full_cards(
    tx: &mut Tx,
    merchant: MerchantId,
    (from, to): (Uuid, Uuid),
    only: Option<&[FullCard]>,
) -> Result<Vec<FullCard>> {
    let stmt = sql!(
        "SELECT source_id, cause_id, place, taken_back FROM gift
         WHERE merchant_id = $1 AND member_id = $2 AND cause = 'stamp_card' ORDER BY cause_id, place FOR UPDATE",
        merchant,
        from
    );
    let mut found = Vec::new();
    for row in tx.rows(stmt).await? {
        let here = FullCard { source: row.get(0)?, card: row.get(1)?, place: row.get(2)? };
        let kept = only.map(|only| only.iter().find(|kept| kept.source == here.source));
        let place = match kept {
            None if row.get::<bool>(3)? => continue,
            // Letters come after digits: behind those that the other member has.
            None => format!("m{}", here.place),
            Some(None) => continue,
            Some(Some(kept)) => kept.place.clone(),
        };
        tx.queue(sql!(
            "UPDATE gift SET member_id = $6, place = $7
             WHERE merchant_id = $1 AND member_id = $2 AND cause = 'stamp_card' AND cause_id = $3 AND place = $4 AND source_id = $5",
            merchant,
            from,
            here.card,
            here.place,
            here.source,
            to,
            place
        ))
        .await?;
        found.push(here);
    }
    Ok(found)
}

/// How many full cards of a kind gave a member something that holds.
pub(crate) async fn full_cards(tx: &mut Tx, merchant: MerchantId, member: Uuid, card: Uuid) -> Result<i64> {
    let gifts = tx.rows(of_rule_stmt(merchant, member, Cause::StampCard, card)).await?.iter().map(read).collect::<Result<Vec<_>>>()?;
    let held = gifts.iter().filter(|given| !given.taken_back).count();
    i64::try_from(held).map_err(|error| shuke_kernel::Error::internal(error.to_string()))
}

/// Numbers what a member's full cards of a kind gave from 1 on, what was taken back last. Answers how many hold.
pub(crate) async fn close_up(tx: &mut Tx, merchant: MerchantId, member: Uuid, card: Uuid, name: impl Fn(i64) -> String) -> Result<i64> {
    let mut gifts = tx.rows(of_rule_stmt(merchant, member, Cause::StampCard, card)).await?.iter().map(read).collect::<Result<Vec<_>>>()?;
    gifts.sort_by_key(|given| given.taken_back);
    let held = gifts.iter().filter(|given| !given.taken_back).count();
    let moved: Vec<(String, String)> = (1..).zip(&gifts).map(|(number, given)| (given.place.clone(), name(number))).collect();
    let moved: Vec<_> = moved.into_iter().filter(|(old, new)| old != new).collect();
    // In two steps, or a number could meet the one whose turn it is only next.
    let steps = moved.iter().map(|(old, new)| (old.clone(), format!("~{new}")));
    for (old, new) in steps.chain(moved.iter().map(|(_, new)| (format!("~{new}"), new.clone()))).collect::<Vec<_>>() {
        tx.queue(sql!(
            "UPDATE gift SET place = $5 WHERE merchant_id = $1 AND member_id = $2 AND cause = 'stamp_card' AND cause_id = $3 AND place = $4",
            merchant,
            member,
            card,
            old,
            new
        ))
        .await?;
    }
    i64::try_from(held).map_err(|error| shuke_kernel::Error::internal(error.to_string()))
}

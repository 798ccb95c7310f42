//! SQL of coupons.

use super::{Coupon, CouponId, CouponState, CouponTemplateId, CouponTerms};
use shuke_db::{Row, Stmt, ToValue as _, Tx, Value, insert, sql};
use shuke_kernel::{Date, Error, Instant, MerchantId, Result, Uuid};
use std::fmt::Write as _;

/// A member's coupons that one sale looks at.
const CANDIDATES_MAX: i64 = 200;
const COLUMNS: &str = "id, template_id, code, name, terms, valid_from, expires_on, uses_left, revoked_at, held_order, held_until, \
                       member_id, source_kind, source_id, issued_at";

/// Writes `$from, $from+1, …` for an IN list.
fn placeholders(from: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 4);
    for number in from..from + count {
        let _ = write!(text, "{}${number}", if number == from { "" } else { ", " });
    }
    text
}

fn with_ids(head: &[Value], ids: &[CouponId]) -> Vec<Value> {
    let mut ids: Vec<CouponId> = ids.to_vec();
    ids.sort_unstable();
    head.iter().cloned().chain(ids.iter().map(|id| id.to_value())).collect()
}

/// The coupons that a member could use on a local day or later, soonest expiry first, the held ones
/// among them: at most 200.
pub fn of_member_stmt(merchant: MerchantId, member: Uuid, today: Date) -> Stmt {
    sql!(
        "SELECT id, template_id, code, name, terms, valid_from, expires_on, uses_left, revoked_at, held_order, held_until,
                member_id, source_kind, source_id, issued_at
         FROM coupon WHERE merchant_id = $1 AND member_id = $2 AND expires_on >= $3 AND uses_left > 0 ORDER BY expires_on, id LIMIT $4",
        merchant,
        member,
        today,
        CANDIDATES_MAX
    )
}

/// These coupons of a member, whatever their state. At least one id.
pub fn by_ids_stmt(merchant: MerchantId, member: Uuid, ids: &[CouponId]) -> Stmt {
    let list = placeholders(3, ids.len());
    let text = format!("SELECT {COLUMNS} FROM coupon WHERE merchant_id = $1 AND member_id = $2 AND id IN ({list}) ORDER BY id");
    Stmt::built(text, with_ids(&[merchant.to_value(), member.to_value()], ids))
}

pub(super) fn by_code_stmt(merchant: MerchantId, code: &str) -> Stmt {
    sql!(
        "SELECT id, template_id, code, name, terms, valid_from, expires_on, uses_left, revoked_at, held_order, held_until,
                member_id, source_kind, source_id, issued_at
         FROM coupon WHERE merchant_id = $1 AND code = $2",
        merchant,
        code
    )
}

/// A coupon, locked: whoever uses or gives it waits.
pub(super) fn locked_stmt(merchant: MerchantId, id: CouponId) -> Stmt {
    sql!(
        "SELECT id, template_id, code, name, terms, valid_from, expires_on, uses_left, revoked_at, held_order, held_until,
                member_id, source_kind, source_id, issued_at
         FROM coupon WHERE merchant_id = $1 AND id = $2 FOR UPDATE",
        merchant,
        id
    )
}

pub(super) fn by_id_stmt(merchant: MerchantId, id: CouponId) -> Stmt {
    sql!(
        "SELECT id, template_id, code, name, terms, valid_from, expires_on, uses_left, revoked_at, held_order, held_until,
                member_id, source_kind, source_id, issued_at
         FROM coupon WHERE merchant_id = $1 AND id = $2",
        merchant,
        id
    )
}

/// All of a member's coupons, the latest expiry first, before a place in the list.
pub(super) fn list_stmt(merchant: MerchantId, member: Uuid, before: Option<(Date, CouponId)>, limit: i64) -> Stmt {
    let (day, id) = before.unwrap_or((Date::MAX, CouponId(Uuid::max())));
    sql!(
        "SELECT id, template_id, code, name, terms, valid_from, expires_on, uses_left, revoked_at, held_order, held_until,
                member_id, source_kind, source_id, issued_at
         FROM coupon WHERE merchant_id = $1 AND member_id = $2 AND (expires_on, id) < ($3, $4)
         ORDER BY expires_on DESC, id DESC LIMIT $5",
        merchant,
        member,
        day,
        id,
        limit
    )
}

/// The coupons of a template, newest first, of every state or of one, as it is on a local day, at a moment.
pub(super) fn of_template_stmt(
    merchant: MerchantId,
    template: CouponTemplateId,
    state: Option<CouponState>,
    (today, now): (Date, Instant),
    before: Option<CouponId>,
    limit: i64,
) -> Stmt {
    let before = before.unwrap_or(CouponId(Uuid::max()));
    let mut params = vec![merchant.to_value(), template.to_value(), before.to_value(), Value::Int(limit)];
    let open = "revoked_at IS NULL AND uses_left > 0";
    let of_state = match state {
        None => String::new(),
        Some(CouponState::Revoked) => " AND revoked_at IS NOT NULL".to_owned(),
        Some(CouponState::Used) => " AND revoked_at IS NULL AND uses_left < 1".to_owned(),
        Some(CouponState::Expired) => format!(" AND {open} AND expires_on < $5"),
        Some(CouponState::Held) => format!(" AND {open} AND expires_on >= $5 AND held_order IS NOT NULL AND held_until > $6"),
        Some(CouponState::Active) => {
            format!(" AND {open} AND expires_on >= $5 AND (held_order IS NULL OR held_until IS NULL OR held_until <= $6)")
        }
    };
    for (number, value) in [("$5", today.to_value()), ("$6", now.to_value())] {
        if of_state.contains(number) {
            params.push(value);
        }
    }
    let text =
        format!("SELECT {COLUMNS} FROM coupon WHERE merchant_id = $1 AND template_id = $2 AND id < $3{of_state} ORDER BY id DESC LIMIT $4");
    Stmt::built(text, params)
}

/// The coupons that a member held at a moment, as they were but for their uses: what was revoked later
/// stands as it stood. Soonest expiry first, at most 200.
pub fn held_at_stmt(merchant: MerchantId, member: Uuid, at: Instant, day: Date) -> Stmt {
    sql!(
        "SELECT id, template_id, code, name, terms, valid_from, expires_on,
                uses_left + CASE WHEN revoked_at > $3 THEN uses_revoked ELSE CAST(0 AS BIGINT) END,
                CASE WHEN revoked_at > $3 THEN NULL ELSE revoked_at END, NULL, NULL, member_id, source_kind, source_id, issued_at
         FROM coupon WHERE merchant_id = $1 AND member_id = $2 AND issued_at <= $3 AND expires_on >= $4
         ORDER BY expires_on, id LIMIT $5",
        merchant,
        member,
        at,
        day,
        CANDIDATES_MAX
    )
}

/// Reads a row as the price engine sees it, on a local day, at a moment.
pub fn read(row: &Row, today: Date, now: Instant) -> Result<Coupon> {
    let terms: CouponTerms = serde_json::from_str(&row.get::<String>(4)?)
        .map_err(|error| Error::internal(format!("a coupon's terms can't be read: {error}")))?;
    let expires_on: Date = row.get(6)?;
    let uses_left: i64 = row.get(7)?;
    let held_for = row.get::<Option<Uuid>>(9)?.filter(|_| row.get::<Option<Instant>>(10).is_ok_and(|until| until > Some(now)));
    let state = if row.get::<Option<Instant>>(8)?.is_some() {
        CouponState::Revoked
    } else if uses_left < 1 {
        CouponState::Used
    } else if expires_on < today {
        CouponState::Expired
    } else if held_for.is_some() {
        CouponState::Held
    } else {
        CouponState::Active
    };
    Ok(Coupon {
        id: row.get(0)?,
        template: row.get(1)?,
        code: row.get(2)?,
        name: row.get(3)?,
        terms,
        valid_from: row.get(5)?,
        expires_on,
        state,
        held_for,
        uses_left,
        period_used: 0,
    })
}

/// What a coupon came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Provenance {
    pub(super) member: Uuid,
    pub(super) source_kind: String,
    pub(super) source: Uuid,
    pub(super) issued_at: Instant,
}

pub(super) fn provenance(row: &Row) -> Result<Provenance> {
    Ok(Provenance { member: row.get(11)?, source_kind: row.get(12)?, source: row.get(13)?, issued_at: row.get(14)? })
}

/// Uses each of these coupons of a member once for an order; to be queued. A coupon that is used up,
/// taken back or another member's by now refuses with `coupon_used`, one that another order holds with
/// `coupon_held`. At least one id.
pub fn use_stmt(merchant: MerchantId, order: Uuid, member: Uuid, now: Instant, ids: &[CouponId]) -> Stmt {
    let list = placeholders(5, ids.len());
    let text = format!(
        "UPDATE coupon SET uses_left = CASE WHEN member_id = $4 THEN uses_left - 1 ELSE CAST(-1 AS BIGINT) END, \
         held_until = CASE WHEN held_order <> $2 AND held_until > $3 THEN CAST(-1 AS BIGINT) ELSE NULL END, held_order = NULL \
         WHERE merchant_id = $1 AND id IN ({list})"
    );
    Stmt::built(text, with_ids(&[merchant.to_value(), order.to_value(), now.to_value(), member.to_value()], ids))
}

/// Gives so many uses of each of these coupons back, when they are undone; to be queued. A coupon that
/// was taken back meanwhile stays so, and keeps in mind that it was not used. At least one id.
pub fn give_back_stmt(merchant: MerchantId, uses: i64, ids: &[CouponId]) -> Stmt {
    let list = placeholders(3, ids.len());
    let text = format!("UPDATE coupon SET uses_left = uses_left + $2 WHERE merchant_id = $1 AND revoked_at IS NULL AND id IN ({list})");
    Stmt::built(text, with_ids(&[merchant.to_value(), Value::Int(uses)], ids))
}

/// Uses a coupon so often without an order; to be queued. `coupon_used` refuses.
pub(crate) fn redeem_stmt(merchant: MerchantId, id: CouponId, uses: i64) -> Stmt {
    sql!("UPDATE coupon SET uses_left = uses_left - $3 WHERE merchant_id = $1 AND id = $2", merchant, id, uses)
}

/// Gives an unused coupon to another member. No row where it isn't the giver's, unused and free. `place`
/// tells it apart from what its cause issued to the new member.
pub(super) fn transfer_stmt(merchant: MerchantId, id: CouponId, from: Uuid, to: Uuid, now: Instant, place: i64) -> Stmt {
    sql!(
        "UPDATE coupon SET member_id = $4, issued_to = COALESCE(issued_to, member_id), place = $6
         WHERE merchant_id = $1 AND id = $2 AND member_id = $3 AND uses_left = uses AND revoked_at IS NULL
             AND (held_until IS NULL OR held_until <= $5)",
        merchant,
        id,
        from,
        to,
        now,
        place
    )
}

/// How many uses each coupon has lost, other than by being taken back. For `verify`.
pub(crate) async fn lost(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(CouponId, i64)>> {
    let stmt = sql!(
        "SELECT id, uses - uses_left - COALESCE(uses_revoked, 0) FROM coupon
         WHERE merchant_id = $1 AND uses_left + COALESCE(uses_revoked, 0) < uses ORDER BY id",
        merchant
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Holds these coupons for an order that is being paid, until a moment; to be queued. What another
/// order holds refuses with `coupon_held`, what is used up with `coupon_used`. At least one id.
pub fn hold_stmt(merchant: MerchantId, order: Uuid, now: Instant, until: Instant, ids: &[CouponId]) -> Stmt {
    let list = placeholders(5, ids.len());
    let text = format!(
        "UPDATE coupon SET held_until = CASE WHEN held_order <> $2 AND held_until > $3 THEN CAST(-1 AS BIGINT) ELSE $4 END, held_order = $2, \
         uses_left = CASE WHEN uses_left > 0 THEN uses_left ELSE CAST(-1 AS BIGINT) END \
         WHERE merchant_id = $1 AND id IN ({list})"
    );
    Stmt::built(text, with_ids(&[merchant.to_value(), order.to_value(), now.to_value(), until.to_value()], ids))
}

/// Ends the holds of an order on these coupons; to be queued. At least one id.
pub fn release_stmt(merchant: MerchantId, order: Uuid, ids: &[CouponId]) -> Stmt {
    let list = placeholders(3, ids.len());
    let text =
        format!("UPDATE coupon SET held_until = NULL, held_order = NULL WHERE merchant_id = $1 AND held_order = $2 AND id IN ({list})");
    Stmt::built(text, with_ids(&[merchant.to_value(), order.to_value()], ids))
}

/// A coupon that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revocable {
    /// The coupon.
    pub id: CouponId,
    /// Its template.
    pub template: CouponTemplateId,
    /// Its member.
    pub member: Uuid,
    /// Whether it was never used: its place in budget and quota is free again.
    pub unused: bool,
}

/// The coupons that a cause issued and that were never used, locked: what a refund takes back. For
/// [`super::revoke`]; pipelined with other reads.
pub fn unused_of_source_stmt(merchant: MerchantId, source: Uuid) -> Stmt {
    sql!(
        "SELECT id, template_id, member_id, uses, uses_left FROM coupon
         WHERE merchant_id = $1 AND source_id = $2 AND uses_left = uses AND revoked_at IS NULL ORDER BY id FOR UPDATE",
        merchant,
        source
    )
}

/// The coupons that a cause issued and that were not taken back, used or not, locked.
pub fn kept_of_source_stmt(merchant: MerchantId, source: Uuid) -> Stmt {
    sql!(
        "SELECT id, template_id, member_id, uses, uses_left FROM coupon
         WHERE merchant_id = $1 AND source_id = $2 AND revoked_at IS NULL ORDER BY id FOR UPDATE",
        merchant,
        source
    )
}

/// The coupons of a template that can still be used, locked, at most `limit`.
pub(super) fn open_of_template_stmt(merchant: MerchantId, template: CouponTemplateId, limit: i64) -> Stmt {
    sql!(
        "SELECT id, template_id, member_id, uses, uses_left FROM coupon
         WHERE merchant_id = $1 AND template_id = $2 AND uses_left > 0 ORDER BY id LIMIT $3 FOR UPDATE",
        merchant,
        template,
        limit
    )
}

/// The coupons of a cause that can still be used, locked, at most `limit`.
pub(super) fn open_of_source_stmt(merchant: MerchantId, source: Uuid, limit: i64) -> Stmt {
    sql!(
        "SELECT id, template_id, member_id, uses, uses_left FROM coupon
         WHERE merchant_id = $1 AND source_id = $2 AND uses_left > 0 ORDER BY id LIMIT $3 FOR UPDATE",
        merchant,
        source,
        limit
    )
}

/// Whether a cause has issued anything.
pub(super) fn of_source_stmt(merchant: MerchantId, source: Uuid) -> Stmt {
    sql!("SELECT id FROM coupon WHERE merchant_id = $1 AND source_id = $2 LIMIT 1", merchant, source)
}

pub(super) fn open_by_id_stmt(merchant: MerchantId, id: CouponId) -> Stmt {
    sql!(
        "SELECT id, template_id, member_id, uses, uses_left FROM coupon WHERE merchant_id = $1 AND id = $2 AND uses_left > 0 FOR UPDATE",
        merchant,
        id
    )
}

/// Reads a row of [`unused_of_source_stmt`].
pub fn revocable_read(row: &Row) -> Result<Revocable> {
    let (uses, left): (i64, i64) = (row.get(3)?, row.get(4)?);
    Ok(Revocable { id: row.get(0)?, template: row.get(1)?, member: row.get(2)?, unused: uses == left })
}

pub(super) fn revoke_stmt(merchant: MerchantId, now: Instant, ids: &[CouponId]) -> Stmt {
    let list = placeholders(3, ids.len());
    let text = format!(
        "UPDATE coupon SET uses_revoked = uses_left, uses_left = 0, revoked_at = $2, held_order = NULL, held_until = NULL \
         WHERE merchant_id = $1 AND revoked_at IS NULL AND id IN ({list})"
    );
    Stmt::built(text, with_ids(&[merchant.to_value(), now.to_value()], ids))
}

/// A coupon about to be issued.
#[derive(Clone, Debug)]
pub(super) struct NewCoupon {
    pub(super) id: CouponId,
    pub(super) code: String,
    pub(super) template: CouponTemplateId,
    pub(super) member: Uuid,
    pub(super) place: i64,
}

/// What all coupons of one issue share.
pub(super) struct Issue<'a> {
    pub(super) name: &'a str,
    pub(super) terms: &'a str,
    pub(super) valid_from: Date,
    pub(super) expires_on: Date,
    pub(super) uses: i64,
    pub(super) source_kind: &'a str,
    pub(super) source: Uuid,
}

pub(super) fn insert_stmt(merchant: MerchantId, now: Instant, issue: &Issue<'_>, coupons: &[NewCoupon]) -> Stmt {
    let rows = coupons
        .iter()
        .map(|coupon| {
            vec![
                merchant.to_value(),
                coupon.id.to_value(),
                coupon.code.to_value(),
                coupon.template.to_value(),
                coupon.member.to_value(),
                issue.name.to_value(),
                issue.terms.to_value(),
                issue.valid_from.to_value(),
                issue.expires_on.to_value(),
                Value::Int(issue.uses),
                Value::Int(issue.uses),
                now.to_value(),
                issue.source_kind.to_value(),
                issue.source.to_value(),
                Value::Int(coupon.place),
            ]
        })
        .collect();
    let columns = [
        "merchant_id",
        "id",
        "code",
        "template_id",
        "member_id",
        "name",
        "terms",
        "valid_from",
        "expires_on",
        "uses",
        "uses_left",
        "issued_at",
        "source_kind",
        "source_id",
        "place",
    ];
    insert("coupon", &columns, rows)
}

/// The members to whom a cause has issued a coupon of a template already.
pub(super) async fn served(tx: &mut Tx, merchant: MerchantId, source: Uuid, template: CouponTemplateId) -> Result<Vec<Uuid>> {
    let stmt = sql!(
        "SELECT DISTINCT COALESCE(issued_to, member_id) FROM coupon WHERE merchant_id = $1 AND source_id = $2 AND template_id = $3",
        merchant,
        source,
        template
    );
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

/// How many coupons of each template hold a place in budget and quota: all but those that were taken
/// back unused. For `verify`.
pub(super) async fn places(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<(CouponTemplateId, i64)>> {
    let stmt = sql!(
        "SELECT template_id, CAST(SUM(CASE WHEN revoked_at IS NULL OR uses_revoked < uses THEN 1 ELSE 0 END) AS BIGINT) FROM coupon
         WHERE merchant_id = $1 GROUP BY template_id ORDER BY template_id",
        merchant
    );
    tx.rows(stmt).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Gives coupons to another member: all of one member's, or these. `apart` is added to their places, so that two
/// coupons of one cause, one for each of two members who become one, stay two. Answers which.
pub(crate) async fn move_all(
    tx: &mut Tx,
    merchant: MerchantId,
    (from, to): (Uuid, Uuid),
    apart: i64,
    only: Option<&[CouponId]>,
) -> Result<Vec<CouponId>> {
    let ids = match only {
        Some(only) => only.to_vec(),
        None => {
            let stmt = sql!("SELECT id FROM coupon WHERE merchant_id = $1 AND member_id = $2 ORDER BY id", merchant, from);
            tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<Vec<CouponId>>>()?
        }
    };
    for batch in ids.chunks(500) {
        let list = placeholders(5, batch.len());
        let text =
            format!("UPDATE coupon SET member_id = $3, place = place + $4 WHERE merchant_id = $1 AND member_id = $2 AND id IN ({list})");
        let head = [merchant.to_value(), from.to_value(), to.to_value(), Value::Int(apart)];
        tx.queue(Stmt::built(text, with_ids(&head, batch))).await?;
    }
    Ok(ids)
}

/// The coupons that these causes have brought a member.
pub(crate) async fn of_sources(tx: &mut Tx, merchant: MerchantId, member: Uuid, sources: &[Uuid]) -> Result<Vec<CouponId>> {
    let mut found = Vec::new();
    for batch in sources.chunks(500) {
        let list = placeholders(3, batch.len());
        let text = format!("SELECT id FROM coupon WHERE merchant_id = $1 AND member_id = $2 AND source_id IN ({list}) ORDER BY id");
        let params = [merchant.to_value(), member.to_value()].into_iter().chain(batch.iter().map(|id| id.to_value())).collect();
        for row in tx.rows(Stmt::built(text, params)).await? {
            found.push(row.get(0)?);
        }
    }
    Ok(found)
}

/// How many of these coupons hold a place in budget and quota, by template.
pub(crate) async fn places_of(tx: &mut Tx, merchant: MerchantId, ids: &[CouponId]) -> Result<Vec<(CouponTemplateId, i64)>> {
    let mut found: std::collections::BTreeMap<CouponTemplateId, i64> = std::collections::BTreeMap::new();
    for batch in ids.chunks(500) {
        let list = placeholders(2, batch.len());
        let text = format!(
            "SELECT template_id, CAST(SUM(CASE WHEN revoked_at IS NULL OR uses_revoked < uses THEN 1 ELSE 0 END) AS BIGINT) FROM coupon
             WHERE merchant_id = $1 AND id IN ({list}) GROUP BY template_id"
        );
        for row in tx.rows(Stmt::built(text, with_ids(&[merchant.to_value()], batch))).await? {
            *found.entry(row.get(0)?).or_default() += row.get::<i64>(1)?;
        }
    }
    Ok(found.into_iter().filter(|(_, places)| *places > 0).collect())
}

/// The coupons that count against the limits of a member: the member's own, less those that were given
/// to the member, and those that the member gave away.
pub(crate) async fn counted_for(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<Vec<CouponId>> {
    let stmt = sql!(
        "SELECT id FROM coupon WHERE merchant_id = $1 AND member_id = $2 AND issued_to IS NULL
         UNION ALL SELECT id FROM coupon WHERE merchant_id = $1 AND issued_to = $2",
        merchant,
        member
    );
    let mut ids: Vec<CouponId> = tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    ids.sort_unstable();
    Ok(ids)
}

/// Counts coupons that were given away against the limits of another member. At least one.
pub(crate) async fn issued_to(tx: &mut Tx, merchant: MerchantId, (from, to): (Uuid, Uuid), ids: &[CouponId]) -> Result<()> {
    for batch in ids.chunks(500) {
        let list = placeholders(4, batch.len());
        let text = format!("UPDATE coupon SET issued_to = $3 WHERE merchant_id = $1 AND issued_to = $2 AND id IN ({list})");
        tx.queue(Stmt::built(text, with_ids(&[merchant.to_value(), from.to_value(), to.to_value()], batch))).await?;
    }
    Ok(())
}

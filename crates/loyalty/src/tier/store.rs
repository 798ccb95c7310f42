//! SQL of members' tiers and their changes.

use super::{CurrentTier, Overlay, TierDecision, TierId, TierScheme};
use serde::{Deserialize, Serialize};
use shuke_db::{Row, Stmt, ToValue as _, Tx, insert, sql};
use shuke_kernel::{Cx, Date, Error, Instant, MerchantId, Result, Uuid};
use std::collections::HashMap;

/// The tier of a member, for a sale; pipelined with other reads.
pub fn current_stmt(merchant: MerchantId, member: Uuid) -> Stmt {
    sql!(
        "SELECT tier_id, valid_until, locked_until, overlay_tier, overlay_until FROM member_tier WHERE merchant_id = $1 AND member_id = $2",
        merchant,
        member
    )
}

/// Reads the answer of [`current_stmt`]: the tier that holds on a local day, the earned one or a paid
/// membership's.
pub fn effective_read(rows: &[Row], scheme: &TierScheme, today: Date) -> Result<Option<TierId>> {
    let overlay = rows.first().map(|row| overlay(row, 3)).transpose()?.flatten();
    Ok(scheme.effective_with(&current_read(rows)?, overlay, today))
}

fn overlay(row: &Row, at: usize) -> Result<Option<Overlay>> {
    let (tier, until): (Option<TierId>, Option<Date>) = (row.get(at)?, row.get(at + 1)?);
    Ok(tier.zip(until).map(|(tier, until)| Overlay { tier, until }))
}

/// Sets a paid membership's tier beside the earned one, or takes it away.
pub(crate) fn overlay_stmt(merchant: MerchantId, member: Uuid, overlay: Option<Overlay>, today: Date) -> Stmt {
    sql!(
        "INSERT INTO member_tier (merchant_id, member_id, since, rises, changes, overlay_tier, overlay_until)
         VALUES ($1, $2, $3, '[]', 0, $4, $5)
         ON CONFLICT (merchant_id, member_id) DO UPDATE SET overlay_tier = excluded.overlay_tier, overlay_until = excluded.overlay_until",
        merchant,
        member,
        today,
        overlay.map(|overlay| overlay.tier),
        overlay.map(|overlay| overlay.until)
    )
}

/// Makes a member's row where it is missing, so that it can be locked.
pub(crate) fn begin_stmt(merchant: MerchantId, member: Uuid, today: Date) -> Stmt {
    sql!(
        "INSERT INTO member_tier (merchant_id, member_id, since, rises, changes) VALUES ($1, $2, $3, '[]', 0) ON CONFLICT DO NOTHING",
        merchant,
        member,
        today
    )
}

/// Holds a member's row for the rest of the transaction.
pub(crate) fn lock_stmt(merchant: MerchantId, member: Uuid) -> Stmt {
    sql!("SELECT changes FROM member_tier WHERE merchant_id = $1 AND member_id = $2 FOR UPDATE", merchant, member)
}

/// Every member's overlay, for checks: a select whose `$1` is the merchant.
pub(crate) const OVERLAYS: &str = "SELECT member_id, overlay_until FROM member_tier WHERE merchant_id = $1 AND overlay_until IS NOT NULL";

/// Reads the answer of [`current_stmt`]; no row is no tier.
pub fn current_read(rows: &[Row]) -> Result<CurrentTier> {
    rows.first().map_or_else(
        || Ok(CurrentTier::default()),
        |row| Ok(CurrentTier { tier: row.get(0)?, valid_until: row.get(1)?, locked_until: row.get(2)? }),
    )
}

/// The tiers that hold for some members on a day, the earned ones or those of paid memberships.
pub async fn effective_of(
    tx: &mut Tx,
    merchant: MerchantId,
    members: &[Uuid],
    scheme: &TierScheme,
    today: Date,
) -> Result<HashMap<Uuid, Option<TierId>>> {
    let mut tiers: HashMap<Uuid, Option<TierId>> = HashMap::new();
    let none = scheme.effective_with(&CurrentTier::default(), None, today);
    tiers.extend(members.iter().map(|member| (*member, none)));
    let mut params = vec![merchant.to_value()];
    params.extend(members.iter().map(|member| member.to_value()));
    let places: Vec<String> = (2..members.len() + 2).map(|at| format!("${at}")).collect();
    let text = format!(
        "SELECT tier_id, valid_until, locked_until, overlay_tier, overlay_until, member_id FROM member_tier
         WHERE merchant_id = $1 AND member_id IN ({})",
        places.join(", ")
    );
    for row in tx.rows(Stmt::built(text, params)).await? {
        let current = CurrentTier { tier: row.get(0)?, valid_until: row.get(1)?, locked_until: row.get(2)? };
        tiers.insert(row.get(5)?, scheme.effective_with(&current, overlay(&row, 3)?, today));
    }
    Ok(tiers)
}

/// The row of a member.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    pub(super) current: CurrentTier,
    pub(super) since: Option<Date>,
    pub(super) due_on: Option<Date>,
    /// The upgrades that a refund may take back, the last one last.
    pub(super) rises: Vec<TierDecision>,
    pub(super) changes: i64,
    /// A paid membership's tier.
    pub(super) overlay: Option<Overlay>,
    /// The validity for whose end a warning was sent.
    pub(super) warned_for: Option<Date>,
    /// Whether the row was there.
    pub(super) stored: bool,
}

/// The row, locked: two changes of one member take turns.
pub(super) async fn standing(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<Standing> {
    let stmt = sql!(
        "SELECT tier_id, valid_until, locked_until, since, due_on, rises, changes, overlay_tier, overlay_until, warned_for FROM member_tier
         WHERE merchant_id = $1 AND member_id = $2 FOR UPDATE",
        merchant,
        member
    );
    tx.row(stmt).await?.map_or_else(|| Ok(Standing::default()), |row| standing_read(&row))
}

/// The row, to be shown.
pub(super) async fn seen(tx: &mut Tx, merchant: MerchantId, member: Uuid) -> Result<Standing> {
    let stmt = sql!(
        "SELECT tier_id, valid_until, locked_until, since, due_on, rises, changes, overlay_tier, overlay_until, warned_for FROM member_tier
         WHERE merchant_id = $1 AND member_id = $2",
        merchant,
        member
    );
    tx.row(stmt).await?.map_or_else(|| Ok(Standing::default()), |row| standing_read(&row))
}

fn standing_read(row: &Row) -> Result<Standing> {
    Ok(Standing {
        current: CurrentTier { tier: row.get(0)?, valid_until: row.get(1)?, locked_until: row.get(2)? },
        since: row.get(3)?,
        due_on: row.get(4)?,
        rises: serde_json::from_str(&row.get::<String>(5)?).map_err(|error| Error::internal(format!("rises can't be read: {error}")))?,
        changes: row.get(6)?,
        overlay: overlay(row, 7)?,
        warned_for: row.get(9)?,
        stored: true,
    })
}

pub(super) fn put_stmt(merchant: MerchantId, member: Uuid, standing: &Standing, today: Date) -> Result<Stmt> {
    let rises = serde_json::to_string(&standing.rises).map_err(|error| Error::internal(error.to_string()))?;
    let CurrentTier { tier, valid_until, locked_until } = standing.current;
    let since = standing.since.unwrap_or(today);
    if standing.stored {
        return Ok(sql!(
            "UPDATE member_tier SET tier_id = $3, since = $4, valid_until = $5, locked_until = $6, due_on = $7, rises = $8, changes = $9,
                 warned_for = $10
             WHERE merchant_id = $1 AND member_id = $2",
            merchant,
            member,
            tier,
            since,
            valid_until,
            locked_until,
            standing.due_on,
            rises,
            standing.changes,
            standing.warned_for
        ));
    }
    // No DO NOTHING: where two first changes meet, one is refused by the key and runs again.
    Ok(sql!(
        "INSERT INTO member_tier (merchant_id, member_id, tier_id, since, valid_until, locked_until, due_on, rises, changes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        merchant,
        member,
        tier,
        since,
        valid_until,
        locked_until,
        standing.due_on,
        rises,
        standing.changes
    ))
}

/// First rows of members, each with the change that begins its history.
pub(super) async fn insert_many(tx: &mut Tx, cx: &Cx, rows: &[(Uuid, Standing)]) -> Result<()> {
    let member = |(member, standing): &(Uuid, Standing)| {
        vec![
            cx.merchant.to_value(),
            member.to_value(),
            standing.current.tier.to_value(),
            standing.since.to_value(),
            standing.current.valid_until.to_value(),
            standing.due_on.to_value(),
            "[]".to_value(),
            standing.changes.to_value(),
        ]
    };
    let columns = ["merchant_id", "member_id", "tier_id", "since", "valid_until", "due_on", "rises", "changes"];
    tx.queue(insert("member_tier", &columns, rows.iter().map(member).collect())).await?;
    let actor = cx.actor.text();
    let change = |(member, standing): &(Uuid, Standing)| {
        vec![
            cx.merchant.to_value(),
            member.to_value(),
            standing.changes.to_value(),
            "manual".to_value(),
            standing.current.tier.to_value(),
            standing.since.to_value(),
            standing.current.valid_until.to_value(),
            cx.now.to_value(),
            actor.to_value(),
        ]
    };
    let columns = ["merchant_id", "member_id", "sequence", "kind", "tier_to", "changed_on", "valid_until", "at", "actor"];
    tx.queue(insert("tier_change", &columns, rows.iter().map(change).collect())).await
}

/// One change of a member's tier, as the history keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TierEntry {
    /// Its number in the member's history, from 1.
    pub sequence: i64,
    /// `upgrade`, `downgrade`, `keep`, or `manual`.
    pub kind: String,
    /// The tier before.
    pub from: Option<TierId>,
    /// The tier after.
    pub to: Option<TierId>,
    /// The local day.
    #[schema(value_type = String, format = Date)]
    pub changed_on: Date,
    /// The last local day for which it is earned; none for ever.
    #[schema(value_type = Option<String>, format = Date)]
    pub valid_until: Option<Date>,
    /// What it was computed from; none for a change by hand.
    pub snapshot: Option<super::TierSnapshot>,
    /// The reason that staff gave.
    pub note: Option<String>,
    /// When.
    pub at: Instant,
    /// By whom: `system`, `staff:…`.
    pub actor: String,
}

pub(super) fn change_stmt(cx: &Cx, member: Uuid, entry: &TierEntry) -> Result<Stmt> {
    let snapshot = entry.snapshot.as_ref().map(serde_json::to_string).transpose().map_err(|error| Error::internal(error.to_string()))?;
    Ok(sql!(
        "INSERT INTO tier_change
         (merchant_id, member_id, sequence, kind, tier_from, tier_to, changed_on, valid_until, snapshot, note, at, actor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        cx.merchant,
        member,
        entry.sequence,
        entry.kind,
        entry.from,
        entry.to,
        entry.changed_on,
        entry.valid_until,
        snapshot,
        entry.note,
        entry.at,
        entry.actor
    ))
}

/// The tier of a member at a moment; no row before the first.
pub fn at_stmt(merchant: MerchantId, member: Uuid, moment: Instant) -> Stmt {
    sql!(
        "SELECT tier_to FROM tier_change WHERE merchant_id = $1 AND member_id = $2 AND at <= $3 ORDER BY sequence DESC LIMIT 1",
        merchant,
        member,
        moment
    )
}

/// A member's changes, the latest first, before a number.
pub(super) async fn changes(tx: &mut Tx, merchant: MerchantId, member: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<TierEntry>> {
    let stmt = sql!(
        "SELECT sequence, kind, tier_from, tier_to, changed_on, valid_until, snapshot, note, at, actor FROM tier_change
         WHERE merchant_id = $1 AND member_id = $2 AND sequence < $3 ORDER BY sequence DESC LIMIT $4",
        merchant,
        member,
        before.unwrap_or(i64::MAX),
        limit
    );
    tx.rows(stmt).await?.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<TierEntry> {
    let snapshot = row
        .get::<Option<String>>(6)?
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| Error::internal(format!("a snapshot can't be read: {error}")))?;
    Ok(TierEntry {
        sequence: row.get(0)?,
        kind: row.get(1)?,
        from: row.get(2)?,
        to: row.get(3)?,
        changed_on: row.get(4)?,
        valid_until: row.get(5)?,
        snapshot,
        note: row.get(7)?,
        at: row.get(8)?,
        actor: row.get(9)?,
    })
}

/// Members whose tier is to be looked at again on a local day, in the order of the index.
pub(super) async fn due(tx: &mut Tx, merchant: MerchantId, today: Date, limit: i64) -> Result<Vec<Uuid>> {
    let stmt = sql!(
        "SELECT member_id FROM member_tier WHERE merchant_id = $1 AND due_on <= $2 ORDER BY due_on, member_id LIMIT $3",
        merchant,
        today,
        limit
    );
    tx.rows(stmt).await?.iter().map(|row| row.get(0)).collect()
}

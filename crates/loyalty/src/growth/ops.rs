//! Entering growth.

use super::store::{self, Grown};
use super::{GrowthEntry, GrowthKind};
use crate::book::ops::today as merchant_today;
use crate::sale::{Completed, Refunded};
use crate::tier::{self, TierScheme};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Instant, Limit, Money, Page, Result, Uuid};
use shuke_member::merge::ops::heir;
use shuke_org::{audit, setting, text};
use utoipa::ToSchema;

const GROWTH_MAX: i64 = 1_000_000_000;
const NOTE_CHARS_MAX: usize = 200;

/// Enters an order.
pub(super) async fn enter(tx: &mut Tx, cx: &Cx, sale: &Completed) -> Result<()> {
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    let (Some(rate), Some(member)) = (scheme.growth, sale.member) else { return Ok(()) };
    // Who was merged meanwhile grows as the one they became.
    let member = heir(tx, cx.merchant, member, sale.order).await?;
    let grown = Grown { member: member.0, order: sale.order, on: sale.date, money: sale.amount, rate };
    if rate.of(grown.money) == 0 {
        return Ok(());
    }
    tx.queue(store::insert_stmt(cx, &grown)?).await?;
    follow(tx, cx, &scheme, member.0).await
}

/// Leaves the growth of what is left of an order.
pub(super) async fn take_back(tx: &mut Tx, cx: &Cx, refund: &Refunded) -> Result<()> {
    // Whose it is by now says the growth itself: the order may have been another member's when it came back.
    let Some((member, rate)) = store::entered(tx, cx.merchant, refund.order).await? else { return Ok(()) };
    let total = refund.undone.total;
    let left = if refund.whole { Money::ZERO } else { Money(total.whole.0 - total.done.0) };
    tx.queue(store::left_stmt(cx.merchant, member, refund.order, left, rate.of(left))).await?;
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    follow(tx, cx, &scheme, member).await
}

/// The tier follows, whichever reader comes first.
async fn follow(tx: &mut Tx, cx: &Cx, scheme: &TierScheme, member: Uuid) -> Result<()> {
    if scheme.tiers.is_empty() {
        return Ok(());
    }
    let today = merchant_today(tx, cx).await?;
    tier::ops::refresh(tx, cx, scheme, member, today).await.map(|_| ())
}

/// Growth that staff enter.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrowthByHand {
    /// Its id, made by the client (a UUIDv7).
    pub id: Uuid,
    /// Above zero gives, below zero takes.
    pub growth: i64,
    /// Why, 1 to 200 characters.
    pub reason: String,
}

/// Enters growth by hand; the tier follows at once.
///
/// Errors: `growth_out_of_range`, `text_malformed`, `growth_taken`.
pub async fn enter_by_hand(tx: &mut Tx, cx: &Cx, member: Uuid, wanted: &GrowthByHand) -> Result<GrowthEntry> {
    if wanted.growth == 0 || !(-GROWTH_MAX..=GROWTH_MAX).contains(&wanted.growth) {
        let error = Error::invalid("growth_out_of_range", "so much growth can't be entered");
        return Err(error.field("/growth", "out_of_range", format!("must not be 0, and at most {GROWTH_MAX}")));
    }
    let entry = GrowthEntry {
        source: wanted.id,
        kind: GrowthKind::ByHand,
        on: merchant_today(tx, cx).await?,
        growth: wanted.growth,
        note: text::line("reason", &wanted.reason, NOTE_CHARS_MAX)?,
        at: cx.now,
        actor: cx.actor.text(),
    };
    tx.queue(store::by_hand_stmt(cx, member, &entry)?).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("growth.entered", member).new_value(&entry)).await?;
    let payload = serde_json::json!({ "member": member, "growth": entry.growth, "id": entry.source });
    event::append(tx, cx, &[Event::new("growth.entered", member, &payload)]).await?;
    let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    follow(tx, cx, &scheme, member).await?;
    Ok(entry)
}

/// A member's growth, newest first.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid, before: Option<(Instant, Uuid)>, limit: Limit) -> Result<Page<GrowthEntry>> {
    let rows = tx.rows(store::of_member_stmt(cx.merchant, member, before, limit.fetch())).await?;
    let found = rows.iter().map(store::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |entry| (entry.at, entry.source)))
}

/// What a member has grown by on a day or later.
pub async fn since(tx: &mut Tx, cx: &Cx, member: Uuid, day: Date) -> Result<i64> {
    store::since_read(&tx.rows(store::since_stmt(cx.merchant, member, day)).await?)
}

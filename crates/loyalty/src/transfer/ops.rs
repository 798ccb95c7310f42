//! Giving points.

use super::model::endings;
use super::{PointsGift, PointsGiftDraft, store};
use crate::book::ops::today as merchant_today;
use crate::points::{PointsTerms, TransferTerms};
use crate::points_kind;
use crate::quota::{self, takes};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Instant, Limit, Money, Page, Points, Result, Uuid};
use shuke_ledger::{AccountKind, Holdings, Journal, LotTerms, journal};
use shuke_org::{audit, setting, text};

const NOTE_CHARS_MAX: usize = 200;

/// Gives points of one member to another; final.
///
/// Errors: `points_transfer_off`, `points_transfer_amount_wrong`, `points_transfer_to_self`,
/// `balance_insufficient`, `quota_exhausted`, `points_transfer_taken`, `text_malformed`, `points_kind_unknown`.
pub async fn give(tx: &mut Tx, cx: &Cx, draft: &PointsGiftDraft) -> Result<PointsGift> {
    let terms = match draft.points_kind {
        Some(kind) => points_kind::ops::kind(tx, cx, kind).await?.transfer,
        None => setting::ops::get::<PointsTerms>(tx, cx.merchant).await?.transfer,
    };
    let Some(terms) = terms else {
        return Err(Error::refused(
            "points_transfer_off",
            "members can't give these points to each other here; allow it in the settings first",
        ));
    };
    check(draft, &terms)?;
    let note = text::optional_line("note", &draft.note, NOTE_CHARS_MAX)?;
    let gift = PointsGift {
        id: draft.id,
        from: draft.from,
        to: draft.to,
        points: draft.points,
        points_kind: draft.points_kind,
        fee: Points(terms.fee.of(Money(draft.points.0))?.0),
        store: draft.store.map(|store| store.0),
        note,
        at: cx.now,
        actor: cx.actor.text(),
    };
    // First, so that a second booking is refused as what it is.
    tx.queue(store::insert_stmt(cx, &gift)).await?;
    let (mut from, mut to) = both(tx, cx, &gift).await?;
    book(cx, &gift, &mut from, &mut to)?.post(tx, cx, &[&from, &to]).await?;
    let today = merchant_today(tx, cx).await?;
    let used = takes(gift.points_kind.map_or(quota::TRANSFERRED, |kind| kind.0), &terms.limits, gift.points.0);
    quota::ops::take(tx, cx, gift.from, gift.id, today, &used).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("points.transferred", gift.id).new_value(&gift)).await?;
    let payload = serde_json::json!({
        "id": gift.id, "member": gift.from, "to": gift.to, "points": gift.points, "fee": gift.fee, "store": gift.store,
        "points_kind": gift.points_kind,
    });
    event::append(tx, cx, &[Event::new("points.transferred", gift.from, &payload)]).await?;
    Ok(gift)
}

fn check(draft: &PointsGiftDraft, terms: &TransferTerms) -> Result<()> {
    let least = terms.min.max(Points(1));
    if draft.points < least || terms.max.is_some_and(|max| draft.points > max) {
        let detail = match terms.max {
            Some(max) => format!("give {least} to {max} points at once"),
            None => format!("give at least {least} points at once"),
        };
        let error = Error::refused("points_transfer_amount_wrong", detail.clone());
        return Err(error.field("/points", "out_of_range", detail));
    }
    if draft.from == draft.to {
        return Err(Error::refused("points_transfer_to_self", "a member can't transfer points to themselves"));
    }
    Ok(())
}

/// What both hold, locked in the order of their ids.
async fn both(tx: &mut Tx, cx: &Cx, gift: &PointsGift) -> Result<(Holdings, Holdings)> {
    if let Some(kind) = gift.points_kind {
        return points_kind::ops::held_by_both(tx, cx, (gift.from, gift.to), kind).await;
    }
    if gift.from < gift.to {
        let from = journal::ops::holdings(tx, cx, gift.from, true).await?;
        return Ok((from, journal::ops::holdings(tx, cx, gift.to, true).await?));
    }
    let to = journal::ops::holdings(tx, cx, gift.to, true).await?;
    Ok((journal::ops::holdings(tx, cx, gift.from, true).await?, to))
}

fn book(cx: &Cx, gift: &PointsGift, from: &mut Holdings, to: &mut Holdings) -> Result<Journal> {
    let mut journal = Journal::new("points_transfer", gift.id, gift.store);
    let way = from.shop(AccountKind::PointsTransferred);
    let parts = endings(from, gift.points.0, cx.now);
    journal.spend(cx, from, AccountKind::Points, gift.points.0, way, "transferred_out")?;
    for (expires, amount) in parts {
        let terms = LotTerms { available_at: cx.now, expires };
        journal.grant(cx, to, AccountKind::Points, amount, way, terms, "transferred_in")?;
    }
    if gift.fee.is_positive() {
        let used = from.shop(AccountKind::PointsRedeemed);
        journal.spend(cx, from, AccountKind::Points, gift.fee.0, used, "transfer_fee")?;
    }
    Ok(journal)
}

/// What a member gave and got, newest first.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid, before: Option<(Instant, Uuid)>, limit: Limit) -> Result<Page<PointsGift>> {
    let rows = tx.rows(store::of_member_stmt(cx.merchant, member, before, limit.fetch())).await?;
    let found = rows.iter().map(store::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(found, limit, |gift| (gift.at, gift.id)))
}

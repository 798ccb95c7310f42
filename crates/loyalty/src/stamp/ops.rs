//! Stamping, taking back, lapsing.

use super::store::{self, Entry};
use super::{StampCard, StampCardId, StampLine, StampScheme, StampView, lapse};
use crate::book::ops::today as merchant_today;
use crate::gift::{self, Cause, Given, store::Place};
use crate::sale::{Completed, Refunded, SoldLine};
use shuke_db::{Db, Tx};
use shuke_kernel::{Cx, Date, Result, Uuid};
use shuke_member::merge::ops::heir;
use shuke_org::setting;

const CARDS_PER_STEP_MAX: i64 = 100;

/// Stamps a member's cards for an order.
pub(super) async fn stamp(tx: &mut Tx, cx: &Cx, scheme: &StampScheme, sale: &Completed) -> Result<()> {
    let (Some(member), Some(at)) = (sale.member, sale.store) else { return Ok(()) };
    // Who was merged meanwhile is stamped as the one they became.
    let member = heir(tx, cx.merchant, member, sale.order).await?;
    for card in scheme.cards.iter().filter(|card| card.is_open(at, sale.date)) {
        let counted = |line: &&SoldLine| card.scope.contains(line.item());
        let lines: Vec<StampLine> = sale.lines.iter().filter(counted).map(SoldLine::stamped).collect();
        let stamps = card.stamps(&lines)?;
        if stamps == 0 {
            continue;
        }
        let expires_on = card.expires_on(sale.date);
        let entry = Entry { member: member.0, card: card.id, order: sale.order, lines, stamps, lapsed: 0, expires_on };
        let before = store::locked(tx, cx.merchant, member.0, card.id).await?;
        tx.queue(store::insert_stmt(cx.merchant, &entry, sale.date)?).await?;
        settle(tx, cx, scheme, member.0, card.id, before.1).await?;
    }
    Ok(())
}

/// Takes back what the rest of an order no longer stamps.
pub(super) async fn take_back(tx: &mut Tx, cx: &Cx, scheme: &StampScheme, refund: &Refunded) -> Result<()> {
    for mut entry in store::of_order(tx, cx.merchant, refund.order).await? {
        let before = store::locked(tx, cx.merchant, entry.member, entry.card).await?;
        for line in &mut entry.lines {
            let back = refund.lines.iter().find(|back| back.line == line.line);
            line.refunded_milli = back.map_or(line.refunded_milli, |back| back.to_milli.min(line.quantity_milli));
            if refund.whole {
                line.refunded_milli = line.quantity_milli;
            }
        }
        let card = scheme.cards.iter().find(|card| card.id == entry.card);
        // Of a card that is gone nothing is taken back but what is gone with the whole order.
        entry.stamps = match card {
            Some(card) => card.stamps(&entry.lines)?.min(entry.stamps),
            None if refund.whole => 0,
            None => entry.stamps,
        };
        entry.lapsed = entry.lapsed.min(entry.stamps);
        tx.queue(store::change_stmt(cx.merchant, &entry)?).await?;
        settle(tx, cx, scheme, entry.member, entry.card, before.1).await?;
    }
    Ok(())
}

/// Looks at all cards of a member again: what two members had apart may fill a card together.
pub(super) async fn look_again(tx: &mut Tx, cx: &Cx, scheme: &StampScheme, member: Uuid) -> Result<()> {
    let mut cards = store::of_member(tx, cx.merchant, member).await?;
    cards.sort_unstable();
    for (card, _, _) in cards {
        let (_, rounds) = store::locked(tx, cx.merchant, member, card).await?;
        settle(tx, cx, scheme, member, card, rounds).await?;
    }
    Ok(())
}

/// Adds a card up, and gives or takes back what its full cards give. Its row is locked.
async fn settle(tx: &mut Tx, cx: &Cx, scheme: &StampScheme, member: Uuid, card: StampCardId, rounds: i64) -> Result<()> {
    let entries = store::of_card(tx, cx.merchant, member, card).await?;
    let stamps = entries.iter().map(|entry| entry.stamps - entry.lapsed).sum::<i64>();
    let rounds = match scheme.cards.iter().find(|of| of.id == card) {
        Some(card) => reward(tx, cx, card, member, stamps, rounds).await?,
        None => rounds,
    };
    tx.queue(store::put_stmt(cx.merchant, member, card, stamps, rounds)).await
}

/// The name of a member's so manieth full card.
pub(super) fn place(round: i64) -> String {
    format!("{round:06}")
}

async fn reward(tx: &mut Tx, cx: &Cx, card: &StampCard, member: Uuid, stamps: i64, mut rounds: i64) -> Result<i64> {
    let full = card.full(stamps);
    if full == rounds {
        return Ok(rounds);
    }
    let given: Vec<Given> = gift::ops::of_rule(tx, cx, member, Cause::StampCard, card.id.0).await?;
    let today = merchant_today(tx, cx).await?;
    while rounds < full {
        let name = place(rounds + 1);
        let of = Place { cause: Cause::StampCard, rule: card.id.0, place: &name };
        gift::ops::give(tx, cx, member, of, &card.gift, today).await?;
        rounds += 1;
    }
    while rounds > full {
        let name = place(rounds);
        let Some(last) = given.iter().find(|given| given.place == name && !given.taken_back) else { break };
        if !gift::ops::take_back(tx, cx, member, last).await? {
            break;
        }
        rounds -= 1;
    }
    Ok(rounds)
}

/// Lets stamps lapse whose time is over, in batches, each in a transaction of its own. Safe to stop and to
/// repeat. Returns how many cards lost some.
pub async fn midnight(db: &Db, cx: &Cx, today: Date) -> Result<u64> {
    let mut touched = 0;
    loop {
        let (seen, some) = db.write(&(cx, today), |tx, (cx, today)| Box::pin(midnight_some(tx, cx, *today))).await?;
        touched += some;
        if seen == 0 {
            return Ok(touched);
        }
    }
}

async fn midnight_some(tx: &mut Tx, cx: &Cx, today: Date) -> Result<(u64, u64)> {
    let due = store::due(tx, cx.merchant, today, CARDS_PER_STEP_MAX).await?;
    let scheme: StampScheme = setting::ops::get(tx, cx.merchant).await?;
    let mut touched = 0;
    for (member, card) in &due {
        let (_, rounds) = store::locked(tx, cx.merchant, *member, *card).await?;
        let mut entries = store::of_card(tx, cx.merchant, *member, *card).await?;
        let needed = scheme.cards.iter().find(|of| of.id == *card).map_or(0, |card| card.needed);
        let over = |entry: &Entry| entry.expires_on.is_some_and(|day| day < today);
        let seen: Vec<_> = entries.iter().map(|entry| (entry.stamps, entry.lapsed, over(entry))).collect();
        let before: i64 = entries.iter().map(|entry| entry.lapsed).sum();
        for (entry, lapsed) in entries.iter_mut().zip(lapse(&seen, rounds * needed)) {
            if over(entry) {
                // What a full card used stays used: it isn't looked at again.
                (entry.lapsed, entry.expires_on) = (lapsed, None);
                tx.queue(store::change_stmt(cx.merchant, entry)?).await?;
            }
        }
        let stamps = entries.iter().map(|entry| entry.stamps - entry.lapsed).sum();
        tx.queue(store::put_stmt(cx.merchant, *member, *card, stamps, rounds)).await?;
        touched += u64::from(entries.iter().map(|entry| entry.lapsed).sum::<i64>() > before);
    }
    Ok((due.len() as u64, touched))
}

/// A member's cards, those of the scheme in its order.
pub async fn of_member(tx: &mut Tx, cx: &Cx, member: Uuid) -> Result<Vec<StampView>> {
    let scheme: StampScheme = setting::ops::get(tx, cx.merchant).await?;
    let cards = store::of_member(tx, cx.merchant, member).await?;
    let view = |card: &StampCard| {
        let (stamps, rounds) = cards.iter().find(|(id, _, _)| *id == card.id).map_or((0, 0), |(_, stamps, rounds)| (*stamps, *rounds));
        let over = (stamps - rounds * card.needed).max(0);
        StampView { card: card.id, name: card.name.clone(), stamps: over, needed: card.needed, rounds }
    };
    Ok(scheme.cards.iter().map(view).collect())
}

//! Stamp cards of two members who become one, and two again.
//!
//! What orders gave goes over as it is, and so does what full cards gave: numbered behind the survivor's own.
//! Whether both together fill another card is looked at afterwards, by the reader.

use super::store::{self, EntryKey};
use super::{StampCardId, ops};
use crate::gift::store::{self as gifts, FullCard};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_kernel::{Cx, Result, Uuid};

/// What undoing needs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct MovedStamps {
    entries: Vec<EntryKey>,
    full: Vec<FullCard>,
}

/// Gives back what came over, and what orders have stamped since that were counted late.
pub(crate) async fn move_back(tx: &mut Tx, cx: &Cx, (from, to): (Uuid, Uuid), kept: &MovedStamps, late: &[Uuid]) -> Result<()> {
    let mut kept = kept.clone();
    let entries = store::keys_of(tx, cx.merchant, from).await?;
    kept.entries.extend(entries.into_iter().filter(|(_, order)| late.contains(order)));
    move_over(tx, cx, (from, to), Some(&kept)).await.map(|_| ())
}

/// Gives stamps to another member: all of one member's, or those that came over before. Answers which.
pub(crate) async fn move_over(tx: &mut Tx, cx: &Cx, (from, to): (Uuid, Uuid), kept: Option<&MovedStamps>) -> Result<MovedStamps> {
    let mut cards: Vec<StampCardId> = Vec::new();
    for member in [from, to] {
        cards.extend(store::of_member(tx, cx.merchant, member).await?.into_iter().map(|(card, _, _)| card));
    }
    cards.sort_unstable();
    cards.dedup();
    for card in &cards {
        for member in [from.min(to), from.max(to)] {
            store::locked(tx, cx.merchant, member, *card).await?;
        }
    }
    let mut entries = store::keys_of(tx, cx.merchant, from).await?;
    entries.retain(|key| kept.is_none_or(|kept| kept.entries.contains(key)));
    for key in &entries {
        tx.queue(store::give_stmt(cx.merchant, from, to, *key)).await?;
    }
    let full = gifts::give_full_cards(tx, cx.merchant, (from, to), kept.map(|kept| kept.full.as_slice())).await?;
    // Only the survivor's are numbered anew: what the absorbed member keeps of the past stays at its place, and leaves
    // room for what comes back.
    let survivor = if kept.is_none() { to } else { from };
    for card in cards {
        for member in [from, to] {
            let rounds = match member == survivor {
                true => gifts::close_up(tx, cx.merchant, member, card.0, ops::place).await?,
                false => gifts::full_cards(tx, cx.merchant, member, card.0).await?,
            };
            let given = store::of_card(tx, cx.merchant, member, card).await?;
            let stamps = given.iter().map(|entry| entry.stamps - entry.lapsed).sum();
            tx.queue(store::put_stmt(cx.merchant, member, card, stamps, rounds)).await?;
        }
    }
    Ok(MovedStamps { entries, full })
}

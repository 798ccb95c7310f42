//! What a tier gives on the rise to it.

use super::{TierId, TierScheme};
use crate::gift::{self, Cause, store::Place};
use shuke_db::Tx;
use shuke_kernel::{Cx, Date, Result, Uuid, time};

/// Gives what a tier gives, once in a validity: who has it, used or not, gets no second.
pub(super) async fn give(
    tx: &mut Tx,
    cx: &Cx,
    scheme: &TierScheme,
    member: Uuid,
    tier: Option<TierId>,
    change: i64,
    today: Date,
) -> Result<()> {
    let Some(tier) = tier.and_then(|id| scheme.tier(id)).filter(|tier| !tier.gift.is_empty()) else { return Ok(()) };
    let given = gift::ops::of_rule(tx, cx, member, Cause::Tier, tier.id.0).await?;
    // A place begins with the day on which it was given.
    let since = scheme.validity_months.map(|months| time::add_months(today, -months).to_string());
    if given.iter().any(|given| !given.taken_back && since.as_ref().is_none_or(|since| given.place > *since)) {
        return Ok(());
    }
    let place = format!("{today} {change:06}");
    let of = Place { cause: Cause::Tier, rule: tier.id.0, place: &place };
    gift::ops::give(tx, cx, member, of, &tier.gift, today).await.map(|_| ())
}

/// Takes back what the last rise to a tier gave, where it wasn't used.
pub(super) async fn take_back(tx: &mut Tx, cx: &Cx, member: Uuid, tier: Option<TierId>) -> Result<()> {
    let Some(tier) = tier else { return Ok(()) };
    let given = gift::ops::of_rule(tx, cx, member, Cause::Tier, tier.0).await?;
    match given.iter().rev().find(|given| !given.taken_back) {
        Some(last) => gift::ops::take_back(tx, cx, member, last).await.map(|_| ()),
        None => Ok(()),
    }
}

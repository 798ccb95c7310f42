//! The reader that follows what members do.

use super::ops;
use crate::points::Activity;
use crate::sale::{Completed, Refunded};
use serde::Deserialize;
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::{Cx, Result, Uuid};
use shuke_member::MemberId;
use shuke_member::merge::ops::heir;

/// Follows sales, redemptions, top-ups and check-ins, and what undoes them.
#[derive(Clone, Copy, Debug)]
pub struct ClockReader;

/// What of the other events is read here: who, and what undoes what.
#[derive(Debug, Deserialize)]
struct Done {
    member: MemberId,
    #[serde(default)]
    id: Option<Uuid>,
}

impl Reader for ClockReader {
    fn name(&self) -> &'static str {
        "points_clock"
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(
            kind,
            "sale.completed" | "sale.refunded" | "reward.redeemed" | "reward.cancelled" | "wallet.topped_up" | "member.checked_in"
        )
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(follow(tx, cx, event))
    }
}

async fn follow(tx: &mut Tx, cx: &Cx, event: &StoredEvent) -> Result<()> {
    match event.kind.as_str() {
        "sale.completed" => {
            let sale: Completed = event.read()?;
            let Some(member) = sale.member else { return Ok(()) };
            let member = heir(tx, cx.merchant, member, sale.order).await?;
            let mut activities = vec![Activity::Purchase];
            activities.extend(sale.points_spent.is_positive().then_some(Activity::Redemption));
            ops::record(tx, cx, member.0, sale.order, &activities, sale.date).await
        }
        "sale.refunded" => {
            let refund: Refunded = event.read()?;
            if refund.whole { ops::undo(tx, cx, refund.order).await } else { Ok(()) }
        }
        kind => {
            let done: Done = event.read()?;
            let source = done.id.unwrap_or(event.id);
            let activity = match kind {
                "reward.cancelled" => return ops::undo(tx, cx, source).await,
                "reward.redeemed" => Activity::Redemption,
                "wallet.topped_up" => Activity::TopUp,
                _ => Activity::CheckIn,
            };
            let today = ops::today(tx, cx).await?;
            let member = heir(tx, cx.merchant, done.member, source).await?;
            ops::record(tx, cx, member.0, source, &[activity], today).await
        }
    }
}

//! The reader that follows sales.

use super::{Purchase, Refund, ops, store};
use crate::MemberId;
use crate::merge;
use serde::{Deserialize, Serialize};
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::{Cx, Date, Money, Uuid};
use shuke_org::StoreId;

/// Follows `sale.completed` and `sale.refunded`. Its effect is written with its cursor, so each
/// event counts once. What was sold to or taken back from a member who was merged meanwhile counts for
/// the one who stayed.
#[derive(Clone, Copy, Debug)]
pub struct MemberReader;

/// The payload of `member.purchases_changed`: the figures that tiers are computed from have changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PurchasesChanged {
    /// Whose.
    pub member: MemberId,
}

/// What of `sale.completed` is read here.
#[derive(Debug, Deserialize)]
struct Completed {
    order: Uuid,
    member: Option<MemberId>,
    store: Option<StoreId>,
    date: Date,
    amount: Money,
}

/// What of `sale.refunded` is read here.
#[derive(Debug, Deserialize)]
struct Refunded {
    order: Uuid,
    member: Option<MemberId>,
    amount: Money,
    whole: bool,
}

impl Reader for MemberReader {
    fn name(&self) -> &'static str {
        "member"
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sale.completed" | "sale.refunded")
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            if event.kind == "sale.completed" {
                let sale: Completed = event.read()?;
                let Some(member) = sale.member else { return Ok(()) };
                let member = merge::ops::heir(tx, cx.merchant, member, sale.order).await?;
                let purchase =
                    Purchase { member, order: sale.order, store: sale.store, date: sale.date, amount: sale.amount, counts: true };
                return ops::apply_purchases(tx, cx, &[purchase]).await;
            }
            let refund: Refunded = event.read()?;
            let Some(member) = refund.member else { return Ok(()) };
            // The order may be another member's by now than when it came back: what it left tells whose it is.
            let heir = merge::ops::heir(tx, cx.merchant, member, refund.order).await?;
            let member = store::holder(tx, cx.merchant, refund.order).await?.unwrap_or(heir);
            let refund = Refund { member, order: refund.order, amount: refund.amount, whole: refund.whole };
            ops::apply_refunds(tx, cx, &[refund]).await
        })
    }
}

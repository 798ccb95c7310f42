//! The reader that gives back room in caps and limits.

use crate::quota::{self, SPENT};
use crate::sale::Refunded;
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::Cx;

/// Follows `sale.refunded`: what the order had used of caps and spending limits is free again, in the
/// proportion in which it is undone.
#[derive(Clone, Copy, Debug)]
pub struct PointsReader;

impl Reader for PointsReader {
    fn name(&self) -> &'static str {
        "points"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "sale.refunded"
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            let refund: Refunded = event.read()?;
            let (earned, spent) = (refund.undone.points_earned, refund.undone.points_spent);
            quota::ops::give_back(tx, cx, refund.order, |subject| subject == SPENT, spent.done.0, spent.whole.0).await?;
            quota::ops::give_back(tx, cx, refund.order, |subject| subject != SPENT, earned.done.0, earned.whole.0).await
        })
    }
}

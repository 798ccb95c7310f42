//! The reader that books what sales earn of each kind.

use super::ops;
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::Cx;

/// Follows `sale.completed` and `sale.refunded`, and says whose points ended when a purse's did.
#[derive(Clone, Copy, Debug)]
pub struct PointsKindReader;

impl Reader for PointsKindReader {
    fn name(&self) -> &'static str {
        "points_kind"
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sale.completed" | "sale.refunded" | "purse.expired")
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            match event.kind.as_str() {
                "sale.completed" => ops::earn(tx, cx, &event.read()?).await,
                "purse.expired" => ops::tell_expired(tx, cx, &event.read()?).await,
                _ => ops::take_back(tx, cx, &event.read()?).await,
            }
        })
    }
}

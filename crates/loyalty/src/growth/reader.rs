//! The reader that follows sales.

use super::ops;
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::Cx;

/// Follows `sale.completed` and `sale.refunded`.
#[derive(Clone, Copy, Debug)]
pub struct GrowthReader;

impl Reader for GrowthReader {
    fn name(&self) -> &'static str {
        "growth"
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sale.completed" | "sale.refunded")
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            match event.kind.as_str() {
                "sale.completed" => ops::enter(tx, cx, &event.read()?).await,
                _ => ops::take_back(tx, cx, &event.read()?).await,
            }
        })
    }
}

//! The reader that follows purchases.

use super::{TierScheme, ops};
use crate::book::ops::today;
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::Cx;
use shuke_member::purchase::PurchasesChanged;
use shuke_org::setting;

/// Follows `member.purchases_changed`: raises a member at once, and takes back what a refund undoes.
#[derive(Clone, Copy, Debug)]
pub struct TierReader;

impl Reader for TierReader {
    fn name(&self) -> &'static str {
        "tier"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "member.purchases_changed"
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            let changed: PurchasesChanged = event.read()?;
            let scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
            if scheme.tiers.is_empty() {
                return Ok(());
            }
            let today = today(tx, cx).await?;
            ops::refresh(tx, cx, &scheme, changed.member.0, today).await.map(|_| ())
        })
    }
}

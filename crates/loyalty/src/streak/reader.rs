//! The reader that follows visits.

use super::{StreakScheme, ops};
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::Cx;
use shuke_member::purchase::PurchasesChanged;
use shuke_org::setting;

/// Follows `member.purchases_changed`.
#[derive(Clone, Copy, Debug)]
pub struct StreakReader;

impl Reader for StreakReader {
    fn name(&self) -> &'static str {
        "streak"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "member.purchases_changed"
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            let changed: PurchasesChanged = event.read()?;
            let scheme: StreakScheme = setting::ops::get(tx, cx.merchant).await?;
            if scheme.rules.is_empty() {
                return Ok(());
            }
            ops::refresh(tx, cx, &scheme, changed.member.0).await
        })
    }
}

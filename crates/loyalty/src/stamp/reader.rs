//! The reader that stamps.

use super::{StampScheme, ops};
use crate::sale::{Completed, Refunded};
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::Cx;
use shuke_member::merge::ops::MemberMerged;
use shuke_org::setting;

/// Follows `sale.completed` and `sale.refunded`, and merges of members.
#[derive(Clone, Copy, Debug)]
pub struct StampReader;

impl Reader for StampReader {
    fn name(&self) -> &'static str {
        "stamp"
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(kind, "sale.completed" | "sale.refunded" | "member.merged" | "member.unmerged")
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            if event.kind == "sale.completed" {
                let sale: Completed = event.read()?;
                if sale.lines.is_empty() {
                    return Ok(());
                }
                let scheme: StampScheme = setting::ops::get(tx, cx.merchant).await?;
                return ops::stamp(tx, cx, &scheme, &sale).await;
            }
            if event.kind != "sale.refunded" {
                let merged: MemberMerged = event.read()?;
                let scheme: StampScheme = setting::ops::get(tx, cx.merchant).await?;
                ops::look_again(tx, cx, &scheme, merged.survivor.0).await?;
                return ops::look_again(tx, cx, &scheme, merged.absorbed.0).await;
            }
            let refund: Refunded = event.read()?;
            let scheme: StampScheme = setting::ops::get(tx, cx.merchant).await?;
            ops::take_back(tx, cx, &scheme, &refund).await
        })
    }
}

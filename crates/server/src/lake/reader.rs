//! The reader that counts what changed.

use super::ops;
use serde::Deserialize;
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::{Cx, Date, Result, Uuid};
use shuke_member::MemberId;
use shuke_sales::order::lake as lines;
use std::collections::BTreeSet;

/// The name of the reader.
pub(super) const NAME: &str = "lake";

/// Counts, by month, what the lake does not hold yet.
#[derive(Clone, Copy, Debug)]
pub struct LakeReader;

/// What of `sale.completed` is read here.
#[derive(Debug, Deserialize)]
struct Completed {
    date: Date,
}

/// What of `sale.refunded` is read here.
#[derive(Debug, Deserialize)]
struct Refunded {
    order: Uuid,
    date: Date,
    whole: bool,
}

/// What of `orders.imported` is read here; older ones name no months.
#[derive(Debug, Deserialize)]
struct Imported {
    #[serde(default)]
    months: BTreeSet<String>,
}

/// What of `member.merged` and `member.unmerged` is read here.
#[derive(Debug, Deserialize)]
struct Merged {
    survivor: MemberId,
    absorbed: MemberId,
}

impl Reader for LakeReader {
    fn name(&self) -> &'static str {
        NAME
    }

    fn wants(&self, kind: &str) -> bool {
        matches!(
            kind,
            "sale.completed"
                | "sale.refunded"
                | "orders.imported"
                | "member.merged"
                | "member.unmerged"
                | "member.erased"
                | "member.enrolled"
                | "member.stage_changed"
        )
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            let months = match event.kind.as_str() {
                "sale.completed" => BTreeSet::from([lines::month_of(event.read::<Completed>()?.date)]),
                "sale.refunded" => refunded(tx, cx, &event.read()?).await?,
                "orders.imported" => event.read::<Imported>()?.months,
                "member.merged" | "member.unmerged" => merged(tx, cx, &event.read()?).await?,
                "member.erased" => {
                    let member = MemberId(event.subject);
                    ops::forget(tx, cx, member).await?;
                    lines::months_of_member(tx, cx.merchant, member).await?.into_iter().collect()
                }
                _ => return ops::mark_members(tx, cx.merchant).await,
            };
            ops::mark(tx, cx.merchant, &months).await
        })
    }
}

/// The refund's month; those of the order and its other refunds too, where the order is no purchase any more.
async fn refunded(tx: &mut Tx, cx: &Cx, back: &Refunded) -> Result<BTreeSet<String>> {
    let mut months = BTreeSet::from([lines::month_of(back.date)]);
    if back.whole {
        months.extend(lines::months_of_order(tx, cx.merchant, back.order).await?);
    }
    Ok(months)
}

async fn merged(tx: &mut Tx, cx: &Cx, merge: &Merged) -> Result<BTreeSet<String>> {
    let mut months = BTreeSet::new();
    for member in [merge.survivor, merge.absorbed] {
        months.extend(lines::months_of_member(tx, cx.merchant, member).await?);
    }
    Ok(months)
}

//! Adding up.

use super::store::{self, Key};
use crate::follow::{self, Follower, Posted};
use crate::verify::Difference;
use shuke_db::{Future, Tx};
use shuke_kernel::{Cx, MerchantId, Result, Uuid};
use shuke_org::{merchant, store as stores};
use std::collections::BTreeMap;

/// The name of the follower.
pub(super) const NAME: &str = "day";

/// Adds every entry to its day.
#[derive(Clone, Copy, Debug)]
pub struct DayFollower;

impl Follower for DayFollower {
    fn name(&self) -> &'static str {
        NAME
    }

    fn take<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, entries: &'t [Posted]) -> Future<'t, ()> {
        Box::pin(add(tx, cx, entries))
    }
}

async fn add(tx: &mut Tx, cx: &Cx, entries: &[Posted]) -> Result<()> {
    let own = merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?;
    let zones: BTreeMap<Uuid, _> = stores::ops::zones(tx, cx.merchant).await?.into_iter().map(|(id, zone)| (id.0, zone)).collect();
    let mut sums: BTreeMap<Key, (i64, i64)> = BTreeMap::new();
    for entry in entries {
        let zone = entry.store.and_then(|store| zones.get(&store)).unwrap_or(&own);
        let key = Key {
            day: zone.date(entry.at),
            store: entry.store.unwrap_or_default(),
            source_kind: &entry.source_kind,
            debit: entry.debit.kind.as_str(),
            credit: entry.credit.kind.as_str(),
        };
        let sum = sums.entry(key).or_default();
        *sum = (sum.0.saturating_add(entry.amount), sum.1 + 1);
    }
    store::add(tx, cx.merchant, &sums).await
}

/// The days add up to the entries, store by store, as far as they follow.
pub fn check(tx: &mut Tx, merchant: MerchantId) -> Future<'_, Option<Difference>> {
    Box::pin(async move {
        let until = follow::until(tx, merchant, NAME).await?;
        let found = store::differing(tx, merchant, until).await?;
        Ok(found.map(|at| {
            let text = format!(
                "entries of {} from {} to {} at store {}: the days add up to {}, the entries to {}",
                at.source_kind, at.debit, at.credit, at.store, at.days, at.entries
            );
            Difference::new("ledger_day", text)
        }))
    })
}

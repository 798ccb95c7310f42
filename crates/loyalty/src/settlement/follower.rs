//! Entries out of the ledger.

use super::model::{NewEntry, SettlementEntry, SettlementPolicy, is_service};
use super::store;
use shuke_db::{Future, Tx};
use shuke_kernel::{Cx, Money, Result, Uuid, Zone};
use shuke_ledger::follow::{self, Follower, Posted};
use shuke_ledger::{AccountKind, LotId};
use shuke_org::{setting, store as stores};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the follower.
pub(super) const NAME: &str = "settlement";

/// Enters what stores do for each other's prepaid value.
#[derive(Clone, Copy, Debug)]
pub struct SettlementFollower;

impl Follower for SettlementFollower {
    fn name(&self) -> &'static str {
        NAME
    }

    fn take<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, entries: &'t [Posted]) -> Future<'t, ()> {
        Box::pin(enter(tx, cx, entries))
    }
}

async fn enter(tx: &mut Tx, cx: &Cx, entries: &[Posted]) -> Result<()> {
    let served: BTreeMap<(Uuid, i64), (&Posted, Uuid)> = entries
        .iter()
        .filter(|posted| is_service(posted))
        .filter_map(|posted| Some(((posted.source_id, posted.source_line), (posted, posted.store?))))
        .collect();
    if served.is_empty() {
        return Ok(());
    }
    let zones: BTreeMap<Uuid, Zone> = stores::ops::zones(tx, cx.merchant).await?.into_iter().map(|(id, zone)| (id.0, zone)).collect();
    if zones.len() < 2 {
        return Ok(());
    }
    let posted: Vec<&Posted> = served.values().map(|(posted, _)| *posted).collect();
    let mut new = Vec::new();
    for moved in follow::moves(tx, cx, &posted).await? {
        let Some((posted, creditor)) = served.get(&(moved.source_id, moved.source_line)) else { continue };
        let Some(debtor) = moved.issuer.filter(|issuer| issuer != creditor) else { continue };
        let zone = zones.get(creditor).cloned().unwrap_or_else(Zone::utc);
        let amount = -Money(moved.amount);
        let entry = SettlementEntry {
            source: moved.source_id,
            line: moved.source_line,
            source_kind: posted.source_kind.clone(),
            lot: moved.lot,
            kind: moved.kind,
            debtor,
            creditor: *creditor,
            amount,
            settled: amount,
            on: zone.date(posted.at),
            at: posted.at,
        };
        new.push(NewEntry { entry, origin: moved.origin_id });
    }
    leave_bonus(tx, cx, &mut new).await?;
    store::insert(tx, cx.merchant, &new).await
}

/// Takes bonus that is not settled out of what is. What comes back counts as it did when it was taken.
async fn leave_bonus(tx: &mut Tx, cx: &Cx, new: &mut [NewEntry]) -> Result<()> {
    let origins: BTreeSet<Uuid> = new.iter().filter(|new| new.entry.kind == AccountKind::Bonus).map(|new| new.origin).collect();
    if origins.is_empty() {
        return Ok(());
    }
    let policy: SettlementPolicy = setting::ops::get(tx, cx.merchant).await?;
    let origins: Vec<Uuid> = origins.into_iter().collect();
    let mut counted: BTreeMap<(Uuid, LotId), bool> = store::bonus_counted(tx, cx.merchant, &origins).await?;
    for NewEntry { entry, origin } in new.iter_mut().filter(|new| new.entry.kind == AccountKind::Bonus) {
        let key = (*origin, entry.lot);
        let counts = if entry.amount.is_negative() {
            counted.get(&key).copied().unwrap_or(policy.bonus)
        } else {
            *counted.entry(key).or_insert(policy.bonus)
        };
        if !counts {
            entry.settled = Money::ZERO;
        }
    }
    Ok(())
}

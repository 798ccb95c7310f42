//! Cards that look as if they were passed around (R4.6): found among those who bought often, or in several stores.

use super::model::CardAlert;
use super::store;
use crate::order::store::figure::visits;
use shuke_db::Tx;
use shuke_kernel::{Cx, Date, Instant, Result, Uuid, time};
use shuke_member::pin::IdentityPolicy;
use shuke_member::{MemberId, group};
use shuke_org::setting;
use std::collections::BTreeMap;

/// Days that are looked at.
const DAYS: i32 = 7;
/// Members and days that are looked at more closely.
const SUSPECTS_MAX: i64 = 200;
/// Cards of the first page.
const CARDS_MAX: usize = 20;

/// The cards of the last days, the latest first. Counted from the orders, so that what was wholly taken back, given to
/// another member or claimed is where it belongs.
pub(super) async fn alerts(tx: &mut Tx, cx: &Cx, today: Date, stores: Option<&[Uuid]>) -> Result<Vec<CardAlert>> {
    let policy: IdentityPolicy = setting::ops::get(tx, cx.merchant).await?;
    let often = if policy.orders_day_max > 0 { policy.orders_day_max } else { i64::MAX };
    if often == i64::MAX && policy.apart_minutes == 0 {
        return Ok(Vec::new());
    }
    let days = (time::add_days(today, 1 - DAYS), today);
    let suspects = store::frequent(tx, cx.merchant, (days, stores), often, SUSPECTS_MAX).await?;
    let mut ids: Vec<Uuid> = suspects.iter().map(|(member, _)| *member).collect();
    ids.sort_unstable();
    ids.dedup();
    let numbers = group::ops::by_themselves(tx, cx, &ids.iter().copied().map(MemberId).collect::<Vec<_>>()).await?;
    ids.retain(|id| numbers.contains_key(&MemberId(*id)));
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut came: BTreeMap<(Uuid, Date), Vec<(Instant, Uuid)>> = BTreeMap::new();
    for (member, day, at, store) in visits(tx, cx.merchant, &ids, days).await? {
        if stores.is_none_or(|stores| stores.contains(&store)) {
            came.entry((member, day)).or_default().push((at, store));
        }
    }
    let alert = |(member, day): (Uuid, Date)| {
        let visits = came.get_mut(&(member, day))?;
        visits.sort_unstable();
        let signs = policy.signs(visits);
        let number = numbers.get(&MemberId(member)).filter(|_| !signs.is_empty())?.clone();
        let mut stores: Vec<Uuid> = Vec::new();
        for (_, store) in visits.iter() {
            if !stores.contains(store) {
                stores.push(*store);
            }
        }
        Some(CardAlert { member: MemberId(member), number, day, orders: i64::try_from(visits.len()).ok()?, stores, signs })
    };
    Ok(suspects.into_iter().filter_map(alert).take(CARDS_MAX).collect())
}

//! Marking, asking, showing.

use super::model::{DataSet, LakeFile, LakeState};
use super::store;
use shuke_db::Tx;
use shuke_jobs::event;
use shuke_kernel::{Cx, Instant, MerchantId, Result};
use shuke_member::MemberId;
use shuke_member::member::store::facts;
use std::collections::{BTreeSet, HashMap};

/// Counts that lines of these months changed, and with them the members.
pub(super) async fn mark(tx: &mut Tx, merchant: MerchantId, months: &BTreeSet<String>) -> Result<()> {
    for month in months {
        store::mark(tx, merchant, DataSet::Lines, month).await?;
    }
    mark_members(tx, merchant).await
}

/// Counts that members changed.
pub(super) async fn mark_members(tx: &mut Tx, merchant: MerchantId) -> Result<()> {
    store::mark(tx, merchant, DataSet::Members, "").await
}

/// Forgets whose a number was; the lake is to be written again at once without them.
pub(super) async fn forget(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<()> {
    store::forget(tx, cx.merchant, member).await?;
    store::ask(tx, cx.merchant, cx.now).await
}

/// Asks for a refresh not later than at a moment.
pub(crate) async fn ask(tx: &mut Tx, merchant: MerchantId, due: Instant) -> Result<()> {
    store::ask(tx, merchant, due).await
}

/// What the lake holds.
pub(crate) async fn show(tx: &mut Tx, cx: &Cx) -> Result<LakeState> {
    let (refreshed_at, refreshing, fault) = store::head(tx, cx.merchant).await?;
    let months = store::months(tx, cx.merchant).await?;
    let unread = event::is_behind(tx, cx.merchant, super::reader::NAME).await?;
    let behind = unread || months.iter().any(|month| month.behind);
    Ok(LakeState { refreshed_at, refreshing, behind, fault, months })
}

/// Has a month written again, because a file of it is missing.
pub(crate) async fn again(tx: &mut Tx, merchant: MerchantId, month: &str) -> Result<()> {
    store::mark(tx, merchant, DataSet::Lines, month).await
}

/// Whether the lake holds, or is to hold, any line.
pub(crate) async fn holds_any(tx: &mut Tx, merchant: MerchantId) -> Result<bool> {
    store::holds_any(tx, merchant).await
}

/// The files of lines, oldest month first.
pub(crate) async fn line_files(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<LakeFile>> {
    store::files(tx, merchant, Some(DataSet::Lines)).await
}

/// The files of members.
pub(crate) async fn member_files(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<LakeFile>> {
    store::files(tx, merchant, Some(DataSet::Members)).await
}

/// Lets a file of the store go.
pub(crate) async fn scrap(tx: &mut Tx, merchant: MerchantId, name: &str, now: Instant) -> Result<()> {
    store::scrap(tx, merchant, &[name.to_owned()], now).await
}

/// Takes a file out of the scrap, because something names it now; false where it was swept.
pub(crate) async fn keep(tx: &mut Tx, merchant: MerchantId, name: &str) -> Result<bool> {
    Ok(store::unscrap(tx, merchant, &[name.to_owned()]).await? == 1)
}

/// The numbers of members who are still there, of those who were merged that of the one who stayed.
pub(crate) async fn numbers_of(tx: &mut Tx, merchant: MerchantId, members: &[MemberId]) -> Result<Vec<(MemberId, i64)>> {
    let standing = facts::standing(tx, merchant, members).await?;
    let now: BTreeSet<MemberId> = standing.iter().map(|(_, now)| *now).collect();
    let now: Vec<MemberId> = now.into_iter().collect();
    let mut found = store::numbers(tx, merchant, &now).await?;
    if found.len() < now.len() {
        store::number(tx, merchant, &now).await?;
        found = store::numbers(tx, merchant, &now).await?;
    }
    let found: HashMap<MemberId, i64> = found.into_iter().collect();
    Ok(standing.into_iter().filter_map(|(member, now)| Some((member, *found.get(&now)?))).collect())
}

/// The members of these numbers who are still there.
pub(crate) async fn members(tx: &mut Tx, merchant: MerchantId, numbers: &[i64]) -> Result<Vec<MemberId>> {
    let found: Vec<MemberId> = store::members(tx, merchant, numbers).await?.into_iter().map(|(_, member)| member).collect();
    let now: BTreeSet<MemberId> = facts::standing(tx, merchant, &found).await?.into_iter().map(|(_, now)| now).collect();
    Ok(now.into_iter().collect())
}

/// The numbers that people see of the members of these numbers; those who are erased are left out.
pub(crate) async fn member_numbers(tx: &mut Tx, merchant: MerchantId, numbers: &[i64]) -> Result<Vec<(i64, String)>> {
    let found = store::members(tx, merchant, numbers).await?;
    let ids: Vec<MemberId> = found.iter().map(|(_, member)| *member).collect();
    let shown = facts::numbers(tx, merchant, &ids).await?;
    let of = |member: MemberId| shown.iter().find(|(id, _)| *id == member).map(|(_, number)| number.clone());
    Ok(found.into_iter().filter_map(|(number, member)| Some((number, of(member)?))).collect())
}

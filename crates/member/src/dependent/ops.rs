//! Entering, changing, removing dependents.

use super::model::Dependent;
use super::{DependentDraft, DependentId, DependentView, store};
use crate::member::{self, MemberId, View, seal};
use serde::{Deserialize, Serialize};
use shuke_db::{Row, Tx};
use shuke_http::Vault;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, MerchantId, Result};

/// Dependents of one member.
pub const DEPENDENTS_MAX: usize = 20;

/// The payload of `member.dependent_changed`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DependentChanged {
    /// Whose.
    pub member: MemberId,
    /// Which.
    pub dependent: DependentId,
    /// Whether it was removed.
    pub removed: bool,
}

fn not_found() -> Error {
    Error::not_found("dependent_not_found", "there is no such dependent")
}

/// The dependent that a draft makes, its name sealed.
pub(crate) fn sealed(vault: &Vault, merchant: MerchantId, id: DependentId, draft: &DependentDraft) -> Result<Dependent> {
    let name = draft.name.as_ref().map(|name| vault.seal(merchant, seal::DEPENDENT, name.trim())).transpose()?;
    Ok(Dependent { id, relation: draft.relation, name, gender: draft.gender, born_on: draft.born_on, due_on: draft.due_on })
}

/// The views of rows of [`super::of_member_stmt`].
pub(crate) fn views(vault: &Vault, merchant: MerchantId, view: View, rows: &[Row]) -> Result<Vec<DependentView>> {
    rows.iter()
        .map(|row| {
            let found = store::dependent(row)?;
            let name = match view {
                View::Nothing => None,
                _ => found.name.as_ref().map(|name| vault.open(merchant, seal::DEPENDENT, name)).transpose()?,
            };
            Ok(found.view(name, view))
        })
        .collect()
}

/// Enters a dependent.
///
/// Errors: `member_not_found`, `dependent_malformed`, `dependents_too_many`.
pub async fn add(tx: &mut Tx, cx: &Cx, vault: &Vault, member: MemberId, draft: &DependentDraft) -> Result<DependentView> {
    draft.check(crate::ground(tx, cx.merchant).await?.today(cx))?;
    // The member's row is held, so that two can't both be the twentieth.
    member::ops::hold(tx, cx, member).await?;
    if tx.rows(store::of_member_stmt(cx.merchant, member)).await?.len() >= DEPENDENTS_MAX {
        return Err(Error::refused("dependents_too_many", format!("a member has at most {DEPENDENTS_MAX} dependents")));
    }
    let new = sealed(vault, cx.merchant, cx.id(), draft)?;
    tx.queue(store::insert_stmt(cx, &[(member, new.clone())])).await?;
    told(tx, cx, member, new.id, false).await?;
    Ok(new.view(draft.name.clone(), View::Masked))
}

/// Changes a dependent to what is given.
///
/// Errors: `dependent_not_found`, `dependent_malformed`.
pub async fn change(
    tx: &mut Tx,
    cx: &Cx,
    vault: &Vault,
    member: MemberId,
    id: DependentId,
    draft: &DependentDraft,
) -> Result<DependentView> {
    draft.check(crate::ground(tx, cx.merchant).await?.today(cx))?;
    let new = sealed(vault, cx.merchant, id, draft)?;
    if store::update(tx, cx.merchant, member, &new).await? == 0 {
        return Err(not_found());
    }
    told(tx, cx, member, id, false).await?;
    Ok(new.view(draft.name.clone(), View::Masked))
}

/// Removes a dependent.
///
/// Errors: `dependent_not_found`.
pub async fn remove(tx: &mut Tx, cx: &Cx, member: MemberId, id: DependentId) -> Result<()> {
    if store::delete(tx, cx.merchant, member, id).await? == 0 {
        return Err(not_found());
    }
    told(tx, cx, member, id, true).await
}

/// Removes all dependents of a member who is erased.
pub(crate) async fn clear(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    store::delete_all(tx, merchant, member).await
}

async fn told(tx: &mut Tx, cx: &Cx, member: MemberId, dependent: DependentId, removed: bool) -> Result<()> {
    event::append(tx, cx, &[Event::new("member.dependent_changed", member, &DependentChanged { member, dependent, removed })]).await
}

/// Members after an id with the day on which their youngest child was born, or is expected.
pub async fn youngest(tx: &mut Tx, merchant: MerchantId, after: MemberId, limit: i64) -> Result<Vec<(MemberId, Date)>> {
    store::youngest(tx, merchant, after, limit).await
}

//! Looking at follow-ups: lists, one with what is good to know before the call, how many are due, who may do them.

use super::model::{Attempt, FollowUp, FollowUpBatchId, FollowUpId, FollowUpState};
use super::ops::{self, me, opened, opened_tries, seen};
use super::store::{self, Filter, Sealed};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shuke_db::Tx;
use shuke_http::{Caller, Permission, Role, Vault};
use shuke_kernel::{Cx, Date, Error, Limit, Page, Result, Uuid};
use shuke_loyalty::tier;
use shuke_member::consent::{self, Consent};
use shuke_member::member::{View, ops as members};
use shuke_member::{MemberBrief, MemberId};
use shuke_org::audit::{self, Entry};
use shuke_org::staff::ops as staff;
use shuke_org::store::ops as stores;
use shuke_org::{StaffId, StoreId};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Which follow-ups are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this store.
    pub store: Option<Uuid>,
    /// In this state.
    pub state: Option<FollowUpState>,
    /// Of this member.
    pub member: Option<MemberId>,
    /// Given to this member of staff.
    pub assigned_to: Option<StaffId>,
    /// Given to the caller.
    pub mine: bool,
    /// Given to nobody.
    pub unassigned: bool,
    /// Due up to this day.
    pub due_to: Option<Date>,
    /// Made by this batch.
    pub batch: Option<FollowUpBatchId>,
}

/// A follow-up in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowUpRow {
    /// The follow-up.
    #[serde(flatten)]
    pub follow_up: FollowUp,
    /// Who is to be contacted, as the caller may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<MemberBrief>,
    /// The name of whoever is to do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
}

/// A follow-up with its tries, and what is good to know before the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowUpDetail {
    /// The follow-up.
    #[serde(flatten)]
    pub row: FollowUpRow,
    /// The tries, the first one first.
    pub tries: Vec<Attempt>,
    /// The name of the member's tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// What the member said about being reached, by channel.
    pub consents: Vec<Consent>,
    /// Today in the store's zone.
    #[schema(value_type = String, format = Date)]
    pub today: Date,
}

/// How many follow-ups are open and due today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowUpCounts {
    /// Today.
    #[schema(value_type = String, format = Date)]
    pub today: Date,
    /// Due on an earlier day.
    pub overdue: i64,
    /// Due today.
    pub due_today: i64,
    /// Of both: given to the caller.
    pub mine: i64,
}

/// How to reach whom a follow-up is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowUpNumber {
    /// The name, in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The phone number, in full; absent where none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Somebody who may be given follow-ups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assignee {
    /// Who.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The stores they work in; null means all.
    pub stores: Option<Vec<StoreId>>,
}

/// The store that is asked for, or the caller's own.
///
/// Errors: `store_not_found`, `store_not_yours`.
async fn stores_of(tx: &mut Tx, caller: &Caller, store: Option<Uuid>) -> Result<Option<Vec<Uuid>>> {
    let Some(store) = store else { return Ok(caller.stores.clone()) };
    stores::show(tx, &caller.cx, StoreId(store)).await?;
    caller.may_in(store)?;
    Ok(Some(vec![store]))
}

/// With who they are about and who is to do them.
async fn with_people(tx: &mut Tx, cx: &Cx, vault: &Vault, view: View, found: Vec<Sealed>) -> Result<Vec<FollowUpRow>> {
    let mut about: Vec<MemberId> = found.iter().map(|sealed| sealed.follow_up.member).collect();
    about.sort_unstable();
    about.dedup();
    let briefs = members::viewed(tx, cx, (vault, view), &about).await?;
    let mut doers: Vec<StaffId> = found.iter().filter_map(|sealed| sealed.follow_up.assigned_to).collect();
    doers.sort_unstable();
    doers.dedup();
    let names: HashMap<StaffId, String> = staff::names(tx, cx, &doers).await?.into_iter().collect();
    let row = |sealed: Sealed| {
        let follow_up = opened(vault, cx.merchant, sealed)?;
        let assignee = follow_up.assigned_to.and_then(|id| names.get(&id).cloned());
        Ok(FollowUpRow { who: briefs.get(&follow_up.member).cloned(), assignee, follow_up })
    };
    found.into_iter().map(row).collect()
}

/// Follow-ups of the caller's stores: open ones by their day, the soonest first; else the latest day first.
///
/// Errors: `store_not_found`, `store_not_yours`, `member_not_found`.
pub async fn list(
    tx: &mut Tx,
    caller: &Caller,
    (vault, view): (&Vault, View),
    wanted: &Wanted,
    after: Option<(Date, FollowUpId)>,
    limit: Limit,
) -> Result<Page<FollowUpRow>> {
    let cx = &caller.cx;
    if let Some(member) = wanted.member {
        members::must_exist(tx, cx, member).await?;
    }
    // A program is nobody whom a follow-up could be given to.
    let own = wanted.mine.then(|| me(caller).unwrap_or(StaffId(Uuid::nil())));
    let filter = Filter {
        stores: stores_of(tx, caller, wanted.store).await?,
        state: wanted.state,
        member: wanted.member,
        assigned_to: own.or(wanted.assigned_to),
        unassigned: wanted.unassigned,
        due_to: wanted.due_to,
        batch: wanted.batch,
    };
    let found = store::page(tx, cx.merchant, &filter, after, limit.fetch()).await?;
    let page = Page::of(found, limit, |sealed| (sealed.follow_up.due_on, sealed.follow_up.id));
    Ok(Page { items: with_people(tx, cx, vault, view, page.items).await?, next: page.next })
}

/// A follow-up with its tries, and what is good to know before the next one.
///
/// Errors: `follow_up_not_found`.
pub async fn show(tx: &mut Tx, caller: &Caller, (vault, view): (&Vault, View), id: FollowUpId) -> Result<FollowUpDetail> {
    let cx = &caller.cx;
    let found = seen(tx, caller, id).await?;
    let (member, store) = (found.follow_up.member, found.follow_up.store);
    let row = with_people(tx, cx, vault, view, vec![found]).await?.pop().ok_or_else(ops::not_found)?;
    Ok(FollowUpDetail {
        tries: opened_tries(vault, cx.merchant, store::attempts(tx, cx.merchant, id).await?)?,
        tier: tier::ops::show(tx, cx, member.0).await?.name,
        consents: consent::ops::show(tx, cx, member).await?,
        today: stores::show(tx, cx, StoreId(store)).await?.parsed_zone()?.date(cx.now),
        row,
    })
}

/// How many are open and due today, by the merchant's date, or the store's where one is named.
///
/// Errors: `store_not_found`, `store_not_yours`.
pub async fn counts(tx: &mut Tx, caller: &Caller, store: Option<Uuid>) -> Result<FollowUpCounts> {
    let cx = &caller.cx;
    let stores = stores_of(tx, caller, store).await?;
    let today = match store {
        Some(store) => stores::show(tx, cx, StoreId(store)).await?.parsed_zone()?.date(cx.now),
        None => shuke_member::ground(tx, cx.merchant).await?.today(cx),
    };
    let [overdue, due_today, mine] = store::count_due(tx, cx.merchant, stores.as_deref(), (today, me(caller))).await?;
    Ok(FollowUpCounts { today, overdue, due_today, mine })
}

/// Name and number of whom an open follow-up is about, for whoever is to do it; the look is recorded. Who may see
/// personal data anyway sees it of every follow-up.
///
/// Errors: `follow_up_not_found`, `follow_up_ended`, `follow_up_not_yours`.
pub async fn number(tx: &mut Tx, caller: &Caller, vault: &Vault, id: FollowUpId) -> Result<FollowUpNumber> {
    let cx = &caller.cx;
    let found = seen(tx, caller, id).await?.follow_up;
    if !caller.reveals() {
        if found.state != FollowUpState::Open {
            return Err(Error::conflict("follow_up_ended", "this follow-up has ended already; look at what came of it"));
        }
        if found.assigned_to.is_none() || found.assigned_to != me(caller) {
            return Err(Error::refused("follow_up_not_yours", "take this follow-up over first; then you see the number"));
        }
    }
    let sealed = members::briefs(tx, cx, &[found.member]).await?.pop().ok_or_else(ops::not_found)?;
    let brief = sealed.view(vault, cx.merchant, View::Full)?;
    audit::ops::record(tx, cx, &Entry::new("member.looked", found.member).new_value(&json!({ "follow_up": id }))).await?;
    Ok(FollowUpNumber { name: brief.name, phone: brief.phone })
}

/// Who may be given follow-ups: who works in the store, or in any of the caller's, in a role that may.
///
/// Errors: `store_not_found`, `store_not_yours`.
pub async fn assignees(tx: &mut Tx, caller: &Caller, store: Option<Uuid>) -> Result<Vec<Assignee>> {
    let stores = stores_of(tx, caller, store).await?;
    let found = staff::working(tx, &caller.cx, stores.as_deref()).await?;
    let may = found.into_iter().filter(|staff| Permission::FollowUpRecord.held_by(staff.role));
    Ok(may.map(|staff| Assignee { id: staff.id, name: staff.name, role: staff.role, stores: staff.stores }).collect())
}

//! Paid memberships of two members who become one, and two again.

use super::ops::of_member_locked;
use super::{Membership, MembershipId, MembershipState, store};
use crate::book::ops::today as merchant_today;
use crate::tier::{self, Overlay};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Result, Uuid};

/// Both members' terms, locked in the order of their ids.
async fn both(tx: &mut Tx, cx: &Cx, from: Uuid, to: Uuid) -> Result<(Vec<Membership>, Vec<Membership>)> {
    let first = of_member_locked(tx, cx, from.min(to)).await?;
    let second = of_member_locked(tx, cx, from.max(to)).await?;
    Ok(if from < to { (first, second) } else { (second, first) })
}

/// Gives the absorbed member's terms to the survivor. A trial of a plan that the survivor tried as well, and
/// that is over, stays where it is. Answers which went over.
///
/// Errors: `merge_memberships` where terms of both run.
pub(crate) async fn merge(tx: &mut Tx, cx: &Cx, from: Uuid, into: Uuid) -> Result<Vec<MembershipId>> {
    if !store::any(tx, cx.merchant, from).await? {
        return Ok(Vec::new());
    }
    let today = merchant_today(tx, cx).await?;
    let (theirs, own) = both(tx, cx, from, into).await?;
    let runs = |term: &&Membership| term.state == MembershipState::Active && term.ends_on >= today;
    let tried = |term: &Membership| term.trial && own.iter().any(|other| other.trial && other.plan.id == term.plan.id);
    if theirs.iter().any(|term| runs(&term) && (tried(term) || own.iter().any(|other| runs(&other)))) {
        let why = "both members have a paid membership, or tried the same one; refund the absorbed member's first, or wait for its end";
        return Err(Error::refused("merge_memberships", why));
    }
    let terms: Vec<MembershipId> = theirs.iter().filter(|term| !tried(term)).map(|term| term.id).collect();
    give(tx, cx, from, into, &terms).await?;
    Ok(terms)
}

/// Gives them back.
///
/// Errors: `merge_used` where a term was renewed since.
pub(crate) async fn unmerge(tx: &mut Tx, cx: &Cx, from: Uuid, into: Uuid, terms: &[MembershipId]) -> Result<()> {
    if terms.is_empty() {
        return Ok(());
    }
    let (_, own) = both(tx, cx, from, into).await?;
    let active = || own.iter().filter(|term| term.state == MembershipState::Active);
    let (came, since): (Vec<&Membership>, Vec<&Membership>) = active().partition(|term| terms.contains(&term.id));
    if came
        .iter()
        .any(|term| since.iter().any(|later| later.at > term.at && later.starts_on > term.ends_on && later.plan.id == term.plan.id))
    {
        let why = "a paid membership that came over was renewed since, so the merge can't be undone; refund the renewal first";
        return Err(Error::refused("merge_used", why));
    }
    give(tx, cx, into, from, terms).await
}

/// Gives terms to another member; what lies over both tiers follows.
async fn give(tx: &mut Tx, cx: &Cx, from: Uuid, to: Uuid, terms: &[MembershipId]) -> Result<()> {
    for term in terms {
        tx.queue(store::give_stmt(cx.merchant, *term, from, to)).await?;
    }
    let today = merchant_today(tx, cx).await?;
    for member in [from.min(to), from.max(to)] {
        let left = of_member_locked(tx, cx, member).await?;
        let last = left.iter().find(|term| term.state == MembershipState::Active);
        let overlay = last.map(|term| Overlay { tier: term.plan.tier, until: term.ends_on });
        tx.queue(tier::store::overlay_stmt(cx.merchant, member, overlay, today)).await?;
    }
    Ok(())
}

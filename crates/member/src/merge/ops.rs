//! Merging two members, and undoing it.

use super::model::may_merge;
use super::{Merge, MergeDraft, MergeId, store};
use crate::MemberSettings;
use crate::belonging::{Belongings, Pair};
use crate::member::{self, MemberId, MemberState, store as members};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, MerchantId, Result, Uuid};
use shuke_org::audit::{self, Entry};
use shuke_org::{setting, text};

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 200;

/// The part that keeps who had been merged into the absorbed member before.
const LED_ON: &str = "led_on";

/// The payload of `member.merged` and `member.unmerged`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MemberMerged {
    /// The merge.
    pub merge: MergeId,
    /// Who stayed.
    pub survivor: MemberId,
    /// Who became that one.
    pub absorbed: MemberId,
}

/// Makes one member of two.
///
/// Errors: `member_not_found`, `merge_same`, `merge_kinds_differ`, `member_erased`, `member_merged`,
/// `member_not_active`, `member_merged_already`, `text_malformed`; `merge_held` where something of the absorbed
/// member is on hold, `merge_memberships` where paid memberships of both run.
pub async fn merge(tx: &mut Tx, cx: &Cx, vault: &Vault, belongings: &Belongings, draft: &MergeDraft) -> Result<Merge> {
    let reason = text::line("reason", &draft.reason, REASON_CHARS_MAX)?;
    hold_both(tx, cx, draft.survivor, draft.absorbed).await?;
    let survivor = member::ops::find(tx, cx, draft.survivor).await?;
    let absorbed = member::ops::find(tx, cx, draft.absorbed).await?;
    may_merge(&survivor, &absorbed)?;
    let merge = Merge {
        id: cx.id(),
        survivor: draft.survivor,
        absorbed: draft.absorbed,
        reason,
        at: cx.now,
        actor: cx.actor.text(),
        undone_at: None,
    };
    store::insert(tx, cx, &merge).await?;
    let pair = Pair { merge: merge.id.0, from: merge.absorbed, into: merge.survivor, at: cx.now };
    for part in belongings.parts() {
        let kept = part.merge(tx, cx, vault, pair).await?;
        store::put_part(tx, cx.merchant, merge.id, part.name(), &kept.to_string()).await?;
    }
    let led = members::lead_on(tx, cx.merchant, merge.absorbed, merge.survivor).await?;
    let led = serde_json::to_string(&led).map_err(|error| Error::internal(error.to_string()))?;
    store::put_part(tx, cx.merchant, merge.id, LED_ON, &led).await?;
    members::set_merged(tx, cx, merge.absorbed, Some(merge.survivor)).await?;
    told(tx, cx, &merge, "member.merged").await?;
    Ok(merge)
}

/// Makes two members of one again.
///
/// Errors: `merge_not_found`, `merge_undone`, `merge_undo_late`; `merge_undo_order` where the survivor was merged itself since;
/// `merge_used` where something of what came over was used since; `member_erased`.
pub async fn undo(tx: &mut Tx, cx: &Cx, vault: &Vault, belongings: &Belongings, id: MergeId) -> Result<Merge> {
    let not_found = || Error::not_found("merge_not_found", "there is no such merge");
    let merge = store::lock(tx, cx.merchant, id).await?.ok_or_else(not_found)?;
    let days = setting::ops::get::<MemberSettings>(tx, cx.merchant).await?.merge_undo_days;
    merge.may_undo(days, cx.now)?;
    hold_both(tx, cx, merge.survivor, merge.absorbed).await?;
    let survivor = member::ops::find(tx, cx, merge.survivor).await?;
    if survivor.state == MemberState::Erased {
        return Err(Error::refused("member_erased", "the member was erased since; the merge can't be undone"));
    }
    let absorbed = member::ops::find(tx, cx, merge.absorbed).await?;
    if survivor.merged_into.is_some() || absorbed.merged_into != Some(merge.survivor) {
        return Err(Error::refused("merge_undo_order", "the survivor was merged into another member since; undo that merge first"));
    }
    members::set_merged(tx, cx, merge.absorbed, None).await?;
    let kept = store::parts(tx, cx.merchant, id).await?;
    let pair = Pair { merge: merge.id.0, from: merge.absorbed, into: merge.survivor, at: merge.at };
    for part in belongings.parts().into_iter().rev() {
        // A slice that came with a later release had nothing to move.
        let Some((_, text)) = kept.iter().find(|(name, _)| name == part.name()) else { continue };
        let kept = serde_json::from_str(text).map_err(|error| Error::internal(format!("a part of merge {id}: {error}")))?;
        part.unmerge(tx, cx, vault, pair, &kept).await?;
    }
    for member in led_on(&kept)? {
        members::set_merged(tx, cx, member, Some(merge.absorbed)).await?;
    }
    store::end(tx, cx, id).await?;
    told(tx, cx, &merge, "member.unmerged").await?;
    Ok(Merge { undone_at: Some(cx.now), ..merge })
}

/// Who has by now what was sold to a member: the one into whom the member was merged, or the member. What the
/// survivor gets by that is noted, so that undoing the merge gives it back. For the rest of the transaction nobody
/// merges the member, nor undoes it. Every reader that counts something by an order asks here.
pub async fn heir(tx: &mut Tx, merchant: MerchantId, buyer: MemberId, source: Uuid) -> Result<MemberId> {
    let heir = members::survivor(tx, merchant, buyer).await?;
    if heir != buyer {
        store::put_late(tx, merchant, buyer, source).await?;
    }
    Ok(heir)
}

/// What undoing a merge gives back beside what the merge itself had moved: orders and passes that were sold to the
/// absorbed member, or to one whom that member had absorbed before, and that readers counted only afterwards.
pub async fn late(tx: &mut Tx, merchant: MerchantId, pair: Pair) -> Result<Vec<Uuid>> {
    let mut buyers = led_on(&store::parts(tx, merchant, MergeId(pair.merge)).await?)?;
    buyers.push(pair.from);
    store::late(tx, merchant, &buyers).await
}

/// Who had been merged into the absorbed member before.
fn led_on(kept: &[(String, String)]) -> Result<Vec<MemberId>> {
    let Some((_, led)) = kept.iter().find(|(name, _)| name == LED_ON) else { return Ok(Vec::new()) };
    serde_json::from_str(led).map_err(|error| Error::internal(format!("who a merge led on: {error}")))
}

/// The merges that a member had a part in, newest first.
///
/// Errors: `member_not_found`.
pub async fn list(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<Vec<Merge>> {
    member::ops::must_exist(tx, cx, member).await?;
    store::of_member(tx, cx.merchant, member).await
}

/// Forgets what undoing the merges of a member needs: the member is erased.
pub(crate) async fn forget(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<()> {
    store::forget(tx, cx.merchant, member).await
}

/// Both rows are held in the order of their ids, so that two merges of the same two can't wait for each other.
async fn hold_both(tx: &mut Tx, cx: &Cx, a: MemberId, b: MemberId) -> Result<()> {
    member::ops::hold(tx, cx, a.min(b)).await?;
    member::ops::hold(tx, cx, a.max(b)).await
}

async fn told(tx: &mut Tx, cx: &Cx, merge: &Merge, kind: &'static str) -> Result<()> {
    let payload = MemberMerged { merge: merge.id, survivor: merge.survivor, absorbed: merge.absorbed };
    audit::ops::record(tx, cx, &Entry::new(kind, merge.survivor).new_value(&payload)).await?;
    event::append(tx, cx, &[Event::new(kind, merge.survivor, &payload)]).await
}

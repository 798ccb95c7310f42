//! A merge.

use crate::member::{Member, MemberId, MemberState};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Result, id};
use utoipa::ToSchema;

id!(MergeId, "A merge of two members.");

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// A merge to be done.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeDraft {
    /// The member who stays.
    pub survivor: MemberId,
    /// The member who becomes that one.
    pub absorbed: MemberId,
    /// Why, for the history.
    pub reason: String,
}

/// A merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// The member who stayed.
    pub survivor: MemberId,
    /// The member who became that one.
    pub absorbed: MemberId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// When it was undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Instant>,
}

impl Merge {
    /// Ok where it can still be undone at a moment.
    ///
    /// Errors: `merge_undone`, `merge_undo_late`.
    pub fn may_undo(&self, days: i64, now: Instant) -> Result<()> {
        if self.undone_at.is_some() {
            return Err(Error::conflict("merge_undone", "this merge was undone already"));
        }
        if now.since_ms(self.at) > days * DAY_MS {
            return Err(Error::refused("merge_undo_late", format!("a merge can be undone for {days} days; this one is older")));
        }
        Ok(())
    }
}

/// Ok where one member can become another.
///
/// Errors: `merge_same`, `merge_kinds_differ`, `member_erased`, `member_merged`.
pub(super) fn may_merge(survivor: &Member, absorbed: &Member) -> Result<()> {
    if survivor.id == absorbed.id {
        return Err(Error::invalid("merge_same", "name two different members"));
    }
    for member in [survivor, absorbed] {
        crate::member::ops::still_there(member)?;
    }
    if survivor.kind != absorbed.kind {
        return Err(Error::refused("merge_kinds_differ", "a person and a group can't become one; add the person to the group instead"));
    }
    if survivor.state == MemberState::Frozen || absorbed.state == MemberState::Frozen {
        return Err(Error::refused("member_not_active", "one of these members is frozen; clear that up first"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Uuid;

    #[test]
    fn a_merge_can_be_undone_for_some_days() {
        let id = MemberId(Uuid::nil());
        let merge = Merge {
            id: MergeId(Uuid::nil()),
            survivor: id,
            absorbed: id,
            reason: String::new(),
            at: Instant(1_000),
            actor: String::new(),
            undone_at: None,
        };
        let may = |days, at| merge.may_undo(days, Instant(at)).map_err(|error| error.code());
        assert_eq!(may(30, 1_000 + 30 * DAY_MS), Ok(()));
        assert_eq!(may(30, 1_001 + 30 * DAY_MS), Err("merge_undo_late"));
        assert_eq!(may(0, 1_001), Err("merge_undo_late"));
        let undone = Merge { undone_at: Some(Instant(2_000)), ..merge };
        assert_eq!(undone.may_undo(30, Instant(2_000)).unwrap_err().code(), "merge_undone");
    }
}

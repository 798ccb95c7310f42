//! A follow-up, its tries, a batch; what may be recorded, and what follows.

use serde::{Deserialize, Serialize};
use shuke_kernel::time::add_days;
use shuke_kernel::{Date, Error, Instant, Result, Uuid, id, text_enum};
use shuke_member::contact::{ContactChannel, ContactDraft, ContactKind, ContactOutcome};
use shuke_member::{MemberId, TagId};
use shuke_org::StaffId;
use std::collections::HashSet;
use utoipa::ToSchema;

id!(FollowUpId, "A follow-up.");
id!(FollowUpBatchId, "Follow-ups that were made together.");

/// Characters of a reason.
pub(crate) const REASON_CHARS_MAX: usize = 80;
/// Characters of a script.
pub(crate) const SCRIPT_CHARS_MAX: usize = 2_000;
/// Characters of a note.
pub(crate) const NOTE_CHARS_MAX: usize = 1_000;
/// Days that a follow-up may be ahead.
const AHEAD_DAYS_MAX: i32 = 366;
/// Members whom one batch may be for.
pub const BATCH_MEMBERS_MAX: usize = 5_000;

text_enum! {
    /// Where a follow-up stands.
    pub enum FollowUpState {
        /// 待回访: somebody is to contact the member.
        Open = "open",
        /// 已完成: a try brought an answer.
        Done = "done",
        /// 已放弃: nobody will.
        GivenUp = "given_up",
    }
}

text_enum! {
    /// How a follow-up ended.
    pub enum FollowUpEnd {
        /// By the outcome of a try.
        Result = "result",
        /// Somebody gave it up.
        GivenUp = "given_up",
        /// The member wants no contact any more.
        Unwelcome = "unwelcome",
        /// The member was erased.
        Erased = "erased",
        /// The member was merged into one who has an open follow-up for the same reason.
        Merged = "merged",
    }
}

text_enum! {
    /// By what way somebody tried.
    pub enum FollowUpWay {
        /// 电话.
        Phone = "phone",
        /// 微信.
        Wechat = "wechat",
        /// 到店: face to face.
        Store = "store",
        /// 短信, written by hand.
        Sms = "sms",
        /// 其他.
        Other = "other",
    }
}

text_enum! {
    /// What came of a try.
    pub enum FollowUpOutcome {
        /// 没接通.
        NotReached = "not_reached",
        /// 改天再联系: reached, and asked to be contacted later.
        CallAgain = "call_again",
        /// 聊过了.
        Talked = "talked",
        /// 约了到店.
        VisitAgreed = "visit_agreed",
        /// 已购买.
        Bought = "bought",
        /// 不需要.
        NotNeeded = "not_needed",
        /// 别再联系: the member wants no contact any more.
        DoNotContact = "do_not_contact",
    }
}

impl FollowUpOutcome {
    /// Whether somebody is to try again.
    pub const fn keeps_open(self) -> bool {
        matches!(self, Self::NotReached | Self::CallAgain)
    }

    /// The contact that a try is to the member's history. None where the way is none that contacts know.
    pub(crate) fn contact(self, how: FollowUpWay, reason: &str) -> Option<ContactDraft> {
        let channel = match how {
            FollowUpWay::Phone => ContactChannel::Phone,
            FollowUpWay::Wechat => ContactChannel::Wechat,
            FollowUpWay::Store => ContactChannel::Store,
            FollowUpWay::Sms => ContactChannel::Sms,
            FollowUpWay::Other => return None,
        };
        // A talk counts as something the member took part in; a call into the void doesn't.
        let (kind, outcome) = match self {
            Self::NotReached => (ContactKind::Message, ContactOutcome::Failed),
            Self::CallAgain | Self::Talked | Self::VisitAgreed => (ContactKind::Talk, ContactOutcome::Answered),
            Self::Bought => (ContactKind::Talk, ContactOutcome::Used),
            Self::NotNeeded | Self::DoNotContact => (ContactKind::Talk, ContactOutcome::Refused),
        };
        Some(ContactDraft { channel, kind, subject: reason.to_owned(), outcome })
    }
}

/// A follow-up to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpDraft {
    /// Its id, a UUIDv7 that the client makes.
    pub id: FollowUpId,
    /// Who is to be contacted.
    pub member: MemberId,
    /// The store whose matter it is; the member's own where it is left out.
    #[serde(default)]
    pub store: Option<Uuid>,
    /// What for: 七天穿着感受. One line, at most 80 characters.
    pub reason: String,
    /// What to ask or to offer, at most 2,000 characters.
    #[serde(default)]
    pub script: String,
    /// By which day, in the store's zone: from today to 366 days ahead.
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// Who is to do it; anybody of the store where it is left out.
    #[serde(default)]
    pub assigned_to: Option<StaffId>,
}

/// Follow-ups to be made for all members with a tag.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpBatchDraft {
    /// Its id, a UUIDv7 that the client makes.
    pub id: FollowUpBatchId,
    /// Whom: everybody who has this tag now, at most 5,000 members.
    pub tag: TagId,
    /// The store whose matter it is; each member's own where it is left out.
    #[serde(default)]
    pub store: Option<Uuid>,
    /// The analysis that found these members, as the client says.
    #[serde(default)]
    pub run: Option<Uuid>,
    /// What for. One line, at most 80 characters.
    pub reason: String,
    /// What to ask or to offer, at most 2,000 characters. It is every member's: name nobody in it.
    #[serde(default)]
    pub script: String,
    /// By which day, in each store's zone: from today to 366 days ahead.
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// Who is to do it; they must work in every store that it concerns. Anybody of the store where it is left out.
    #[serde(default)]
    pub assigned_to: Option<StaffId>,
}

/// What a batch came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowUpBatch {
    /// Its id.
    pub id: FollowUpBatchId,
    /// The tag.
    pub tag: TagId,
    /// What for.
    pub reason: String,
    /// By which day.
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// Follow-ups that were made.
    pub made: i64,
    /// Members who have an open one for this reason already.
    pub had_one: i64,
    /// Members who want no contact.
    pub unwelcome: i64,
    /// Members who belong to no store, where no store was given.
    pub without_store: i64,
    /// Members of stores that are not the caller's, where no store was given.
    pub elsewhere: i64,
    /// When it was made.
    pub created_at: Instant,
}

/// What of an open follow-up can be changed: all of it is given anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUpChange {
    /// By which day.
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// Who is to do it; null for anybody of the store.
    pub assigned_to: Option<StaffId>,
}

/// A try to be recorded.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttemptDraft {
    /// By what way.
    pub how: FollowUpWay,
    /// What came of it.
    pub outcome: FollowUpOutcome,
    /// What was said, at most 1,000 characters.
    #[serde(default)]
    pub note: String,
    /// When to try again: needed where nobody was reached or it was no good moment, and only there.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub next_on: Option<Date>,
}

impl std::fmt::Debug for AttemptDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AttemptDraft").field("how", &self.how).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl AttemptDraft {
    /// The day of the next try; none where this one ends the follow-up.
    ///
    /// Errors: `follow_up_next_missing`, `follow_up_next_unneeded`, `follow_up_day_wrong`.
    pub fn next(&self, today: Date) -> Result<Option<Date>> {
        match (self.outcome.keeps_open(), self.next_on) {
            (true, Some(next)) => due(today, "/next_on", next).map(Some),
            (false, None) => Ok(None),
            (true, None) => Err(Error::invalid("follow_up_next_missing", "say when to try again, or give the follow-up up").field(
                "/next_on",
                "required",
                "a day from today on",
            )),
            (false, Some(_)) => {
                let text = "this outcome ends the follow-up; leave the next day out, or make another follow-up for it";
                Err(Error::invalid("follow_up_next_unneeded", text).field("/next_on", "not_allowed", "leave it out"))
            }
        }
    }
}

/// The day, where a follow-up may be due on it.
///
/// Errors: `follow_up_day_wrong` with the field.
pub(crate) fn due(today: Date, field: &str, wanted: Date) -> Result<Date> {
    let last = add_days(today, AHEAD_DAYS_MAX);
    if (today..=last).contains(&wanted) {
        return Ok(wanted);
    }
    let text = format!("choose a day from {today} to {last}");
    Err(Error::invalid("follow_up_day_wrong", "nobody can be followed up on this day").field(field, "out_of_range", text))
}

/// A text of several lines, without white space around it; none where nothing is left.
///
/// Errors: `text_malformed` with the field.
pub(crate) fn words(field: &str, text: &str, chars_max: usize) -> Result<Option<String>> {
    let text = text.trim();
    let control = |c: char| c.is_control() && c != '\n';
    if text.chars().count() > chars_max || text.chars().any(control) {
        let detail = format!("write at most {chars_max} characters, without control characters");
        return Err(Error::invalid("text_malformed", "a text can't be taken as it is").field(
            format!("/{field}"),
            "text_malformed",
            detail,
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    /// The first is 1.
    pub number: i64,
    /// By what way.
    pub how: FollowUpWay,
    /// What came of it.
    pub outcome: FollowUpOutcome,
    /// What was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub next_on: Option<Date>,
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: String,
}

/// A follow-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowUp {
    /// Its id.
    pub id: FollowUpId,
    /// Who is to be contacted.
    pub member: MemberId,
    /// The store whose matter it is.
    pub store: Uuid,
    /// What for; empty where the member was erased.
    pub reason: String,
    /// What to ask or to offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// By which day, in the store's zone.
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// Who is to do it; absent for anybody of the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<StaffId>,
    /// Where it stands.
    pub state: FollowUpState,
    /// How often somebody tried.
    pub attempts: i64,
    /// What came of the last try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<FollowUpOutcome>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_how: Option<FollowUpEnd>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// Who ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<String>,
    /// Why it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_note: Option<String>,
    /// The batch that made it; absent where it was made by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<FollowUpBatchId>,
    /// The analysis that found the batch's members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Uuid>,
    /// When it was made.
    pub created_at: Instant,
    /// By whom.
    pub created_by: String,
}

/// Who acts on a follow-up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hand {
    /// Whether they may say who does what.
    pub(crate) directs: bool,
    /// The member of staff that they are; none for a program.
    pub(crate) staff: Option<StaffId>,
}

impl Hand {
    /// Whether a follow-up is theirs to decide about: it is nobody's or their own, or they direct others.
    pub(crate) fn decides(self, assigned: Option<StaffId>) -> bool {
        self.directs || (self.staff.is_some() && (assigned.is_none() || assigned == self.staff))
    }
    /// Whether they may give it to somebody: to themselves, or they direct others.
    pub(crate) fn may_give(self, to: Option<StaffId>) -> bool {
        self.directs || (self.staff.is_some() && to == self.staff)
    }
}

/// Where a member of a batch comes to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A follow-up is made in this store.
    Store(Uuid),
    /// The member wants no contact.
    Unwelcome,
    /// The member belongs to no store.
    Nowhere,
    /// The member belongs to a store that isn't the caller's.
    Elsewhere,
}

/// Where each member of a batch comes to stand: in the store given, else in their own.
pub(crate) fn place(
    (member, home): (MemberId, Option<Uuid>),
    given: Option<Uuid>,
    own: Option<&[Uuid]>,
    unwelcoming: &HashSet<MemberId>,
) -> Place {
    if unwelcoming.contains(&member) {
        return Place::Unwelcome;
    }
    match (given, home) {
        (Some(store), _) => Place::Store(store),
        (None, None) => Place::Nowhere,
        (None, Some(home)) if own.is_none_or(|own| own.contains(&home)) => Place::Store(home),
        (None, Some(_)) => Place::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(day: i8) -> Date {
        Date::constant(2026, 11, day)
    }

    fn draft(outcome: FollowUpOutcome, next_on: Option<Date>) -> AttemptDraft {
        AttemptDraft { how: FollowUpWay::Phone, outcome, note: String::new(), next_on }
    }

    #[test]
    fn a_day_lies_ahead_within_a_year() {
        let today = day(22);
        assert_eq!(due(today, "/due_on", today).unwrap(), today);
        assert_eq!(due(today, "/due_on", add_days(today, 366)).unwrap(), add_days(today, 366));
        for wrong in [day(21), add_days(today, 367)] {
            let error = due(today, "/due_on", wrong).unwrap_err();
            assert_eq!((error.code(), error.fields()[0].field.as_str()), ("follow_up_day_wrong", "/due_on"));
        }
    }

    #[test]
    fn a_text_keeps_its_lines_and_nothing_else() {
        assert_eq!(words("note", " 想要\n红色 ", 10).unwrap().as_deref(), Some("想要\n红色"));
        assert_eq!(words("note", " \n ", 10).unwrap(), None);
        assert_eq!(words("note", "一二三", 2).unwrap_err().fields()[0].field, "/note");
        assert_eq!(words("note", "a\tb", 10).unwrap_err().code(), "text_malformed");
    }

    #[test]
    fn a_try_into_the_void_is_nothing_the_member_took_part_in() {
        let of = |outcome: FollowUpOutcome| outcome.contact(FollowUpWay::Phone, "回访").unwrap();
        assert_eq!(
            (of(FollowUpOutcome::NotReached).kind, of(FollowUpOutcome::NotReached).outcome),
            (ContactKind::Message, ContactOutcome::Failed)
        );
        assert_eq!((of(FollowUpOutcome::Bought).kind, of(FollowUpOutcome::Bought).outcome), (ContactKind::Talk, ContactOutcome::Used));
        assert!(FollowUpOutcome::Talked.contact(FollowUpWay::Other, "回访").is_none());
    }

    #[test]
    fn a_batch_puts_each_member_where_they_belong() {
        let (member, here, there) = (MemberId(Uuid::from_u128(1)), Uuid::from_u128(2), Uuid::from_u128(3));
        let nobody = HashSet::new();
        assert_eq!(place((member, Some(here)), None, None, &nobody), Place::Store(here));
        assert_eq!(place((member, Some(here)), Some(there), Some(&[there]), &nobody), Place::Store(there));
        assert_eq!(place((member, None), Some(there), None, &nobody), Place::Store(there));
        assert_eq!(place((member, None), None, None, &nobody), Place::Nowhere);
        assert_eq!(place((member, Some(here)), None, Some(&[there]), &nobody), Place::Elsewhere);
        assert_eq!(place((member, None), Some(here), None, &HashSet::from([member])), Place::Unwelcome);
    }

    #[test]
    fn who_does_not_direct_decides_about_their_own_and_nobodys() {
        let (me, other) = (Some(StaffId(Uuid::from_u128(1))), Some(StaffId(Uuid::from_u128(2))));
        let cashier = Hand { directs: false, staff: me };
        assert!(cashier.decides(None) && cashier.decides(me) && !cashier.decides(other));
        assert!(cashier.may_give(me) && !cashier.may_give(other) && !cashier.may_give(None));
        let manager = Hand { directs: true, staff: me };
        assert!(manager.decides(other) && manager.may_give(None));
        let program = Hand { directs: false, staff: None };
        assert!(!program.decides(None) && !program.may_give(None));
    }

    proptest! {
        #[test]
        fn an_outcome_either_names_the_next_day_or_ends_it(outcome in 0..FollowUpOutcome::ALL.len(), ahead in -400_i32..800, given in any::<bool>()) {
            let (today, outcome) = (day(22), FollowUpOutcome::ALL[outcome]);
            let next = given.then(|| add_days(today, ahead));
            match draft(outcome, next).next(today) {
                Ok(Some(on)) => prop_assert!(outcome.keeps_open() && Some(on) == next && on >= today),
                Ok(None) => prop_assert!(!outcome.keeps_open() && next.is_none()),
                Err(error) => match (outcome.keeps_open(), next) {
                    (true, None) => prop_assert_eq!(error.code(), "follow_up_next_missing"),
                    (true, Some(_)) => prop_assert!(error.code() == "follow_up_day_wrong" && !(0..=366).contains(&ahead)),
                    (false, Some(_)) => prop_assert_eq!(error.code(), "follow_up_next_unneeded"),
                    (false, None) => prop_assert!(false, "an end without a next day was refused: {}", error.code()),
                },
            }
        }
    }
}

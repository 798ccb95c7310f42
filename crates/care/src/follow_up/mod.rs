//! Follow-ups 回访: a member is to be contacted by somebody of the shop, for a reason, by a day.
//!
//! Life cycle: one is made by hand for a member, or a batch makes one for each member who has a tag (so a group that an
//! analysis found becomes work for people). It is open until somebody records what came of it. A try that reached
//! nobody, or somebody who has no time now, keeps it open with another day; any other outcome ends it. It can be given
//! up with a reason. Who asks not to be contacted any more has all consents withdrawn, and all their open follow-ups
//! end; so they do when the member says it elsewhere ([`UnwelcomeReader`]).
//!
//! Invariants: a member has at most one open follow-up for a reason, whoever makes them at the same time. Tries are
//! numbered from 1 without gaps and never change; the last try of a follow-up that is done ended it, every other left
//! it open. A batch counts what it made. Nobody is followed up who wants no contact, was erased or merged away.
//! Staff see the follow-ups of their stores.
//!
//! Privacy: who somebody is stays masked as everywhere. Only for whom an open follow-up is theirs sees the phone number,
//! and each look is recorded ([why](../../../../docs/decisions/0056-who-calls-sees-the-number.md)). Script and notes of
//! one member are sealed; a batch's script is nobody's in particular.
//!
//! Deliberately absent: sending anything; making follow-ups by a rule every night (a tag with a rule and a batch do it
//! by hand so far).

pub mod api;
mod batch;
mod look;
mod model;
pub mod ops;
mod reader;
pub(crate) mod store;
mod verify;

pub use model::{
    Attempt, AttemptDraft, FollowUp, FollowUpBatch, FollowUpBatchDraft, FollowUpBatchId, FollowUpChange, FollowUpDraft, FollowUpEnd,
    FollowUpId, FollowUpOutcome, FollowUpState, FollowUpWay,
};
pub use reader::UnwelcomeReader;
pub use verify::check;

//! Stages 阶段: prospect, new, active, loyal, marginal, dormant, lost.
//!
//! Life cycle: a member is a prospect until the first purchase. From then on the stage is a pure
//! function of the purchases, the merchant's bands and the day ([`stage_of`]). It is stored, with
//! the day on which it will change if nothing is bought; midnight looks only at members whose day
//! has come. Every change is a row with its date and its cause, and an event `member.stage_changed`.
//!
//! Invariants: the stored stage is that of the stored figures on the day it was last looked at, and
//! right until its due day. Where midnight comes late, each change still gets the day on which it
//! fell due. A whole refund of the only purchase makes the member a prospect again.
//!
//! Deliberately not here: stages as of a past day for analysis over files (`insight`), and what to
//! do about a stage (care, reach).

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Stage, StageBands, StageFacts, stage_due_on, stage_of};
pub use ops::{StageChange, StageChanged};

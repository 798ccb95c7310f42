//! Dependents 亲属、宝宝: a child or relative on a member's profile.
//!
//! Life cycle: entered, changed, removed. A child on the way has a due date; once it is born, the due
//! date gives way to the birth date.
//!
//! Invariants: never both dates. The name is sealed; relation, gender and dates are plain, because
//! age groups and due months are what shops of this trade select by.
//!
//! Deliberately not here: greetings and age journeys (care, reach).

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{DependentDraft, DependentId, DependentView, Relation};
pub(crate) use store::{insert_stmt, move_all, of_member_stmt};

//! Groups 家庭、企业: a member of kind group, and the people who belong to it.
//!
//! A household or a company is a member like any other: it has accounts, coupons, cards and orders.
//! People who are members themselves join it and leave it; while they belong to it they use its
//! cards and what is on its accounts, and the order says who did ([`ops::may_use`]).
//!
//! Invariants: a group belongs to no group; a person is in a group once; no more people than the
//! group's limit, which a CHECK on the group's counter guards. `verify` counts the people again.
//!
//! Deliberately not here: who pays for whom (an order has one member whose value pays), and one
//! person's share in a group's value: there is none.

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;
mod verify;

pub use model::{GroupDraft, GroupPart, GroupPerson, GroupView, PersonDraft};
pub use verify::check;

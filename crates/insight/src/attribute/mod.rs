//! Attributes 特征: what members have in common, from their orders and from a table of members.
//!
//! [`at_joining`] gives what was known at a member's first purchase, for questions about what came later:
//! what happened afterwards (how often she came) would explain her leaving by itself. [`so_far`] gives what
//! she has done until today, for describing a group. [`contrasts`] counts each value inside a set of members
//! and outside: lift (how many times more often than if they had nothing to do with each other), Newcombe's
//! interval of the difference, Fisher's or the χ² test, and the share of false finds among so many
//! comparisons (Benjamini and Hochberg 1995).
//!
//! Invariants: nobody is described by what only she has (free text is not read, values of few members are
//! left out); a member counts once for a value.

mod model;
mod orders;

pub use model::{Contrast, Group, bands, contrasts};
pub(crate) use orders::months;
pub use orders::{First, at_joining, firsts, so_far};

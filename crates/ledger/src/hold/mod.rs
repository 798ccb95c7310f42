//! Holds: part of a balance that is kept back for something under way.
//!
//! Life cycle: held → settled (spent), released, or expired; each ends it once. What is held can't
//! be spent otherwise: the balance never falls below it (a CHECK), and midnight sweeps nothing from an
//! account that has something on hold. A lot that ends meanwhile can't be spent all the same. A hold ends at its moment even where nobody ends it: the worker sweeps, midnight does,
//! and whoever needs the value first.
//!
//! Deliberately absent: a hold on particular lots. Settling takes the lots that a spend takes then.

mod model;
pub mod ops;
pub(crate) mod store;

pub use model::{Hold, HoldRequest};
pub use ops::{expire, hold, release, settle};

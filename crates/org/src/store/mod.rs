//! A store: a shop of the merchant, with its own time zone, in which its days begin and end.
//!
//! Life cycle: opened, changed, closed (`active: false`), opened again. It is never removed: sales,
//! stock and staff refer to it. Names are unique within the merchant. A change of the zone moves
//! where the store's days end from then on; dates that were written stay as they are.

pub mod api;
mod model;
pub mod ops;
#[expect(clippy::module_inception, reason = "the noun is a store, and so is the file of its SQL")]
mod store;

pub use model::{Store, StoreDraft, StoreId};

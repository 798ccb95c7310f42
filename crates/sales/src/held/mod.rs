//! Held carts 挂单: a cart that waits while the next customer is served.
//!
//! Life cycle: held, then resumed by any till of the store, once (a guarded UPDATE: of two tills one gets
//! it), or discarded; what nobody resumes ends with the store's local day and is removed at night. A held
//! cart is goods and wishes, not a price: it is quoted anew when somebody goes on with it, and nothing is
//! reserved for it.
//!
//! Deliberately absent: stock, coupons or points kept back for a cart that waits.

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;

pub use model::{HeldCart, HeldCartId, HeldState, HoldAsk, WaitingCart};

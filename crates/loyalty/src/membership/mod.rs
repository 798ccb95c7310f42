//! Paid membership 付费会员: a product that lays a tier over the earned one for a term.
//!
//! Life cycle: a plan is sold, or tried once for free; the term begins today, or the day after the one that
//! runs (renewal), and ends by itself. The member is reminded so many days before, once. Refunded, a term
//! that hasn't begun, or on its first day, gives the whole price back; later the price of the days that are
//! left, today not among them. Only the last term can be refunded.
//!
//! Two members who become one have their terms together, unless terms of both run: then one is refunded first.
//!
//! Invariants: its id is the client's, so a sale is booked once; a member tries a plan once; what lies over
//! the member's tier is the end of their last term; what was booked is what it cost less what was given back.
//!
//! Deliberately not here: the tier's benefits (`tier`), charging cards by itself.

pub mod api;
pub(crate) mod merge;
mod model;
mod notice;
pub mod ops;
pub(crate) mod store;
mod verify;

pub use model::*;
pub use notice::midnight;
pub use verify::check;

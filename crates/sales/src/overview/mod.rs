//! The 360° view 全景: everything about a member that staff need in front of them, in one call.
//!
//! Profile with cards, dependents, tags, fields, consents; what the member holds, with the lots that end
//! first; the tier and the way to the next; coupons that can be used; the last orders; a timeline of what
//! happened (orders, contacts, stages, tiers, and value that came or went beside a sale); notes; preferences; the relationship; groups. It is read in
//! one snapshot and keeps nothing.
//!
//! A caller who may not know who a member is sees the figures without the person, the notes and the
//! preferences; who may not see orders or balances sees the view without them.
//!
//! The till asks for less and for other things ([`counter`]): what is near, what is due, what can be used now.
//!
//! Deliberately not here: pages of any of these lists; each has its own operation.

pub mod api;
pub mod counter;
mod model;
pub mod ops;

pub use model::{Happening, HappeningKind, Moved, Movement, Overview, Sight, movements, timeline};

//! Reward orders 兑换单: what members bought with their points.
//!
//! Life cycle: reserved → handed over (a gift once; a service, priority or trial as often as it may be
//! used), or cancelled. Coupons and bonus are the member's at once. Cancelling gives back the very lots,
//! the money to the tender it came with, the piece to the stock and the room in the limits; what was used
//! can't be cancelled any more, a gift that comes back can.
//!
//! Invariants: its id is the client's, so a redemption is booked once; of two that hand over the last use
//! one is refused; what was booked is what it cost.
//!
//! Deliberately not here: the catalogue (`reward`), bookings for a service (they begin from the event).

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;
mod verify;

pub use model::*;
pub use verify::check;

//! Stamp cards 集点卡: so many stamps, and the card is full and gives something.
//!
//! Life cycle: an order stamps a member's card, by visit, amount or piece; a full card is rewarded at
//! once and the next begins with what is over. A refund takes the stamps back that the rest of the order
//! no longer earns, and the reward of a card that is no longer full, where it wasn't used. Stamps that
//! ran out of time before a card was full lapse at midnight.
//!
//! Two members who become one have their cards added up; what fills a card together is rewarded afterwards.
//!
//! Invariants: what an order stamps follows from what is left of it, so refunds in any order and split
//! lead back; a card's figures are what its orders add up to; a full card is rewarded once.
//!
//! Deliberately not here: stamps by hand; what the till shows at once (a reader stamps after the sale).

pub mod api;
pub(crate) mod merge;
mod model;
pub mod ops;
mod reader;
pub(crate) mod store;
mod verify;

pub use model::*;
pub use ops::midnight;
pub use reader::StampReader;
pub use verify::check;

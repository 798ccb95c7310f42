//! Gift cards 礼品卡: value that whoever has the card may spend.
//!
//! Life cycle: a batch makes so many cards of one face value, worth nothing yet. A card is sold (activated)
//! against money, once; it pays at checkout, in parts if need be, or goes into a member's wallet as
//! principal; it can be blocked while it is lost; a card that was not used is taken back for what was paid.
//! A refund of what a card paid goes back to the card.
//!
//! In the ledger the card itself owns its balance, in a lot that ends with the card's last local day.
//!
//! Invariants: a card is sold once; it pays no more than it holds, however many tills ask at once; a code has 80
//! bits, is stored nowhere (it follows from the server's key, the batch and the number; it is found by a
//! keyed hash), and who guesses has to wait.
//!
//! Deliberately not here: a card bought with prepaid value. Bonus would come out of it as principal.

pub mod api;
mod model;
pub mod ops;
mod sale;
pub(crate) mod store;
mod verify;

pub use model::*;
pub use sale::{CardPayment, Paying, give_back};
pub use verify::check;

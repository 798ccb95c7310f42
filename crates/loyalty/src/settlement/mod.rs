//! Settlement between stores 门店结算: what one store of a chain owes another for prepaid value.
//!
//! A member tops up at one store and spends at another: the first has the money, the second did the work.
//! Every lot of prepaid value says which store issued it; whatever another store takes from it into its
//! revenue, or into a pass or card that it sells, is an *entry*: the issuer owes it to that store. A refund
//! owes it back, to the cent, because it gives back to the very lots. The entries follow the ledger
//! ([`SettlementFollower`]), so a sale doesn't know of them.
//!
//! Passes are owed at their recognised value, visit by visit. Bonus was never paid for: whether it is
//! settled is the merchant's [`SettlementPolicy`], frozen with each entry, and what comes back is treated
//! as it was when it was taken, however the policy has changed.
//!
//! Life cycle of a statement: made over all entries of two stores up to a day, each of them once; what comes
//! in late, or is refunded later, lands in the next. Confirmed by somebody of each store, then the smaller
//! debt is set off and the rest stands on the stores' clearing accounts until it is marked paid.
//!
//! Invariants: an entry belongs to at most one statement; two stores settle each day once; a statement's
//! lines are the sums of its entries; the sum of all entries is what the ledger says.
//!
//! Deliberately not here: value of which no store is known to have issued it (opening balances, cards of the
//! time before): nobody owes it. Moving the money: it is paid outside, and marked here.

pub mod api;
mod follower;
mod model;
pub mod ops;
pub(crate) mod store;
mod verify;

pub use follower::SettlementFollower;
pub use model::*;
pub use verify::check;

//! The ledger: nothing else moves value.
//!
//! A [`journal::Journal`] collects what one cause (a sale, a refund, a top-up) does to accounts and
//! lots, and posts it in a handful of statements inside the caller's transaction. A transfer debits
//! one account and credits another by the same amount, so every entry sums to zero by construction.
//!
//! - [`account`]: points, principal, bonus and points debt of a member have a balance row, guarded by
//!   a CHECK; the shop's own accounts (cash, revenue, points issued) have none, because all sales
//!   would meet there: their balances are sums.
//! - [`lot`]: what a member holds, by expiry; which lot a spend takes and which it goes back to.
//! - [`journal`]: transfers, allocations, posting, restoring, clawing back, statements.
//! - [`seal`]: the hash chain over the entries, made in batches in the background.
//! - [`verify`]: recomputes everything and names the first thing that differs.
//!
//! Signs: a member's balance is credits less debits. What the shop owns (cash) grows by debits.

pub mod account;
pub mod journal;
pub mod lot;

pub use account::{Account, AccountKind, Holdings};
pub use journal::{Journal, Source};
pub use lot::{Allocation, Lot, LotId, LotTerms};

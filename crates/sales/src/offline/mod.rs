//! Sales without a network 离线收银: what a till knows while it is alone, and what becomes of what it sold.
//!
//! While it has a network, a till fetches a snapshot ([`snapshot`]): the catalogue with its prices,
//! the rules, the store's recent members with what they have, and a token that says until when it may sell
//! by it. Alone, it sells by that: money in cash or by a terminal of its own, the wallet up to the limit of
//! the policy; no points, no coupons, no passes. Every sale gets its id and its moment there.
//!
//! Back on the network it sends its sales. Each is taken once, by its id, in a transaction of its own:
//!
//! - `accepted`: it is an order at the price that was promised, which is the price of the rules;
//! - `booked`: it is an order as it was promised, and something was not as the till believed (the price,
//!   within the limit of the policy; stock; an offer's budget): a manager looks at it, and it is `settled`;
//! - `waiting`: it is kept whole and is no order yet, because what differs is above the limits, or the
//!   member or the balance is gone: a manager accepts it (with other payments, if need be) or declines it.
//!
//! Invariants, held by the database and `verify`: an id is taken once, with one content; an accepted, booked
//! or settled sale has its order, with the promised total; what waits or was declined has none. Nothing that
//! a till sent is ever removed.
//!
//! A sale is booked at the moment at which it was made. Goods that stock did not have are counted in first
//! (a correction that names the sale), for they were there.
//!
//! Deliberately not here: pricing in the till (it has the same rules as data), and numbers: an order's
//! number follows from its moment and id, on the till as here.

pub mod api;
mod model;
pub mod ops;
pub mod snapshot;
pub(crate) mod store;

pub use model::{Conflict, OfflineLine, OfflinePolicy, OfflineRecord, OfflineSale, OfflineState, Received};

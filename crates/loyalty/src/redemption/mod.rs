//! Redemptions 核销: uses of coupons that are counted one by one.
//!
//! A service voucher is redeemed by count, with a sale or without one: so many times a bath, as many
//! are left on it. A redemption without a sale can be undone, once; one of an order is undone with the
//! order. Coupons with a limit in a period are counted here at every use, by member and template.
//!
//! Invariants, held by the database: no coupon is used more often than it may, nor by anybody but its
//! member; a member uses no more of a template in a period than its terms say; what was undone once is
//! not undone again; a period counts what was used in it and not given back.
//!
//! Deliberately not here: uses of other coupons in orders. The order's savings are their record.

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;
mod verify;

pub use model::*;
pub use ops::{OrderUse, count_periods, give_back, use_in_order};
pub use verify::check;

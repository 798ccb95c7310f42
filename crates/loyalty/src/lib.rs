//! What a member earns and holds: tier, points, wallet and coupons.
//!
//! Start reading in [`rule`], the words that every rule uses to speak about a sale; then one folder
//! per noun. `model.rs` of each folder is pure: types and rules, functions of values with the time
//! among them. The price engine in the `offer` crate calls these rules; nothing here prices a cart.

pub mod book;
pub mod coupon;
pub mod points;
pub mod rule;
pub mod template;
pub mod tier;
pub mod wallet;

//! Kits 组合商品: a variant that is sold as one line and takes the stock of its parts.
//!
//! A kit has a price of its own and is not counted itself; each of its parts is. What is paid for it is
//! spread over the parts by their list prices and frozen on the order's line, with what each part cost.
//! A kit comes back as it was sold, whole or by pieces of the kit, and its parts go back to stock by
//! cumulative rounding.
//!
//! Invariants: a kit holds no kit; the parts' shares add up to the line's net.
//!
//! Deliberately absent: taking back a single part of a kit, and kits that the customer puts together.

pub mod api;
mod model;
pub mod ops;
pub(crate) mod store;

pub use model::{Kit, KitPart, LinePart, PARTS_MAX, line_parts};

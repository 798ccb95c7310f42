//! The values that every other crate speaks in: ids, money, points, rates, time, errors, pages.
//!
//! Nothing here does I/O and nothing is async. Money and points are 64-bit integers; there is no
//! floating-point number in this crate. Whatever depends on the time, on randomness or on a new id
//! takes it from a [`Cx`], so that a test can set all three.

pub mod cx;
pub mod error;
pub mod id;
pub mod lunar;
pub mod money;
pub mod page;
pub mod split;
pub mod time;
pub mod value;

pub use cx::{Actor, Cx, Random};
pub use error::{Error, FieldError, Kind, Result};
pub use id::MerchantId;
pub use money::{Currency, Money, Points, Rate, grouped};
pub use page::{Cursor, Limit, Page};
pub use time::{Clock, Instant, Zone};

/// The calendar date type used for expiries, birthdays and business days.
pub use jiff::civil::Date;
/// The 16-byte key type. Clients may make them (version 7), the server makes the rest.
pub use uuid::Uuid;

//! Habits 消费习惯: what a member's orders tell about what they like.
//!
//! Favourite categories, products and stores by what was paid and not given back; hours, weekdays and
//! ways to pay by how often. Derived when it is asked for, from the orders of a year (at most 300), so it
//! is never stale and nothing has to be kept; shown together with what the member says themselves
//! ([`shuke_member::preference`]).
//!
//! Deliberately not here: segments by habits (reach) and predictions (insight).

pub mod api;
mod model;
pub mod ops;

pub use model::{Habits, Liked, Preferences, Sold, habits};

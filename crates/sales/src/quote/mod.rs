//! Quotes: what a cart would cost this customer here and now, and why.
//!
//! A quote writes nothing and holds nothing. It shares with checkout the one read of everything that
//! a price depends on ([`Facts`]) and the pure engine, so that both come to the same figure.

pub mod api;
pub mod example;
pub mod facts;
mod offers;

pub use facts::{Ask, Facts};

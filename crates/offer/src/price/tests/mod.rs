//! Tests of the price engine: documented behaviour by example, and properties of any cart.

mod examples;
mod kinds;
mod properties;
mod shop;

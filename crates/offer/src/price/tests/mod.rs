//! Tests of the price engine: documented behaviour by example, and properties of any cart.

mod examples;
mod properties;
mod shop;

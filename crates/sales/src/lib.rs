//! The catalogue, stock, and what happens at the till.

pub mod product;
pub mod stock;

//! Scenarios of the catalogue, stock and the till, on both databases.

mod catalogue;
mod stock;
mod support;

//! The price engine: one pure function, [`price`].
mod model;

pub use model::*;

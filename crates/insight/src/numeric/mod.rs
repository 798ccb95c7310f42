//! The mathematics that the models share: special functions that don't overflow, one optimiser, fixed
//! quadrature, a small generator of random numbers that is given its seed.
//!
//! Everything is a pure function of `f64`. Money enters as minor units and leaves as minor units; what is
//! between is a model of the future, never value.

pub mod many;
pub mod newton;
pub mod quadrature;
pub mod random;
pub mod special;

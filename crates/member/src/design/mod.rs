//! Card designs 卡面: where on a printed card what stands.
//!
//! A design is a size and a list of elements (text, barcode, QR code, line) with side, place and size
//! in tenths of a millimetre. Texts hold placeholders ({number}, {batch}, {issued_on}, {store}); filling them in for
//! a card gives what a card printer needs. Designs are changed freely: a printed card doesn't follow.
//!
//! Deliberately not here: pictures, and driving the printer.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{Align, CardDesign, CardDesignDraft, CardDesignId, Element, ElementKind, Filling, Side};

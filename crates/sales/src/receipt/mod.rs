//! Receipts 小票: an order, a refund or a top-up on paper, on a screen, or as a printer's bytes.
//!
//! One model ([`Slip`](model::Slip)) is laid out once into rows of a paper's width, and the rows are
//! rendered as text, HTML or ESC/POS ([`render`](mod@render)), so that all three say the same. Paper of
//! 58 mm has 32 columns, of 80 mm 48; a Chinese character takes two. Texts go to the printer in GBK.
//!
//! What it says is frozen on the document; header, footer and care texts are those of the settings as they
//! are now. The first print is the original, each later one is marked as a copy with its number: a counter
//! that rises in the print's own transaction, so that two tills can't both print an original.
//!
//! Deliberately absent: talking to a printer (the till sends the bytes), pictures, invoices 发票.

pub mod api;
mod layout;
mod model;
pub mod ops;
mod render;
mod slip;
pub(crate) mod store;

pub use model::{CareText, PaperWidth, PrintAsk, Printed, ReceiptFormat, ReceiptKind, ReceiptPolicy};

//! What the binary `shuke` is wired from.

pub mod import;

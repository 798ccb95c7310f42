//! The first run: a server without a merchant takes one from whoever comes first, and then never
//! again this way.
//!
//! The first merchant has number 1, so that of two who set up at once the primary key refuses one.
//! Until then the server should listen on the shop's own machine only (the default).

pub mod api;

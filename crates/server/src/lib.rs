//! What the binary `shuke` is made of.
//!
//! - [`wiring`]: every slice's operations, readers and jobs, one line each; the OpenAPI document.
//! - [`config`]: where the data is, and the master key.
//! - [`serve`]: listening, the worker, stopping.
//! - [`midnight`]: what happens once a local day, in its fixed order.
//! - [`pages`]: the start page.
//! - [`cmd`]: the command line, one file a command.
//! - [`export`]: taking a shop's data out.
//! - [`import`]: reading shops' files.
//! - [`look`]: due work looked for again and again.
//! - [`lake`]: what is kept of the orders for analysis; [`insight`]: analyses of it.
//! - [`upload`]: importing and exporting in a browser.
//! - [`demo`]: a shop that has been open for a year and a half.

pub mod cmd;
pub mod config;
pub mod demo;
pub mod export;
pub mod import;
pub mod insight;
pub mod lake;
pub mod look;
pub mod midnight;
pub mod pages;
pub mod serve;
pub mod upload;
pub mod wiring;

//! Settings: typed sections, each defined by the slice that reads it.
//!
//! A slice declares a type, gives it a name and a check, and offers its own operation to change it,
//! so that the OpenAPI document knows its fields:
//!
//! ```
//! use shuke_org::setting::Section;
//! #[derive(Default, serde::Serialize, serde::Deserialize)]
//! struct RoundingOff {
//!     unit: i64,
//! }
//! impl Section for RoundingOff {
//!     const NAME: &'static str = "rounding_off";
//!     fn check(&self) -> shuke_kernel::Result<()> {
//!         Ok(())
//!     }
//! }
//! ```
//!
//! A section that was never set is its type's default. A change raises the merchant's book version,
//! so that whoever keeps rules in memory reads them again, and is recorded in the audit log.

pub mod api;
pub mod ops;
mod store;

use serde::{Serialize, de::DeserializeOwned};
use shuke_kernel::Result;

/// A section of the settings. Fields added later need `#[serde(default)]`.
pub trait Section: Serialize + DeserializeOwned + Default + Send + Sync {
    /// The name under which it is kept: a noun, snake_case.
    const NAME: &'static str;
    /// Refuses values that can't be, each with its field.
    fn check(&self) -> Result<()>;
}

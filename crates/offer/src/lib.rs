//! Automatic promotions, and the price engine.
//!
//! Start reading in [`price`]: one pure function that prices a cart in the order of the domain's
//! laws and explains itself. [`threshold`] holds the first kind of promotion (满减).

pub mod price;
pub mod threshold;

use shuke_http::{App, OpenApiRouter};

/// Every operation of this crate.
pub fn routes() -> OpenApiRouter<App> {
    threshold::api::routes()
}

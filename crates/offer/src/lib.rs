//! Automatic promotions, and the price engine.
//!
//! Start reading in [`price`]: one pure function that prices a cart in the order of the domain's
//! laws and explains itself. [`offer`] holds promotions of every kind.

pub mod belonging;
pub mod offer;
pub mod price;

use shuke_http::{App, OpenApiRouter};
use shuke_jobs::Runner;
use shuke_ledger::verify::Check;

/// What `verify` computes again about this crate's tables.
pub const CHECKS: &[Check] = &[offer::check];

/// Adds this crate's readers.
pub fn runner(runner: Runner) -> Runner {
    runner.reader(offer::GrantReader)
}

/// Every operation of this crate.
pub fn routes() -> OpenApiRouter<App> {
    offer::api::routes()
}

/// What this crate wants to be done once with a server's state.
pub fn prepare(app: &shuke_http::AppInner) {
    app.slot::<shuke_member::belonging::Belongings>().add(belonging::OfferPart);
}

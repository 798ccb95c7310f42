//! Who may do what, where: the merchant, its stores and tills, its staff and their sessions, API
//! keys for programs, settings, and the audit log.
//!
//! Start reading at [`merchant`] (how a merchant comes into being), then [`session`] (how a request
//! is told from a stranger's).
//!
//! | noun | it is |
//! |---|---|
//! | [`merchant`] | the brand that owns the data; its number leads every key |
//! | [`store`] | a shop of the merchant, with its own time zone |
//! | [`till`] | a device where sales are made, with a short number |
//! | [`staff`] | a person who signs in: role, stores, password |
//! | [`session`] | a signed-in person's proof, and the limits on guessing |
//! | [`device`] | a machine that stands at a till, and signing in on it with a PIN |
//! | [`key`] | a program's proof: scopes, stores, expiry |
//! | [`totp`] | the second factor: codes of an authenticator app |
//! | [`webhook`] | a merchant's programs hear of events |
//! | [`message`] | what goes out to a person's phone: an outbox |
//! | [`setting`] | typed sections that the slices define |
//! | [`approval`] | a second person's word for a write above a limit |
//! | [`audit`] | who changed what, from what to what; append-only |
//! | [`preset`] | what a trade starts with |
//! | [`setup`] | the first run: one merchant, one store, one owner |
//!
//! Deliberately absent: an in-memory cache of sessions or roles. Who is revoked loses access with
//! the next request, on every server.

pub mod approval;
pub mod audit;
mod authenticator;
pub mod device;
pub mod fixture;
pub mod key;
pub mod merchant;
pub mod message;
pub mod preset;
pub mod session;
pub mod setting;
pub mod setup;
pub mod staff;
pub mod store;
pub mod text;
pub mod till;
pub mod totp;
pub mod webhook;

pub use approval::ApprovalId;
pub use authenticator::OrgAuthenticator;
pub use device::DeviceId;
pub use key::KeyId;
pub use merchant::Trade;
pub use staff::StaffId;
pub use store::StoreId;
pub use till::TillId;

use shuke_db::Db;
use shuke_http::{App, OpenApiRouter};
use shuke_jobs::Runner;
use shuke_kernel::{Cx, Result};

/// Every operation of this crate.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(setup::api::routes())
        .merge(session::api::routes())
        .merge(merchant::api::routes())
        .merge(setting::api::routes())
        .merge(store::api::routes())
        .merge(till::api::routes())
        .merge(staff::api::routes())
        .merge(key::api::routes())
        .merge(approval::api::routes())
        .merge(audit::api::routes())
        .merge(totp::api::routes())
        .merge(webhook::api::routes())
        .merge(message::api::routes())
        .merge(device::api::routes())
}

/// Adds the reader and the task of this crate.
#[must_use]
pub fn runner(runner: Runner) -> Runner {
    runner.reader(webhook::WebhookReader).task("sign_in", session::limit::SWEEP_MS, session::limit::sweep())
}

/// What midnight does here: deliveries and messages of long ago go. Returns how many.
pub async fn midnight(db: &Db, cx: &Cx) -> Result<u64> {
    db.write(cx, |tx, cx| Box::pin(async move { Ok(webhook::ops::prune(tx, cx).await? + message::ops::prune(tx, cx).await?) })).await
}

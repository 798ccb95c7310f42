//! Care for members outside of sales and messages: what somebody of the shop does for one of them.
//!
//! | noun | it is |
//! |---|---|
//! | [`follow_up`] | 回访: a task to contact a member, with a script, a day, the tries and what came of them |
//!
//! Start reading at [`follow_up`].
//!
//! Deliberately absent: what is sent to many without a person (reach).

pub mod belonging;
pub mod follow_up;

use shuke_http::{App, OpenApiRouter};
use shuke_jobs::Runner;
use shuke_ledger::verify::Check;

/// What `verify` computes again about this crate's tables.
pub const CHECKS: &[Check] = &[follow_up::check];

/// Adds this crate's readers.
pub fn runner(runner: Runner) -> Runner {
    runner.reader(follow_up::UnwelcomeReader)
}

/// Every operation of this crate.
pub fn routes() -> OpenApiRouter<App> {
    follow_up::api::routes()
}

/// What this crate wants to be done once with a server's state.
pub fn prepare(app: &shuke_http::AppInner) {
    app.slot::<shuke_member::belonging::Belongings>().add(belonging::CarePart);
}

//! The reader that puts events on their way.

use super::ops;
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::Cx;

/// Follows every kind of event and writes a delivery for each webhook that wants it.
#[derive(Clone, Copy, Debug)]
pub struct WebhookReader;

impl Reader for WebhookReader {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn wants(&self, _kind: &str) -> bool {
        true
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(ops::dispatch(tx, cx, event))
    }
}

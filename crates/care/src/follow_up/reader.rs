//! The reader that hears who wants no contact any more.

use super::ops;
use serde::Deserialize;
use shuke_db::{Future, Tx};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::Cx;
use shuke_member::MemberId;

/// Follows `member.consent_changed`: the open follow-ups of who wants no contact end.
#[derive(Clone, Copy, Debug)]
pub struct UnwelcomeReader;

/// What of the event is read here.
#[derive(Debug, Deserialize)]
struct Changed {
    member: MemberId,
    granted: bool,
}

impl Reader for UnwelcomeReader {
    fn name(&self) -> &'static str {
        "follow_up_unwelcome"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "member.consent_changed"
    }

    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(async move {
            let changed: Changed = event.read()?;
            if changed.granted {
                return Ok(());
            }
            ops::unwelcome(tx, cx, changed.member).await
        })
    }
}

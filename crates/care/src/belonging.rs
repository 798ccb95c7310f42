//! The part of care of a member: follow-ups and their tries.

use crate::follow_up::ops;
use serde_json::Value;
use shuke_db::{Future, Tx};
use shuke_http::Vault;
use shuke_kernel::{Cx, Error};
use shuke_member::MemberId;
use shuke_member::belonging::{Belonging, Pair};

/// The part of care.
#[derive(Clone, Copy, Debug)]
pub struct CarePart;

impl Belonging for CarePart {
    fn name(&self) -> &'static str {
        "care"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["follow_up"]
    }

    fn export<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, vault: &'t Vault, member: MemberId) -> Future<'t, Value> {
        Box::pin(ops::export(tx, cx, vault, member))
    }

    fn erase<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, member: MemberId) -> Future<'t, ()> {
        Box::pin(ops::erase(tx, cx, member))
    }

    fn merge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, pair: Pair) -> Future<'t, Value> {
        Box::pin(async move {
            let moved = ops::merge(tx, cx, pair).await?;
            serde_json::to_value(moved).map_err(|error| Error::internal(error.to_string()))
        })
    }

    fn unmerge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, pair: Pair, kept: &'t Value) -> Future<'t, ()> {
        Box::pin(async move {
            let kept: ops::Moved =
                serde_json::from_value(kept.clone()).map_err(|error| Error::internal(format!("a part of a merge: {error}")))?;
            ops::unmerge(tx, cx, pair, &kept).await
        })
    }
}

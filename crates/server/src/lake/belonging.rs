//! The part of the lake of a member: whose number it is.

use super::{ops, store};
use serde_json::{Value, json};
use shuke_db::{Future, Tx};
use shuke_http::Vault;
use shuke_kernel::{Cx, Result};
use shuke_member::MemberId;
use shuke_member::belonging::{Belonging, Pair};

/// The part of the lake.
#[derive(Clone, Copy, Debug)]
pub struct LakePart;

impl Belonging for LakePart {
    fn name(&self) -> &'static str {
        "lake"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["lake_member"]
    }

    fn export<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, member: MemberId) -> Future<'t, Value> {
        Box::pin(async move {
            let numbers = store::numbers(tx, cx.merchant, &[member]).await?;
            Ok(json!({ "number": numbers.first().map(|(_, number)| *number) }))
        })
    }

    /// The number is forgotten at once; the reader has the months written again without it.
    fn erase<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, member: MemberId) -> Future<'t, ()> {
        Box::pin(ops::forget(tx, cx, member))
    }

    /// Nothing moves: the reader has the months of both written again, with the number of the one who stayed.
    fn merge<'t>(&'t self, _: &'t mut Tx, _: &'t Cx, _: &'t Vault, _: Pair) -> Future<'t, Value> {
        Box::pin(async { Result::Ok(Value::Null) })
    }

    fn unmerge<'t>(&'t self, _: &'t mut Tx, _: &'t Cx, _: &'t Vault, _: Pair, _: &'t Value) -> Future<'t, ()> {
        Box::pin(async { Ok(()) })
    }
}

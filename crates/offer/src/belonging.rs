//! The part of offers of a member: how often they used which.

use crate::offer::store;
use serde_json::{Value, json};
use shuke_db::{Future, Tx};
use shuke_http::Vault;
use shuke_kernel::{Cx, Error, Result, Uuid};
use shuke_member::MemberId;
use shuke_member::belonging::{Belonging, Pair};

/// The part of offers.
#[derive(Clone, Copy, Debug)]
pub struct OfferPart;

impl Belonging for OfferPart {
    fn name(&self) -> &'static str {
        "offer"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["offer_member", "offer_use"]
    }

    fn export<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, member: MemberId) -> Future<'t, Value> {
        Box::pin(async move {
            let uses = store::counted_for(tx, cx.merchant, member.0).await?;
            let told: Vec<Value> = uses
                .into_iter()
                .map(|((order, offer, period), live)| json!({ "order": order, "offer": offer, "period": period, "live": live > 0 }))
                .collect();
            Ok(json!({ "uses": told }))
        })
    }

    fn erase<'t>(&'t self, _: &'t mut Tx, _: &'t Cx, _: MemberId) -> Future<'t, ()> {
        // Nothing here tells who somebody is.
        Box::pin(async { Ok(()) })
    }

    fn merge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, pair: Pair) -> Future<'t, Value> {
        Box::pin(async move {
            let keys = give(tx, cx, pair.from.0, pair.into.0, None).await?;
            serde_json::to_value(keys).map_err(|error| Error::internal(error.to_string()))
        })
    }

    fn unmerge<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, _: &'t Vault, pair: Pair, kept: &'t Value) -> Future<'t, ()> {
        Box::pin(async move {
            let keys: Vec<store::UseKey> =
                serde_json::from_value(kept.clone()).map_err(|error| Error::internal(format!("a part of a merge: {error}")))?;
            give(tx, cx, pair.into.0, pair.from.0, Some(&keys)).await.map(|_| ())
        })
    }
}

/// Counts the uses of one member for another: all, or these. Answers which.
async fn give(tx: &mut Tx, cx: &Cx, from: Uuid, to: Uuid, only: Option<&[store::UseKey]>) -> Result<Vec<store::UseKey>> {
    let mut uses = store::counted_for(tx, cx.merchant, from).await?;
    uses.retain(|(key, _)| only.is_none_or(|only| only.contains(key)));
    for (key, live) in &uses {
        store::give(tx, cx.merchant, (from, to), key, *live).await?;
    }
    Ok(uses.into_iter().map(|(key, _)| key).collect())
}

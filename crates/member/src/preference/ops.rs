//! Keeping what members say they like.

use super::{Declared, DeclaredPreferences, store};
use crate::member::{self, MemberId};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, MerchantId, Result};

const SEAL: &str = "member_preference.declared";

/// The payload of `member.preferences_declared`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PreferencesDeclared {
    /// Whose.
    pub member: MemberId,
}

/// What a member says they like; nothing where nothing was said.
pub async fn find(tx: &mut Tx, cx: &Cx, vault: &Vault, member: MemberId) -> Result<DeclaredPreferences> {
    let Some(row) = tx.row(store::find_stmt(cx.merchant, member)).await? else { return Ok(DeclaredPreferences::default()) };
    let text = vault.open(cx.merchant, SEAL, &row.get::<String>(0)?)?;
    let declared = serde_json::from_str(&text).map_err(|error| Error::internal(format!("declared preferences: {error}")))?;
    Ok(DeclaredPreferences { declared, changed_at: Some(row.get(1)?) })
}

/// Writes what a member says they like, whole.
///
/// Errors: `preferences_malformed`, `member_not_found`, `member_erased`.
pub async fn declare(tx: &mut Tx, cx: &Cx, vault: &Vault, member: MemberId, declared: &Declared) -> Result<DeclaredPreferences> {
    let declared = declared.checked()?;
    member::ops::must_be_there(tx, cx, member).await?;
    put(tx, cx, vault, member, &declared).await?;
    event::append(tx, cx, &[Event::new("member.preferences_declared", member, &PreferencesDeclared { member })]).await?;
    Ok(DeclaredPreferences { declared, changed_at: Some(cx.now) })
}

async fn put(tx: &mut Tx, cx: &Cx, vault: &Vault, member: MemberId, declared: &Declared) -> Result<()> {
    let text = serde_json::to_string(declared).map_err(|error| Error::internal(error.to_string()))?;
    store::put(tx, cx, member, &vault.seal(cx.merchant, SEAL, &text)?).await
}

/// Adds to a member's preferences those of another that the member lacks. Answers their keys.
pub(crate) async fn merge(tx: &mut Tx, cx: &Cx, vault: &Vault, from: MemberId, into: MemberId) -> Result<Vec<String>> {
    let theirs = find(tx, cx, vault, from).await?.declared;
    let mut ours = find(tx, cx, vault, into).await?.declared;
    let mut added = Vec::new();
    for (key, text) in theirs.0 {
        if let std::collections::btree_map::Entry::Vacant(place) = ours.0.entry(key) {
            added.push(place.key().clone());
            place.insert(text);
        }
    }
    if !added.is_empty() {
        put(tx, cx, vault, into, &ours).await?;
    }
    Ok(added)
}

/// Takes away again what [`merge`] added.
pub(crate) async fn unmerge(tx: &mut Tx, cx: &Cx, vault: &Vault, into: MemberId, added: &[String]) -> Result<()> {
    if added.is_empty() {
        return Ok(());
    }
    let mut ours = find(tx, cx, vault, into).await?.declared;
    ours.0.retain(|key, _| !added.contains(key));
    if ours.0.is_empty() {
        return store::delete(tx, cx.merchant, into).await;
    }
    put(tx, cx, vault, into, &ours).await
}

/// Removes the preferences of a member who is erased.
pub(crate) async fn clear(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    store::delete(tx, merchant, member).await
}

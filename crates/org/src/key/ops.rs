//! Making, revoking, finding keys.

use super::model::{Key, KeyDraft, KeyId, KeyRotation, KeyToken};
use super::store;
use crate::{audit, store as stores};
use shuke_db::{Db, Tx};
use shuke_http::perm::Permissions;
use shuke_http::{Caller, Role, Vault};
use shuke_kernel::{Actor, Cx, Error, Instant, Limit, Page, Random, Result};

/// Makes a key. `token` is the one to show; only its hash is kept.
///
/// Errors: `scope_unknown`, `scope_not_held`, `expiry_past`, `store_unknown`, `text_malformed`.
pub async fn create(tx: &mut Tx, cx: &Cx, held: Permissions, draft: &KeyDraft, token: &KeyToken, vault: &Vault) -> Result<Key> {
    let key = draft.key(token.key, cx.actor.text(), cx.now, held)?;
    if let Some(ids) = &key.stores {
        stores::ops::must_exist(tx, cx, ids).await?;
    }
    store::insert(tx, cx.merchant, &key, &token.hash(vault)).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("key.created", key.id).new_value(&key)).await?;
    Ok(key)
}

/// Revokes a key: it counts no more from the next request on. One that is revoked stays so.
///
/// Errors: `key_not_found`.
pub async fn revoke(tx: &mut Tx, cx: &Cx, id: KeyId) -> Result<()> {
    let missing = || Error::not_found("key_not_found", "there is no such API key");
    let key = store::find(tx, cx.merchant, id).await?.ok_or_else(missing)?.key;
    if key.revoked_at.is_some() {
        return Ok(());
    }
    store::revoke(tx, cx.merchant, id, cx.now).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("key.revoked", id).old(&key)).await
}

/// Gives a key another token; the one until now counts on for the overlap, one before that no more.
///
/// Errors: `key_not_found`, `key_ended` where it is revoked or has run out, `scope_not_held`, `overlap_out_of_range`, `expiry_past`.
pub async fn rotate(tx: &mut Tx, cx: &Cx, held: Permissions, token: &KeyToken, rotation: &KeyRotation, vault: &Vault) -> Result<Key> {
    let missing = || Error::not_found("key_not_found", "there is no such API key");
    let old = store::find(tx, cx.merchant, token.key).await?.ok_or_else(missing)?;
    if !old.key.lives(cx.now) {
        return Err(Error::refused("key_ended", "this key is revoked or has run out; make another"));
    }
    // A token is all that its key may do: nobody gets one for more than they may do themselves.
    let given = old.key.permissions();
    if given.and(held) != given {
        return Err(Error::refused("scope_not_held", "this key may do more than you; ask somebody who may do all of it"));
    }
    let until = rotation.old_until(cx.now)?;
    let new = Key { rotated_at: Some(cx.now), old_until: Some(until), expires_at: rotation.expires_at, ..old.key.clone() };
    if !store::rotate(tx, cx.merchant, &new, &old.hash, &token.hash(vault)).await? {
        return Err(Error::conflict("key_changed", "somebody else has just changed this key; look again"));
    }
    audit::ops::record(tx, cx, &audit::Entry::new("key.rotated", new.id).old(&old.key).new_value(&new)).await?;
    Ok(new)
}

/// Keys, oldest first, revoked ones too.
pub async fn list(tx: &mut Tx, cx: &Cx, after: Option<KeyId>, limit: Limit) -> Result<Page<Key>> {
    Ok(Page::of(store::page(tx, cx.merchant, after, limit).await?, limit, |key| key.id))
}

/// Who a token belongs to: one row by its key.
///
/// Errors: `key_invalid`.
pub(crate) async fn caller_of(db: &Db, vault: &Vault, token: &KeyToken, now: Instant, random: &Random) -> Result<Caller> {
    let found = db.read(token, |tx, token| Box::pin(store::find(tx, token.merchant, token.key))).await?;
    let hash = token.hash(vault);
    let found = found.filter(|found| found.knows(&hash, now) && found.key.lives(now));
    let key = found.ok_or_else(invalid)?.key;
    Ok(Caller {
        cx: Cx { merchant: token.merchant, actor: Actor::Key(key.id.0), now, random: random.clone() },
        role: Role::Owner,
        stores: key.stores.as_ref().map(|stores| stores.iter().map(|store| store.0).collect()),
        permissions: key.permissions(),
        name: key.name,
    })
}

/// What a program with a key that doesn't count is told, whatever the reason.
pub(crate) fn invalid() -> Error {
    Error::unauthenticated("key_invalid", "this API key is unknown, revoked or has run out; ask the owner for another")
}

//! Setting the account up, linking, and signing in by WeChat.

use super::model::{Account, OPENID, WechatAccount, WechatDraft, WechatLink, index};
use super::store;
use crate::MemberId;
use crate::sign_in::{self, MemberToken};
use serde_json::{Value, json};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_kernel::{Cx, Error, MerchantId, Result};
use shuke_org::audit::{self, Entry};

/// The merchant's account.
///
/// Errors: `wechat_off`.
pub(crate) async fn account(tx: &mut Tx, merchant: MerchantId) -> Result<Account> {
    let off = || Error::refused("wechat_off", "this shop has no WeChat account set; the owner can set one under the settings of the card");
    store::account(tx, merchant).await?.ok_or_else(off)
}

/// The merchant's account, where there is one.
pub(crate) async fn find(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Account>> {
    store::account(tx, merchant).await
}

/// Sets the account.
///
/// Errors: those of [`WechatDraft`].
pub(super) async fn set(tx: &mut Tx, cx: &Cx, vault: &Vault, draft: &WechatDraft, private: bool) -> Result<WechatAccount> {
    let before = store::account(tx, cx.merchant).await?;
    let account = draft.account(vault, cx.merchant, before, private)?;
    store::put_account(tx, cx, &account).await?;
    audit::ops::record(tx, cx, &Entry::new("wechat.account_set", &account.app_id)).await?;
    Ok(Some(account).into())
}

/// Takes the account away. Links stay, and count again when the same account is set again.
pub(super) async fn remove(tx: &mut Tx, cx: &Cx) -> Result<()> {
    if store::remove_account(tx, cx.merchant).await? {
        audit::ops::record(tx, cx, &Entry::new("wechat.account_removed", cx.merchant)).await?;
    }
    Ok(())
}

/// A member's link to the account that is set now.
pub(super) async fn show(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<WechatLink> {
    let account = store::account(tx, cx.merchant).await?;
    let link = store::of_member(tx, cx.merchant, member).await?;
    let counts = |app: &str| account.as_ref().is_some_and(|account| account.app_id == app);
    Ok(WechatLink { linked_at: link.filter(|(app, ..)| counts(app)).map(|(.., at)| at) })
}

/// Links an openid; the same once more changes nothing.
///
/// Errors: `member_wechat_taken`.
pub(super) async fn link(tx: &mut Tx, cx: &Cx, vault: &Vault, member: MemberId, app_id: &str, openid: &str) -> Result<WechatLink> {
    let index = index(vault, cx.merchant, app_id, openid);
    let sealed = vault.seal(cx.merchant, OPENID, openid)?;
    if store::link(tx, cx, member, app_id, (&index, &sealed)).await? {
        audit::ops::record(tx, cx, &Entry::new("member.wechat_linked", member)).await?;
    }
    show(tx, cx, member).await
}

/// Takes a member's link away. One that is gone is gone.
pub(super) async fn unlink(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<()> {
    if store::unlink(tx, cx.merchant, member).await? {
        audit::ops::record(tx, cx, &Entry::new("member.wechat_unlinked", member)).await?;
    }
    Ok(())
}

/// Signs in whoever has linked this openid.
///
/// Errors: `wechat_unlinked`.
pub(super) async fn enter(tx: &mut Tx, cx: &Cx, vault: &Vault, app_id: &str, openid: &str) -> Result<MemberToken> {
    let index = index(vault, cx.merchant, app_id, openid);
    let stranger =
        || Error::refused("wechat_unlinked", "nobody has linked this WeChat account; sign in by phone, then link it under your profile");
    let row = tx.row(store::by_openid(cx.merchant, &index)).await?.ok_or_else(stranger)?;
    sign_in::ops::begin(tx, cx, vault, row.get(0)?).await
}

/// Ends the link of a member who is erased, is merged, or gets another phone.
pub(crate) async fn clear(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    store::unlink(tx, merchant, member).await.map(|_| ())
}

/// What is known of a member's WeChat account, for the member's export.
pub(crate) async fn export(tx: &mut Tx, cx: &Cx, vault: &Vault, member: MemberId) -> Result<Value> {
    let Some((app_id, sealed, at)) = store::of_member(tx, cx.merchant, member).await? else { return Ok(Value::Null) };
    Ok(json!({ "app_id": app_id, "openid": vault.open(cx.merchant, OPENID, &sealed)?, "linked_at": at }))
}

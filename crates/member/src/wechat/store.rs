//! SQL of the WeChat account and of links.

use super::model::Account;
use crate::MemberId;
use shuke_db::{Stmt, Tx, sql};
use shuke_kernel::{Cx, Instant, MerchantId, Result};

pub(super) async fn account(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Account>> {
    let stmt = sql!("SELECT app_id, secret, api_url, open_url FROM wechat_account WHERE merchant_id = $1", merchant);
    let found = tx.row(stmt).await?;
    found.map(|row| Ok(Account { app_id: row.get(0)?, secret: row.get(1)?, api_url: row.get(2)?, open_url: row.get(3)? })).transpose()
}

pub(super) async fn put_account(tx: &mut Tx, cx: &Cx, account: &Account) -> Result<()> {
    tx.queue(sql!(
        "INSERT INTO wechat_account (merchant_id, app_id, secret, api_url, open_url, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (merchant_id) DO UPDATE SET app_id = excluded.app_id, secret = excluded.secret, api_url = excluded.api_url,
         open_url = excluded.open_url, changed_at = excluded.changed_at",
        cx.merchant,
        account.app_id.as_str(),
        account.secret.as_str(),
        account.api_url.as_str(),
        account.open_url.as_str(),
        cx.now
    ))
    .await
}

pub(super) async fn remove_account(tx: &mut Tx, merchant: MerchantId) -> Result<bool> {
    Ok(tx.exec(sql!("DELETE FROM wechat_account WHERE merchant_id = $1", merchant)).await? == 1)
}

/// Links an openid to a member, in the place of the one before; says whether it is another one. Who else has
/// it linked keeps it: `member_wechat_taken`.
pub(super) async fn link(tx: &mut Tx, cx: &Cx, member: MemberId, app_id: &str, (index, sealed): (&str, &str)) -> Result<bool> {
    let stmt = sql!(
        "INSERT INTO member_wechat (merchant_id, member_id, app_id, openid_index, openid, linked_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (merchant_id, member_id) DO UPDATE SET app_id = excluded.app_id, openid_index = excluded.openid_index,
         openid = excluded.openid, linked_at = excluded.linked_at WHERE member_wechat.openid_index <> excluded.openid_index",
        cx.merchant,
        member,
        app_id,
        index,
        sealed,
        cx.now
    );
    Ok(tx.exec(stmt).await? == 1)
}

pub(super) async fn unlink(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<bool> {
    Ok(tx.exec(sql!("DELETE FROM member_wechat WHERE merchant_id = $1 AND member_id = $2", merchant, member)).await? == 1)
}

/// A member's link: its app, the openid sealed, and since when.
pub(super) async fn of_member(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<Option<(String, String, Instant)>> {
    let stmt = sql!("SELECT app_id, openid, linked_at FROM member_wechat WHERE merchant_id = $1 AND member_id = $2", merchant, member);
    tx.row(stmt).await?.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

pub(super) fn by_openid(merchant: MerchantId, index: &str) -> Stmt {
    sql!("SELECT member_id FROM member_wechat WHERE merchant_id = $1 AND openid_index = $2", merchant, index)
}

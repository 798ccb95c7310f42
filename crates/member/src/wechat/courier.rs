//! Asks WeChat whose code it is: the one request that leaves the server here.

use super::model::{self, Account, SECRET};
use shuke_http::AppInner;
use shuke_kernel::{Error, MerchantId, Result};
use shuke_org::webhook::courier::Outlet;
use shuke_org::webhook::target::Target;
use shuke_org::webhook::wire;

/// The openid of whoever fetched a code. No transaction may be open.
///
/// Errors: `wechat_code_wrong`, `wechat_misconfigured`, `wechat_unreachable`.
pub(super) async fn openid(app: &AppInner, merchant: MerchantId, account: &Account, code: &str) -> Result<String> {
    let code = model::code(code)?;
    let private = app.slot::<Outlet>().private();
    let secret = app.vault.open(merchant, SECRET, &account.secret)?;
    let url = format!(
        "{}/sns/oauth2/access_token?appid={}&secret={secret}&code={code}&grant_type=authorization_code",
        account.api_url, account.app_id
    );
    let found = match Target::parse(&url, private) {
        Ok(target) => wire::get(&target, private).await,
        Err(error) => Err(error.detail().to_owned()),
    };
    let answer =
        found.map_err(|fault| Error::unavailable("wechat_unreachable", "WeChat gave no answer; try again in a moment").inside(fault));
    answer.and_then(|(status, body)| model::openid(status, &body)).inspect_err(|error| {
        tracing::warn!(%merchant, code = error.code(), inside = error.inside_text(), "WeChat did not tell who somebody is");
    })
}

//! The merchant's account and a member's link to it.

use serde::{Deserialize, Serialize};
use shuke_http::Vault;
use shuke_kernel::{Error, Instant, MerchantId, Result};
use shuke_org::webhook::target::Target;
use utoipa::ToSchema;

/// Where WeChat's servers are asked who a code belongs to.
const API_URL: &str = "https://api.weixin.qq.com";
/// Where a browser is sent to fetch a code.
const OPEN_URL: &str = "https://open.weixin.qq.com";
const TEXT_CHARS_MAX: usize = 128;
/// Characters of a code or an openid.
const CODE_CHARS_MAX: usize = 512;
pub(super) const SECRET: &str = "wechat.secret";
pub(super) const OPENID: &str = "wechat.openid";

/// What an owner sees of the WeChat account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WechatAccount {
    /// The AppID of the official account; none where no account is set.
    #[schema(example = "wx0123456789abcdef")]
    pub app_id: Option<String>,
    /// Where WeChat's servers are asked.
    pub api_url: String,
    /// Where a member's browser is sent.
    pub open_url: String,
}

/// The WeChat account as an owner sets it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WechatDraft {
    /// The AppID of the official account (公众号).
    #[schema(example = "wx0123456789abcdef")]
    pub app_id: String,
    /// Its AppSecret; left out, the one that is set stays, as long as AppID and address do.
    #[serde(default)]
    pub secret: Option<String>,
    /// Where WeChat's servers are asked; theirs where it is left out.
    #[serde(default)]
    pub api_url: Option<String>,
    /// Where a member's browser is sent; WeChat's page where it is left out.
    #[serde(default)]
    pub open_url: Option<String>,
}

/// A member's own WeChat account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WechatLink {
    /// When it was linked; none where none is.
    pub linked_at: Option<Instant>,
}

/// How the card leads a browser to WeChat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WechatDoor {
    /// The AppID.
    #[schema(example = "wx0123456789abcdef")]
    pub app_id: String,
    /// The page to which the browser goes, without its query.
    #[schema(example = "https://open.weixin.qq.com/connect/oauth2/authorize")]
    pub authorize_url: String,
}

/// The account's row, its secret sealed.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(super) app_id: String,
    pub(super) secret: String,
    pub(super) api_url: String,
    pub(super) open_url: String,
}

impl Account {
    /// How the card leads there.
    pub(crate) fn door(&self) -> WechatDoor {
        WechatDoor { app_id: self.app_id.clone(), authorize_url: format!("{}/connect/oauth2/authorize", self.open_url) }
    }
}

impl From<Option<Account>> for WechatAccount {
    fn from(found: Option<Account>) -> Self {
        let empty = || Self { app_id: None, api_url: API_URL.to_owned(), open_url: OPEN_URL.to_owned() };
        found.map_or_else(empty, |account| Self { app_id: Some(account.app_id), api_url: account.api_url, open_url: account.open_url })
    }
}

impl WechatDraft {
    /// The account that this makes of the one before.
    ///
    /// Errors: `wechat_app_malformed`, `wechat_secret_needed`, `webhook_url_malformed`, `webhook_target_private`.
    pub(super) fn account(&self, vault: &Vault, merchant: MerchantId, before: Option<Account>, private: bool) -> Result<Account> {
        let app_id = token("app_id", &self.app_id)?;
        let address = |given: &Option<String>, usual: &str| {
            let url = given.as_deref().map(str::trim).filter(|url| !url.is_empty()).unwrap_or(usual).trim_end_matches('/');
            Target::parse(url, private).map(|_| url.to_owned())
        };
        let (api_url, open_url) = (address(&self.api_url, API_URL)?, address(&self.open_url, OPEN_URL)?);
        let typed = self.secret.as_deref().map(str::trim).filter(|secret| !secret.is_empty());
        let secret = match (typed, before) {
            (Some(secret), _) => vault.seal(merchant, SECRET, &token("secret", secret)?)?,
            // It is sent to that address: who may set another one doesn't get to see it.
            (None, Some(before)) if before.app_id == app_id && before.api_url == api_url => before.secret,
            (None, _) => {
                let error = Error::refused("wechat_secret_needed", "enter the AppSecret that belongs to this AppID and address");
                return Err(error.field("/secret", "wechat_secret_needed", "the AppSecret is missing"));
            }
        };
        Ok(Account { app_id, secret, api_url, open_url })
    }
}

/// An AppID or a secret: letters, digits and the like, nothing that would have to be escaped.
fn token(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    let fits = (1..=TEXT_CHARS_MAX).contains(&text.len()) && text.bytes().all(plain);
    if fits {
        return Ok(text.to_owned());
    }
    let error = Error::invalid("wechat_app_malformed", "copy AppID and AppSecret from WeChat's platform as they stand there");
    Err(error.field(format!("/{field}"), "wechat_app_malformed", "letters and digits only"))
}

const fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// A code as WeChat gives it.
///
/// Errors: `wechat_code_wrong`.
pub(super) fn code(text: &str) -> Result<&str> {
    let fits = (1..=CODE_CHARS_MAX).contains(&text.len()) && text.bytes().all(plain);
    if fits { Ok(text) } else { Err(code_wrong()) }
}

pub(super) fn code_wrong() -> Error {
    Error::refused("wechat_code_wrong", "WeChat doesn't know this try any more; go to WeChat again")
}

/// What WeChat answered to a code.
///
/// Errors: `wechat_code_wrong`, `wechat_misconfigured`, `wechat_unreachable`.
pub(super) fn openid(status: u16, body: &[u8]) -> Result<String> {
    #[derive(Deserialize)]
    struct Answer {
        openid: Option<String>,
        #[serde(default)]
        errcode: i64,
        #[serde(default)]
        errmsg: String,
    }
    let unclear = |inside: String| Error::unavailable("wechat_unreachable", "WeChat gave no answer; try again in a moment").inside(inside);
    if status != 200 {
        return Err(unclear(format!("WeChat answered {status}")));
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|error| unclear(format!("WeChat's answer: {error}")))?;
    match answer.errcode {
        0 => answer
            .openid
            .filter(|openid| (1..=CODE_CHARS_MAX).contains(&openid.len()))
            .ok_or_else(|| unclear("WeChat's answer holds no openid".to_owned())),
        // Invalid, expired or used before.
        40029 | 42003 | 40163 => Err(code_wrong()),
        // Busy, or too often.
        -1 | 45009 | 45011 => Err(unclear(format!("WeChat says {}: {}", answer.errcode, answer.errmsg))),
        code => Err(Error::refused("wechat_misconfigured", "WeChat doesn't take the shop's AppID and AppSecret; tell the shop")
            .inside(format!("WeChat says {code}: {}", answer.errmsg))),
    }
}

/// What finds a member by an openid: it holds for one app only.
pub(super) fn index(vault: &Vault, merchant: MerchantId, app_id: &str, openid: &str) -> String {
    vault.index(merchant, OPENID, &format!("{app_id} {openid}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Random;

    fn draft(app_id: &str, secret: Option<&str>) -> WechatDraft {
        WechatDraft { app_id: app_id.to_owned(), secret: secret.map(str::to_owned), api_url: None, open_url: None }
    }

    #[test]
    fn the_secret_stays_with_its_app_only() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let make = |draft: WechatDraft, before| draft.account(&vault, MerchantId(1), before, false);
        assert_eq!(make(draft("wx1", None), None).unwrap_err().code(), "wechat_secret_needed");
        let first = make(draft(" wx1 ", Some("s3cret")), None).unwrap();
        assert_eq!((first.app_id.as_str(), first.open_url.as_str()), ("wx1", OPEN_URL));
        assert!(!first.secret.contains("s3cret"));
        assert_eq!(make(draft("wx1", Some(" ")), Some(first.clone())).unwrap().secret, first.secret);
        let elsewhere = WechatDraft { api_url: Some("https://wx.example.com".to_owned()), ..draft("wx1", None) };
        assert_eq!(make(elsewhere, Some(first.clone())).unwrap_err().code(), "wechat_secret_needed");
        assert_eq!(make(draft("wx2", None), Some(first)).unwrap_err().code(), "wechat_secret_needed");
        assert_eq!(make(draft("wx 1&x", Some("s")), None).unwrap_err().code(), "wechat_app_malformed");
        let inside = WechatDraft { api_url: Some("https://127.0.0.1/".to_owned()), ..draft("wx1", Some("s")) };
        assert_eq!(make(inside, None).unwrap_err().code(), "webhook_target_private");
    }

    #[test]
    fn what_wechat_answers_is_told_apart() {
        let code = |status, body: &str| openid(status, body.as_bytes()).map_err(|error| error.code());
        assert_eq!(code(200, r#"{"access_token":"t","openid":"oABC","scope":"snsapi_base"}"#), Ok("oABC".to_owned()));
        assert_eq!(code(200, r#"{"errcode":40029,"errmsg":"invalid code"}"#), Err("wechat_code_wrong"));
        assert_eq!(code(200, r#"{"errcode":40125,"errmsg":"invalid appsecret"}"#), Err("wechat_misconfigured"));
        for (status, body) in [(502, ""), (200, "<html>"), (200, "{}"), (200, r#"{"openid":""}"#), (200, r#"{"errcode":-1}"#)] {
            assert_eq!(code(status, body), Err("wechat_unreachable"), "{status} {body}");
        }
    }

    #[test]
    fn an_openid_is_found_within_its_app_and_merchant() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let known = index(&vault, MerchantId(1), "wx1", "oABC");
        assert_eq!(known, index(&vault, MerchantId(1), "wx1", "oABC"));
        for other in [
            index(&vault, MerchantId(2), "wx1", "oABC"),
            index(&vault, MerchantId(1), "wx2", "oABC"),
            index(&vault, MerchantId(1), "wx1", "oABD"),
        ] {
            assert_ne!(known, other);
        }
    }

    #[test]
    fn a_code_is_nothing_that_leads_elsewhere() {
        assert!(code("071AbC-_9").is_ok());
        for wrong in ["", "a&secret=x", "a b", "a/../b", "码"] {
            assert_eq!(code(wrong).unwrap_err().code(), "wechat_code_wrong", "{wrong}");
        }
    }
}

//! A member on their own phone: a world of its own beside staff's.
//!
//! A member's session stands in a cookie of its own, is looked up by the slice that knows members, and
//! leads to a [`Me`], which holds no role and no permission. An operation takes either a `Me` or a caller
//! of staff, never both, so a member can't reach what is staff's, nor staff what is a member's own.

use crate::caller::{cookie, same_origin};
use crate::{App, AppInner, Problem};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use shuke_db::Future;
use shuke_kernel::{Cx, Error, Result, Uuid};
use std::sync::OnceLock;

/// The cookie that holds a member's session.
pub const MEMBER_COOKIE: &str = "shuke_member";

/// A member who is signed in on their own phone. Nothing but what is theirs may be touched with it.
#[derive(Clone, Debug)]
pub struct Me {
    /// Merchant, the member as actor, time.
    pub cx: Cx,
    /// The member.
    pub member: Uuid,
}

/// Finds the member of a session. The slice that owns members implements it.
pub trait MemberAuthenticator: Send + Sync {
    /// The member, or `session_ended`.
    fn authenticate<'a>(&'a self, app: &'a AppInner, secret: &'a str) -> Future<'a, Me>;
}

/// Who finds members, kept in [`AppInner::slot`]; without one nobody is signed in.
#[derive(Default)]
pub struct MemberDoor(OnceLock<Box<dyn MemberAuthenticator>>);

impl MemberDoor {
    /// Says who finds members; the first who is named stays.
    pub fn set(&self, authenticator: impl MemberAuthenticator + 'static) {
        let _ = self.0.set(Box::new(authenticator));
    }
}

/// The secret of a member's session that a request shows.
///
/// Errors: `origin_foreign`.
pub fn member_secret(method: &Method, headers: &HeaderMap) -> Result<Option<String>> {
    own_cookie(method, headers, MEMBER_COOKIE)
}

/// The value of a cookie of ours that a request shows. For a changing method it counts only when the
/// request comes from our own pages.
///
/// Errors: `origin_foreign`.
pub fn own_cookie(method: &Method, headers: &HeaderMap, name: &str) -> Result<Option<String>> {
    let Some(secret) = cookie(headers, name).filter(|secret| !secret.is_empty()) else { return Ok(None) };
    if !method.is_safe() && !same_origin(headers) {
        return Err(Error::forbidden("origin_foreign", "this request comes from another site; open the page again and repeat it"));
    }
    Ok(Some(secret.to_owned()))
}

impl FromRequestParts<App> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let stranger = || Error::unauthenticated("not_signed_in", "sign in first");
        let secret = member_secret(&parts.method, &parts.headers)?.ok_or_else(stranger)?;
        let door = app.slot::<MemberDoor>();
        let me = door.0.get().ok_or_else(stranger)?.authenticate(app, &secret).await?;
        tracing::Span::current().record("merchant", me.cx.merchant.0);
        shuke_db::wall::stand(me.cx.merchant);
        Ok(me)
    }
}

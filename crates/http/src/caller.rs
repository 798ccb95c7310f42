//! Who calls: the credential of a request, and the guard that a handler names in its signature.

use crate::perm::{Needs, Permissions};
use crate::{App, Permission, Problem, Role};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use shuke_kernel::{Actor, Cx, Error, Result, Uuid};
use std::marker::PhantomData;

/// The cookie that holds a person's session.
pub const SESSION_COOKIE: &str = "shuke_session";

/// What a request shows to say who sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A session cookie's secret.
    Session(String),
    /// A bearer token: an API key.
    Key(String),
}

/// Who calls, for whom, and what they may do.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Merchant, actor, time.
    pub cx: Cx,
    /// The role of a member of staff; keys act with their scopes and the role `owner` or less.
    pub role: Role,
    /// The stores they may touch; none means all.
    pub stores: Option<Vec<Uuid>>,
    /// What they may do.
    pub permissions: Permissions,
    /// The name to show.
    pub name: String,
}

impl Caller {
    /// Ok where the caller holds the permission, else `permission_missing` with its name; `totp_due` in a
    /// session that is for setting up a second factor only.
    pub fn may(&self, permission: Permission) -> Result<()> {
        if self.permissions.has(permission) {
            return Ok(());
        }
        // Every role holds something: a person who holds nothing is in a session without its second factor.
        if matches!(self.cx.actor, Actor::Staff(_)) && self.permissions == Permissions::default() {
            return Err(Error::forbidden(
                "totp_due",
                "your role signs in with an authenticator app; set one up first: POST /api/v1/session/totp",
            ));
        }
        Err(Error::forbidden(
            "permission_missing",
            format!("this needs the permission {}; ask the owner or a manager", permission.as_str()),
        ))
    }
    /// Ok where the caller may act in the store, else `store_not_yours`.
    pub fn may_in(&self, store: Uuid) -> Result<()> {
        match &self.stores {
            Some(stores) if !stores.contains(&store) => {
                Err(Error::forbidden("store_not_yours", "you are not assigned to this store; ask the owner to assign you"))
            }
            _ => Ok(()),
        }
    }
    /// Whether personal data is shown in full.
    pub fn reveals(&self) -> bool {
        self.permissions.has(Permission::MemberReveal)
    }
}

/// The credential of a request, if it shows one. A cookie counts for a changing method only when the
/// request comes from our own pages.
pub fn credential(method: &Method, headers: &HeaderMap) -> Result<Option<Credential>> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
    if let Some(token) = bearer {
        return Ok(Some(Credential::Key(token.trim().to_owned())));
    }
    let Some(secret) = cookie(headers, SESSION_COOKIE) else { return Ok(None) };
    if !method.is_safe() && !same_origin(headers) {
        return Err(Error::forbidden("origin_foreign", "this request comes from another site; open the page again and repeat it"));
    }
    Ok(Some(Credential::Session(secret.to_owned())))
}

/// The value of a cookie, if the request shows it.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    cookies.filter_map(|cookie| cookie.trim().split_once('=')).find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

pub(crate) fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, authority)| authority == host),
        // Programs and same-site tools send no Origin; browsers always do for changing requests.
        (None, _) => true,
        _ => false,
    }
}

/// A signed-in caller, whatever they may do: for "who am I" and signing out.
#[derive(Debug)]
pub struct Signed(pub Caller);

impl FromRequestParts<App> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let shown = credential(&parts.method, &parts.headers)?;
        let shown = shown.ok_or_else(|| Error::unauthenticated("not_signed_in", "sign in first"))?;
        let caller = app.authenticator.authenticate(app, &shown).await?;
        tracing::Span::current().record("merchant", caller.cx.merchant.0);
        // From here on the database shows this merchant's rows only.
        shuke_db::wall::stand(caller.cx.merchant);
        Ok(Self(caller))
    }
}

/// A caller who holds a permission: `Allow<perm::MemberRead>`. Refuses with 401 or 403 before the
/// body is read.
#[derive(Debug)]
pub struct Allow<P: Needs> {
    /// Who calls.
    pub caller: Caller,
    needs: PhantomData<P>,
}

impl<P: Needs> std::ops::Deref for Allow<P> {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Needs> FromRequestParts<App> for Allow<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Signed(caller) = Signed::from_request_parts(parts, app).await?;
        caller.may(P::PERMISSION)?;
        Ok(Self { caller, needs: PhantomData })
    }
}

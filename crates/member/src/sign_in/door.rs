//! From a member's cookie to the member. Nothing is remembered between requests.

use super::model::MemberToken;
use super::ops;
use shuke_db::{Future, Wall, wall};
use shuke_http::{AppInner, Me, MemberAuthenticator};

/// Knows members' sessions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Door;

impl MemberAuthenticator for Door {
    fn authenticate<'a>(&'a self, app: &'a AppInner, secret: &'a str) -> Future<'a, Me> {
        Box::pin(async move {
            let token = MemberToken::parse(secret).ok_or_else(ops::ended)?;
            wall::within(Wall::One(token.merchant), ops::me(app, &token)).await
        })
    }
}

//! From what a request shows to who calls. Nothing is remembered between requests.

use crate::{key, session};
use shuke_db::{Future, Wall, wall};
use shuke_http::{AppInner, Authenticator, Caller, Credential};
use shuke_kernel::Error;

/// Knows sessions and API keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrgAuthenticator;

impl Authenticator for OrgAuthenticator {
    fn authenticate<'a>(&'a self, app: &'a AppInner, credential: &'a Credential) -> Future<'a, Caller> {
        Box::pin(async move {
            let now = app.clock.now();
            match credential {
                Credential::Session(text) => match session::Token::parse(text) {
                    Some(token) => {
                        let of = session::ops::caller_of(&app.db, &app.vault, &token, now, &app.random);
                        wall::within(Wall::One(token.merchant), of).await
                    }
                    None => Err(Error::unauthenticated("session_ended", "you are signed out; sign in again")),
                },
                Credential::Key(text) => match key::KeyToken::parse(text) {
                    Some(token) => {
                        let of = key::ops::caller_of(&app.db, &app.vault, &token, now, &app.random);
                        wall::within(Wall::One(token.merchant), of).await
                    }
                    None => Err(key::ops::invalid()),
                },
            }
        })
    }
}

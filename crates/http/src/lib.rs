//! What every request shares: the application's state, who calls, what they may do, how a body is
//! read, how a write happens once, how an error is told.
//!
//! A handler names its permission in its signature ([`Allow`]), so that it is checked before the
//! body is read, and its write in its body type ([`Write`]), so that the idempotency key and the
//! body's fingerprint can't be forgotten. It opens the transaction, calls one op, and answers.

mod app;
mod body;
mod caller;
mod confirm;
pub mod document;
mod gate;
mod me;
mod meter;
mod objects;
mod once;
pub mod perm;
mod problem;
mod secure;
mod vault;

pub use app::{App, AppInner, Authenticator};
pub use body::{Json, Paging, Path, Query, Write};
pub use caller::{Allow, Caller, Credential, SESSION_COOKIE, Signed, credential};
pub use confirm::{key_is_known, open_vault, rotate_key};
pub use gate::{Gate, REQUESTS_MAX, gate};
pub use me::{MEMBER_COOKIE, Me, MemberAuthenticator, MemberDoor, member_secret, own_cookie};
pub use once::{Answer, IdempotencyKey, once, once_me, prune};
pub use perm::{Permission, Role};
pub use problem::{Problem, ProblemBody};
pub use secure::{REQUEST_ID, layers};
pub use utoipa_axum::router::OpenApiRouter;
pub use utoipa_axum::routes;
pub use vault::{MasterKey, Vault};

/// What a handler returns.
pub type Reply<T> = Result<T, Problem>;

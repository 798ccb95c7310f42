//! How members sign in on their own phones: a code by text message, and a session.
//!
//! Life cycle of a code: asked for with a phone number, six digits, good for five minutes and five tries,
//! used once; a new one takes the place of the old one. Whether the number is a member's shows nowhere:
//! the answer is the same, and the same is written. Where somebody unknown may join
//! ([`CardPolicy::join`]), the code goes out to them too, and signing in with it enrols them, with the
//! terms that they accept.
//!
//! Life cycle of a session: begun by a right code, used, ended by signing out, by 90 days without a
//! request, after 400 days whatever happens, or at once when the member is erased or merged or gets
//! another phone. The cookie `shuke_member` holds `merchant.member.secret`, the database a hash of it.
//!
//! Which merchant a card belongs to: the card's address is `/card/{merchant}`, where `{merchant}` is the
//! merchant's number; on a server with one merchant `/card/` is enough. Requests name it as `merchant`
//! ([why](../../../../docs/decisions/0039-a-card-has-a-number.md)).
//!
//! Guessing and flooding are slowed per phone, per address and per merchant, for all servers together.
//!
//! Deliberately not here: passwords of members, and what a signed-in member may see ([`crate::me`]).

pub mod api;
mod door;
mod model;
pub mod ops;
mod store;

pub use door::Door;
pub use model::{CardPolicy, Join, MemberToken, SESSION_MS_MAX};

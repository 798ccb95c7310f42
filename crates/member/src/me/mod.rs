//! What a member sees and changes on their own phone: the profile, children and relatives, consents and
//! terms, the rotating code, what they like.
//!
//! Everything here takes a [`shuke_http::Me`]: the member is who the session says, never who the request
//! names. What staff know and write (notes, tags, stage, figures) is not shown.
//!
//! Value, coupons and orders are told by the slices that hold them, under the same address `/api/v1/me`.
//!
//! Deliberately not here: signing in ([`crate::sign_in`]), and the phone number, which only staff change.

pub mod api;
mod model;
pub mod ops;

pub use model::{Profile, ProfileChange, TermsAccepted};

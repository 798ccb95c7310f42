//! WeChat: a member's WeChat account, known by its openid.
//!
//! A merchant who has an official account (公众号) sets its AppID and secret. From then on a member who has
//! the card open inside WeChat can link their WeChat account, once, while they are signed in by their phone;
//! afterwards WeChat signs them in without a code.
//!
//! How an openid gets here: the card leads the browser to WeChat, which sends it back with a code that
//! counts once. The server takes the code to WeChat over TLS ([`courier`]), with the merchant's secret, and
//! is told the openid. The card compares the `state` that comes back with the one it left with, so that
//! nobody can slip another person's code under a member's session.
//!
//! Life cycle of a link: made, made anew with another account (the old one goes), taken away by the member,
//! or by the server where the member is erased or merged or gets another phone, as their sessions are.
//!
//! Invariants: one openid leads to one member of a merchant, one member has one openid; an openid is sealed
//! and found by a blind index of the app and it; no network call stands in a transaction; the secret is
//! sealed and never shown.
//!
//! Deliberately not here: messages by WeChat (reach), and payment.

pub mod api;
mod courier;
mod model;
pub mod ops;
mod store;

pub use model::{WechatAccount, WechatDoor, WechatDraft, WechatLink};

//! Messages: what goes out to a person's phone, in an outbox.
//!
//! A slice that wants to tell a person something posts a message in the transaction of its cause. The
//! [`courier`] takes what is due, outside any transaction, and hands it to the merchant's gateway of the
//! channel: a program that sends text messages, reached by a signed POST (`{"id", "channel", "to",
//! "text"}`, headers as the Standard Webhooks specification has them, signed with the gateway's secret).
//! SMS is the one channel so far.
//!
//! What becomes of a message is the merchant's policy: `off` (nothing can be posted), `gateway`, or `log`:
//! it is written into the server's log and shown to owners, and goes nowhere. That is for a demo and for
//! trying things out: whoever reads the log can sign in as a member.
//!
//! Life cycle: `waiting` → `sent` by an answer 2xx; tried again with growing waits until it is of no use
//! any more, then `failed`. `withheld` is one that was never to go out: it is kept so that whoever asked
//! learns nothing from the time it took. After thirty days a message is removed.
//!
//! Invariants: address and text are sealed; a text is shown to nobody, but where it goes to the log; no
//! network call stands in a transaction; a message may arrive twice (an answer can get lost), always under
//! one id.
//!
//! Deliberately not here: who may be told what and when (consent, caps, quiet hours): messages here answer
//! what the person has just asked for.

pub mod api;
pub mod courier;
mod model;
pub mod ops;
mod store;

pub use model::{Gateway, Message, MessageChannel, MessageId, MessagePolicy, MessageState, NewMessage, SmsWay};

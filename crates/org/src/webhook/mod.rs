//! Webhooks: a merchant's programs hear of events, as the Standard Webhooks specification has it.
//!
//! A webhook is an address with the kinds of events that it wants and a secret. The reader `webhook`
//! follows the event log and writes a delivery for each event and webhook that fits, in the
//! transaction of its cursor: an event is on its way once. The [`courier`] sends what is due,
//! outside any transaction, many at a time.
//!
//! Life cycle of a delivery: `waiting` → `delivered` by an answer 2xx; after [`ATTEMPTS_MAX`] attempts,
//! 5 seconds to 12 hours apart with jitter, `dead`. What is dead or delivered can be sent again. An
//! answer 410 switches the webhook off. A delivery may arrive twice (an answer can get lost), always
//! under one `webhook-id`.
//!
//! A secret signs id, time and body (HMAC-SHA256). After a rotation both secrets sign for some hours, so
//! that the receiver can change in its own time.
//!
//! Where it may go: the address is resolved for every attempt, and unless the operator allows private
//! targets none of the addresses found may be loopback, link-local, private or reserved; the connection
//! goes to an address that was looked at, never to a name. Redirects are not followed.

pub mod api;
pub mod courier;
mod model;
pub mod ops;
mod reader;
mod store;
pub mod target;
pub mod wire;

pub use model::{ATTEMPTS_MAX, Delivery, DeliveryId, DeliveryState, Webhook, WebhookDraft, WebhookId};
pub(crate) use model::{Secret, signatures};
pub use ops::backlog;
pub use reader::WebhookReader;

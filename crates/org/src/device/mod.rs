//! Devices: the machines that stand at tills, and signing in on one with a PIN.
//!
//! A manager registers the device that stands at a till, once, in the browser that runs there: the answer
//! sets the cookie `shuke_device`, which says from then on which till it is. Staff who work in the till's
//! store and have set a PIN of four to six digits choose their name and type it. The session is their own,
//! with their role and stores; it ends after the merchant's idle time ([`TillSignIn`]), with the device,
//! and as every session.
//!
//! Life cycle of a device: registered, used, revoked (lost, sold): then nobody signs in on it, and who is
//! signed in there is out. Of a PIN: set with one's own password, changed likewise, taken away by
//! whoever writes staff, or with the person.
//!
//! Invariants: a PIN is worth nothing but on a device that is known; who needs an authenticator app by the
//! merchant's policy, or has one, signs in with password and code; five wrong tries lock a PIN for fifteen
//! minutes, and a device has so many tries; the hash (argon2id) is sealed, because so few digits would
//! be found by trying all; a name without a PIN costs the same work and gets the same answer.
//!
//! Deliberately not here: telling devices apart by what they are; the cookie is the device.

pub mod api;
mod model;
pub mod ops;
mod store;

pub use model::{DEVICE_COOKIE, Device, DeviceDraft, DeviceId, DeviceToken, DeviceView, Person, TillSignIn};

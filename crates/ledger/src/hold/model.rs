//! A hold, and what is asked for.

use crate::AccountKind;
use shuke_kernel::{Instant, Uuid};

/// What is to be held.
#[derive(Clone, Copy, Debug)]
pub struct HoldRequest {
    /// Its id, made by the client.
    pub id: Uuid,
    /// Whose balance.
    pub member: Uuid,
    /// Which: points, principal or bonus.
    pub kind: AccountKind,
    /// How much, above zero.
    pub amount: i64,
    /// When it ends by itself.
    pub until: Instant,
}

/// A hold as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its id.
    pub id: Uuid,
    /// Whose balance.
    pub owner: Uuid,
    /// Which.
    pub kind: AccountKind,
    /// How much.
    pub amount: i64,
    /// When it ends by itself.
    pub expires_at: Instant,
    /// Whether it still keeps something back.
    pub is_open: bool,
}

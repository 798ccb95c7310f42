//! A transfer, and which lots it takes.

use crate::points_kind::PointsKindId;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Instant, Points, Uuid};
use shuke_ledger::{AccountKind, Holdings};
use shuke_org::StoreId;
use utoipa::ToSchema;

/// Points to be given.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsGiftDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: Uuid,
    /// Who gives.
    pub from: Uuid,
    /// Who gets.
    pub to: Uuid,
    /// How many arrive, above zero.
    pub points: Points,
    /// Of which kind; none for the shop's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_kind: Option<PointsKindId>,
    /// At which store; needed by who is bound to stores.
    #[serde(default)]
    pub store: Option<StoreId>,
    /// Why, at most 200 characters.
    #[serde(default)]
    pub note: String,
}

/// Points that were given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointsGift {
    /// Its id.
    pub id: Uuid,
    /// Who gave.
    pub from: Uuid,
    /// Who got.
    pub to: Uuid,
    /// How many arrived.
    pub points: Points,
    /// Of which kind; none for the shop's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_kind: Option<PointsKindId>,
    /// What the giver paid on top.
    pub fee: Points,
    /// At which store.
    pub store: Option<Uuid>,
    /// Why.
    pub note: String,
    /// When.
    pub at: Instant,
    /// By whom, such as `staff:…`.
    pub actor: String,
}

/// An end of points, and how many have it.
pub(super) type Ending = (Option<(Date, Instant)>, i64);

/// The ends of the points that a spend would take now, in the order in which it takes them.
pub(super) fn endings(from: &Holdings, points: i64, now: Instant) -> Vec<Ending> {
    let mut left = points;
    let mut parts: Vec<Ending> = Vec::new();
    for lot in from.lots(AccountKind::Points).filter(|lot| lot.usable(now)) {
        let part = left.min(lot.remaining);
        left -= part;
        let end = lot.expires_on.zip(lot.expires_at);
        match parts.last_mut() {
            _ if part == 0 => break,
            Some((last, sum)) if *last == end => *sum += part,
            _ => parts.push((end, part)),
        }
    }
    parts
}

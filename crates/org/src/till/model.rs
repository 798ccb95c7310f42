//! A till.

use crate::StoreId;
use serde::{Deserialize, Serialize};
use shuke_kernel::Instant;
use utoipa::ToSchema;

shuke_kernel::id!(TillId, "A till.");

/// A till.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Till {
    /// Its id.
    pub id: TillId,
    /// The store it stands in.
    pub store: StoreId,
    /// Its short number, with which its orders' numbers begin.
    #[schema(example = 1)]
    pub number: i64,
    /// Its name.
    #[schema(example = "前台")]
    pub name: String,
    /// Whether it may sell.
    pub active: bool,
    /// When it was entered.
    pub created_at: Instant,
}

/// What a till is made of.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TillDraft {
    /// The store it stands in.
    pub store: StoreId,
    /// Its name.
    pub name: String,
    /// Whether it may sell.
    #[serde(default = "yes")]
    pub active: bool,
}

const fn yes() -> bool {
    true
}

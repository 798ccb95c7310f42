//! An offer's life and versions.

use super::Offer;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, Money, text_enum};
use utoipa::ToSchema;

text_enum! {
    /// Where an offer is in its life.
    pub enum OfferState {
        /// Being written; applies nowhere.
        Draft = "draft",
        /// Runs within its days and hours.
        Published = "published",
        /// Runs no more.
        Stopped = "stopped",
    }
}

/// What an offer has given of its budget, net of refunds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BudgetUsed {
    /// Orders.
    pub count: i64,
    /// Minor units taken off.
    pub money: Money,
}

/// An offer as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferView {
    /// What it says.
    pub offer: Offer,
    /// Where it is in its life.
    pub state: OfferState,
    /// Rises with every change of what it says.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was changed last.
    pub changed_at: Instant,
    /// What it has given, counted from when it had a budget first.
    pub used: BudgetUsed,
}

/// What an offer said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferVersion {
    /// The version.
    pub version: i64,
    /// What it said.
    pub offer: Offer,
    /// Since when.
    pub at: Instant,
    /// Who wrote it: `staff:…`.
    pub actor: String,
}

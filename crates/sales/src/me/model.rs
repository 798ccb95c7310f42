//! Orders and stores as a member sees them.

use crate::order::Order;
use crate::refund::Refund;
use serde::{Deserialize, Serialize};
use shuke_org::StoreId;
use shuke_org::store::Store;
use utoipa::ToSchema;

/// An order, and what was taken back of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MyOrder {
    /// The order.
    #[serde(flatten)]
    pub order: Order,
    /// What was taken back, oldest first; not in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Refund>,
}

impl MyOrder {
    /// The order without what its goods cost the shop.
    pub(crate) fn of(mut order: Order, returns: Vec<Refund>) -> Self {
        for line in &mut order.lines {
            line.cost = None;
            line.parts.iter_mut().for_each(|part| part.cost = None);
        }
        Self { order, returns }
    }
}

/// A store that is open for business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MyStore {
    /// Its id.
    pub id: StoreId,
    /// Its name.
    #[schema(example = "静安店")]
    pub name: String,
    /// Its IANA time zone.
    pub zone: String,
    /// The region it is counted to, or nothing.
    pub region: String,
    /// Its address, or nothing.
    pub address: String,
}

impl From<Store> for MyStore {
    fn from(store: Store) -> Self {
        Self { id: store.id, name: store.name, zone: store.zone, region: store.region, address: store.address }
    }
}

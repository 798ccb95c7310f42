//! Orders, refunds and returns page by page, for those who take their data with them.

use super::{Order, OrderId, store};
use crate::refund::store as refunds;
use shuke_db::Tx;
use shuke_kernel::{Date, Instant, MerchantId, Money, Points, Result, Uuid, Zone};
use shuke_member::MemberId;

/// Which of a store's documents are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The store.
    pub store: Uuid,
    /// Its zone.
    pub zone: Zone,
    /// Those after this moment and id.
    pub after: (Instant, Uuid),
    /// Those before this moment.
    pub until: Instant,
    /// So many.
    pub limit: i64,
}

/// A refund or a return without its order.
#[derive(Clone, Debug)]
pub struct Returned {
    /// Its id.
    pub id: Uuid,
    /// The order; none where nobody knows it.
    pub order: Option<OrderId>,
    /// Whose it was.
    pub member: Option<MemberId>,
    /// When.
    pub at: Instant,
    /// The store's local date.
    pub date: Date,
    /// Minor units given back.
    pub amount: Money,
    /// Points given back.
    pub points_returned: Points,
    /// Points taken back.
    pub points_clawed: Points,
    /// Why.
    pub reason: String,
    /// Its number in the system that it came from.
    pub external_number: Option<String>,
}

/// A store's orders with their lines, oldest first, each with its number in the system that it came from.
pub async fn orders(tx: &mut Tx, merchant: MerchantId, wanted: &Wanted) -> Result<Vec<(Order, Option<String>)>> {
    store::export::page(tx, merchant, (wanted.store, &wanted.zone), wanted.after, wanted.until, wanted.limit).await
}

/// A store's refunds and returns, oldest first.
pub async fn returned(tx: &mut Tx, merchant: MerchantId, wanted: &Wanted) -> Result<Vec<Returned>> {
    refunds::export::page(tx, merchant, wanted.store, wanted.after, wanted.until, wanted.limit).await
}

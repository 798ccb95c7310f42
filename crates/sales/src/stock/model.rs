//! Movements of stock. Quantities are thousandths of a piece: 1,000 is one piece.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Money, Uuid, id, text_enum};

id!(StockDocumentId, "What moved stock by hand: a receipt, a count, an adjustment, a transfer.");

text_enum! {
    /// Why stock moved.
    pub enum MovementKind {
        /// Sold.
        Sale = "sale",
        /// Brought back.
        Refund = "refund",
        /// 入库: came from a supplier.
        Receive = "receive",
        /// 盘点: the difference that a count found.
        Count = "count",
        /// Corrected by hand.
        Adjust = "adjust",
        /// 调拨: came from another store.
        TransferIn = "transfer_in",
        /// Went to another store.
        TransferOut = "transfer_out",
        /// 报损: broken, spoiled or lost.
        Damage = "damage",
    }
}

/// A movement about to be written. `(source, line, kind)` names it once for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The order, refund or document that caused it.
    pub source: Uuid,
    /// The line of the source.
    pub line: i64,
    /// Why.
    pub kind: MovementKind,
    /// Where.
    pub store: Uuid,
    /// What.
    pub variant: Uuid,
    /// Thousandths of a piece: above zero what came, below zero what went.
    pub delta_milli: i64,
    /// Minor units that one piece cost the shop.
    pub unit_cost: Option<Money>,
}

/// A change of one variant's stock: positive comes in, negative goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delta {
    /// What.
    pub variant: Uuid,
    /// Thousandths of a piece.
    pub delta_milli: i64,
}

/// One delta per variant, sorted by variant (the order in which rows are locked), nothing that is zero.
pub fn merged(deltas: &[Delta]) -> Vec<Delta> {
    let mut sorted = deltas.to_vec();
    sorted.sort_by_key(|delta| delta.variant);
    let mut out: Vec<Delta> = Vec::with_capacity(sorted.len());
    for delta in sorted {
        match out.last_mut() {
            Some(last) if last.variant == delta.variant => last.delta_milli = last.delta_milli.saturating_add(delta.delta_milli),
            _ => out.push(delta),
        }
    }
    out.retain(|delta| delta.delta_milli != 0);
    out
}

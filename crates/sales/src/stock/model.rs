//! Movements of stock. Quantities are thousandths of a piece: 1,000 is one piece.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, Money, Uuid, id, text_enum};
use utoipa::ToSchema;

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

text_enum! {
    /// What moved stock by hand.
    pub enum DocumentKind {
        /// 入库.
        Receipt = "receipt",
        /// 盘点.
        Count = "count",
        /// A correction, or 报损.
        Adjustment = "adjustment",
        /// 调拨.
        Transfer = "transfer",
    }
}

/// What moved stock by hand, as it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockDocument {
    /// Its id; the `source` of its movements.
    pub id: StockDocumentId,
    /// What it was.
    pub kind: DocumentKind,
    /// Where.
    pub store: Uuid,
    /// Where to, for a transfer.
    pub to_store: Option<Uuid>,
    /// Who supplied it, for a receipt.
    pub supplier: String,
    /// Why.
    pub note: String,
    /// When.
    pub at: Instant,
    /// What it moved, line by line; a count that found what was expected moves nothing.
    pub lines: Vec<MovedLine>,
}

/// What one line of a document moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MovedLine {
    /// The line, counted from 1.
    pub line: i64,
    /// What.
    pub variant: Uuid,
    /// Thousandths of a piece, from the point of view of `store`.
    pub delta_milli: i64,
}

/// A movement as the history shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MovementRow {
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
    /// Thousandths of a piece.
    pub delta_milli: i64,
    /// Minor units that one piece cost the shop.
    pub unit_cost: Option<Money>,
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// Who supplied it.
    pub supplier: String,
    /// Why, in words.
    pub note: String,
    /// Thousandths of a piece on hand after it; below zero where more was sold than was there.
    pub on_hand_milli: i64,
}

/// What a store has of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockRow {
    /// The variant.
    pub variant: Uuid,
    /// Its SKU.
    pub sku: String,
    /// The product's name.
    pub product_name: String,
    /// The variant's name beside it.
    pub variant_name: String,
    /// Thousandths of a piece; below zero where more was sold than was there.
    pub on_hand_milli: i64,
    /// Whether it may be sold below zero.
    pub oversell: bool,
    /// How far, in thousandths of a piece; none is without end.
    pub oversell_max_milli: Option<i64>,
}

/// The first row that is not the sum of its movements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = StockDifference)]
pub struct Difference {
    /// The store.
    pub store: Uuid,
    /// The variant.
    pub variant: Uuid,
    /// Thousandths of a piece that the row says.
    pub on_hand_milli: i64,
    /// Thousandths of a piece that the movements add up to.
    pub moved_milli: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_variant_take_their_stock_together_and_in_the_order_of_locks() {
        let delta = |variant: u128, delta_milli| Delta { variant: Uuid::from_u128(variant), delta_milli };
        let merged = merged(&[delta(2, -1_000), delta(1, -500), delta(2, -250), delta(3, 7), delta(3, -7)]);
        assert_eq!(merged, [delta(1, -500), delta(2, -1_250)]);
    }
}

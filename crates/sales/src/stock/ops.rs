//! Receiving, counting, adjusting and moving stock; proving that it adds up.

use super::limit::Rules;
use super::model::{
    Delta, Difference, DocumentKind, MovedLine, Movement, MovementKind, MovementRow, StockDocument, StockDocumentId, StockRow,
};
use super::store::{self, Place};
use crate::fields;
use crate::product::{self, model::Stocked};
use serde::{Deserialize, Serialize};
use shuke_db::{Future, Tx};
use shuke_jobs::event::{self, Event};
use shuke_jobs::{Reader, StoredEvent};
use shuke_kernel::{Cx, Error, Limit, MerchantId, Money, Page, Result, Uuid, text_enum};
use shuke_org::StoreId;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Most lines of a document.
pub const LINES_MAX: usize = 500;
/// Rows of stock that one statement makes.
const ROWS_MAX: usize = 1_000;

/// What came from a supplier.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReceipt {
    /// Its id, where the client makes it.
    #[serde(default)]
    pub id: Option<StockDocumentId>,
    /// Where it came to.
    pub store: Uuid,
    /// Who supplied it.
    #[serde(default)]
    pub supplier: String,
    /// What else is to be said.
    #[serde(default)]
    pub note: String,
    /// What came, 1 to 500 lines.
    pub lines: Vec<ReceiptLine>,
}

/// A line of a receipt.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptLine {
    /// What.
    pub variant: Uuid,
    /// Thousandths of a piece, above 0.
    pub quantity_milli: i64,
    /// Minor units paid for one piece; the variant's own cost where it is left out.
    #[serde(default)]
    pub unit_cost: Option<Money>,
}

/// What was counted.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCount {
    /// Its id, where the client makes it.
    #[serde(default)]
    pub id: Option<StockDocumentId>,
    /// Where.
    pub store: Uuid,
    /// What else is to be said.
    #[serde(default)]
    pub note: String,
    /// What there is, 1 to 500 lines, each variant once.
    pub lines: Vec<CountLine>,
}

/// A line of a count.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountLine {
    /// What.
    pub variant: Uuid,
    /// Thousandths of a piece that are really there, 0 or more.
    pub counted_milli: i64,
}

text_enum! {
    /// Why stock is adjusted.
    pub enum AdjustmentReason {
        /// A correction.
        Correction = "correction",
        /// 报损: broken, spoiled or lost; takes away only.
        Damage = "damage",
    }
}

/// A correction.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAdjustment {
    /// Its id, where the client makes it.
    #[serde(default)]
    pub id: Option<StockDocumentId>,
    /// Where.
    pub store: Uuid,
    /// Why.
    pub reason: AdjustmentReason,
    /// Why, in words; required.
    pub note: String,
    /// What changes, 1 to 500 lines.
    pub lines: Vec<AdjustmentLine>,
}

/// A line of a correction.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentLine {
    /// What.
    pub variant: Uuid,
    /// Thousandths of a piece: above 0 adds, below 0 takes away.
    pub delta_milli: i64,
}

/// A move from one store to another.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    /// Its id, where the client makes it.
    #[serde(default)]
    pub id: Option<StockDocumentId>,
    /// Where from.
    pub from_store: Uuid,
    /// Where to.
    pub to_store: Uuid,
    /// What else is to be said.
    #[serde(default)]
    pub note: String,
    /// What moves, 1 to 500 lines.
    pub lines: Vec<TransferLine>,
}

/// A line of a transfer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferLine {
    /// What.
    pub variant: Uuid,
    /// Thousandths of a piece, above 0.
    pub quantity_milli: i64,
}

/// Moves the stock of a sale, a refund or both in one store: one guarded statement, net per variant.
pub(crate) async fn post(tx: &mut Tx, cx: &Cx, store: Uuid, movements: &[Movement]) -> Result<()> {
    let deltas: Vec<Delta> =
        movements.iter().map(|movement| Delta { variant: movement.variant, delta_milli: movement.delta_milli }).collect();
    match (store::take_stmt(cx.merchant, store, &deltas), store::movements_stmt(cx, movements)) {
        (Some(take), Some(movements)) => tx.queue_both(take, movements).await,
        (Some(one), None) | (None, Some(one)) => tx.queue(one).await,
        (None, None) => Ok(()),
    }
}

fn document(cx: &Cx, kind: DocumentKind, id: Option<StockDocumentId>, store: Uuid, note: &str) -> Result<StockDocument> {
    Ok(StockDocument {
        id: id.unwrap_or_else(|| cx.id()),
        kind,
        store,
        to_store: None,
        supplier: String::new(),
        note: fields::note("/note", note, fields::NOTE_CHARS_MAX)?,
        at: cx.now,
        lines: Vec::new(),
    })
}

/// Finds the store and the variants of a document, and opens their rows.
///
/// Errors: `store_not_found`, `lines_out_of_range`, `variant_unknown`, `stock_not_tracked`.
async fn opened(tx: &mut Tx, cx: &Cx, store: Uuid, variants: &[Uuid]) -> Result<BTreeMap<Uuid, Stocked>> {
    if variants.is_empty() || variants.len() > LINES_MAX {
        return Err(fields::fault("/lines", "lines_out_of_range", format!("between 1 and {LINES_MAX} lines")));
    }
    shuke_org::store::ops::show(tx, cx, StoreId(store)).await?;
    let known = product::store::stocked(tx, cx.merchant, variants).await?;
    for (index, variant) in variants.iter().enumerate() {
        let refused = |code, text: &str| Error::refused(code, text).field(format!("/lines/{index}/variant"), code, text);
        match known.get(variant) {
            None => return Err(refused("variant_unknown", "there is no such product variant")),
            Some(stocked) if !stocked.track_stock => return Err(refused("stock_not_tracked", "this variant is not counted")),
            Some(_) => {}
        }
    }
    let rows: Vec<(Uuid, bool)> = known.iter().map(|(variant, stocked)| (*variant, stocked.oversell)).collect();
    open(tx, cx, store, &rows).await?;
    Ok(known)
}

async fn open(tx: &mut Tx, cx: &Cx, store: Uuid, variants: &[(Uuid, bool)]) -> Result<()> {
    let rules = Rules::of(tx, cx, store).await?;
    for chunk in variants.chunks(ROWS_MAX) {
        let rows: Vec<_> = chunk.iter().map(|(variant, oversell)| (*variant, rules.allow(*variant, *oversell))).collect();
        if let Some(stmt) = store::open_stmt(cx.merchant, store, &rows) {
            tx.queue(stmt).await?;
        }
    }
    Ok(())
}

/// Opens rows with nothing on hand for new variants, in every store.
pub async fn open_everywhere(tx: &mut Tx, cx: &Cx, variants: &[(Uuid, bool)]) -> Result<()> {
    if variants.is_empty() {
        return Ok(());
    }
    let mut after = None;
    loop {
        let page = shuke_org::store::ops::list(tx, cx, after, Limit::new(Some(200))?).await?;
        for store in &page.items {
            open(tx, cx, store.id.0, variants).await?;
        }
        after = page.items.last().map(|store| store.id);
        if page.next.is_none() {
            return Ok(());
        }
    }
}

/// Opens rows with nothing on hand for every counted variant, in a new store.
async fn open_store(tx: &mut Tx, cx: &Cx, store: Uuid) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let variants = product::store::counted(tx, cx.merchant, after, 1_000).await?;
        let Some((last, _)) = variants.last() else { return Ok(()) };
        after = *last;
        open(tx, cx, store, &variants).await?;
    }
}

/// Opens a new store's rows when it hears of the store.
#[derive(Debug)]
pub struct StoreReader;

impl Reader for StoreReader {
    fn name(&self) -> &'static str {
        "stock"
    }
    fn wants(&self, kind: &str) -> bool {
        kind == "store.created"
    }
    fn handle<'t>(&'t self, tx: &'t mut Tx, cx: &'t Cx, event: &'t StoredEvent) -> Future<'t, ()> {
        Box::pin(open_store(tx, cx, event.subject))
    }
}

/// Writes a document, its movements, and what they change; the two stores of a transfer in the order of their ids.
async fn write(tx: &mut Tx, cx: &Cx, kind: &'static str, document: &StockDocument, movements: &[Movement]) -> Result<()> {
    tx.queue(store::insert_document_stmt(cx, document)).await?;
    let mut stores: Vec<Uuid> = [Some(document.store), document.to_store].into_iter().flatten().collect();
    stores.sort_unstable();
    for at in stores {
        let here = movements.iter().filter(|movement| movement.store == at);
        let deltas: Vec<Delta> = here.map(|movement| Delta { variant: movement.variant, delta_milli: movement.delta_milli }).collect();
        if let Some(stmt) = store::take_stmt(cx.merchant, at, &deltas) {
            tx.queue(stmt).await?;
        }
    }
    if let Some(stmt) = store::movements_stmt(cx, movements) {
        tx.queue(stmt).await?;
    }
    event::append(tx, cx, &[Event::new(kind, document.id, document)]).await
}

/// Numbers lines from 1.
fn number(index: usize) -> i64 {
    i64::try_from(index + 1).unwrap_or(i64::MAX)
}

fn moved_lines(movements: &[Movement]) -> Vec<MovedLine> {
    let line = |movement: &Movement| MovedLine { line: movement.line, variant: movement.variant, delta_milli: movement.delta_milli };
    movements.iter().map(line).collect()
}

/// 入库: takes in what came from a supplier.
///
/// Errors: faults of fields; `store_not_found`, `variant_unknown`, `stock_not_tracked`.
pub async fn receive(tx: &mut Tx, cx: &Cx, new: &NewReceipt) -> Result<StockDocument> {
    let mut document = document(cx, DocumentKind::Receipt, new.id, new.store, &new.note)?;
    document.supplier = fields::note("/supplier", &new.supplier, fields::NAME_CHARS_MAX)?;
    for (index, line) in new.lines.iter().enumerate() {
        fields::quantity_milli(&format!("/lines/{index}/quantity_milli"), line.quantity_milli, 1)?;
        line.unit_cost.map(|cost| fields::amount(&format!("/lines/{index}/unit_cost"), cost)).transpose()?;
    }
    let known = opened(tx, cx, new.store, &new.lines.iter().map(|line| line.variant).collect::<Vec<_>>()).await?;
    let movement = |(index, line): (usize, &ReceiptLine)| Movement {
        source: document.id.0,
        line: number(index),
        kind: MovementKind::Receive,
        store: new.store,
        variant: line.variant,
        delta_milli: line.quantity_milli,
        unit_cost: line.unit_cost.or_else(|| known.get(&line.variant).and_then(|stocked| stocked.cost)),
    };
    let movements: Vec<Movement> = new.lines.iter().enumerate().map(movement).collect();
    document.lines = moved_lines(&movements);
    write(tx, cx, "stock.received", &document, &movements).await?;
    Ok(document)
}

/// 盘点: sets what is on hand to what was counted, and writes the difference. Sales that come
/// meanwhile wait for it.
///
/// Errors: faults of fields; `variant_twice`, `store_not_found`, `variant_unknown`, `stock_not_tracked`.
pub async fn count(tx: &mut Tx, cx: &Cx, new: &NewCount) -> Result<StockDocument> {
    let mut document = document(cx, DocumentKind::Count, new.id, new.store, &new.note)?;
    let variants: Vec<Uuid> = new.lines.iter().map(|line| line.variant).collect();
    let mut seen = std::collections::BTreeSet::new();
    for (index, line) in new.lines.iter().enumerate() {
        fields::quantity_milli(&format!("/lines/{index}/counted_milli"), line.counted_milli, 0)?;
        if !seen.insert(line.variant) {
            return Err(fields::fault(&format!("/lines/{index}/variant"), "variant_twice", "count each variant once"));
        }
    }
    let known = opened(tx, cx, new.store, &variants).await?;
    let on_hand = store::locked(tx, cx.merchant, new.store, &variants).await?;
    let movement = |(index, line): (usize, &CountLine)| Movement {
        source: document.id.0,
        line: number(index),
        kind: MovementKind::Count,
        store: new.store,
        variant: line.variant,
        delta_milli: line.counted_milli.saturating_sub(on_hand.get(&line.variant).copied().unwrap_or(0)),
        unit_cost: known.get(&line.variant).and_then(|stocked| stocked.cost),
    };
    let mut movements: Vec<Movement> = new.lines.iter().enumerate().map(movement).collect();
    movements.retain(|movement| movement.delta_milli != 0);
    document.lines = moved_lines(&movements);
    write(tx, cx, "stock.counted", &document, &movements).await?;
    Ok(document)
}

/// Corrects what is on hand, with a reason.
///
/// Errors: faults of fields; `damage_adds`, `store_not_found`, `variant_unknown`, `stock_not_tracked`, `stock_insufficient`.
pub async fn adjust(tx: &mut Tx, cx: &Cx, new: &NewAdjustment) -> Result<StockDocument> {
    fields::name("/note", &new.note)?;
    let mut document = document(cx, DocumentKind::Adjustment, new.id, new.store, &new.note)?;
    let kind = match new.reason {
        AdjustmentReason::Correction => MovementKind::Adjust,
        AdjustmentReason::Damage => MovementKind::Damage,
    };
    for (index, line) in new.lines.iter().enumerate() {
        let field = format!("/lines/{index}/delta_milli");
        fields::quantity_milli(&field, line.delta_milli.saturating_abs(), 1)?;
        if kind == MovementKind::Damage && line.delta_milli > 0 {
            return Err(fields::fault(&field, "damage_adds", "damage only takes away: write it below zero"));
        }
    }
    let known = opened(tx, cx, new.store, &new.lines.iter().map(|line| line.variant).collect::<Vec<_>>()).await?;
    let movement = |(index, line): (usize, &AdjustmentLine)| Movement {
        source: document.id.0,
        line: number(index),
        kind,
        store: new.store,
        variant: line.variant,
        delta_milli: line.delta_milli,
        unit_cost: known.get(&line.variant).and_then(|stocked| stocked.cost),
    };
    let movements: Vec<Movement> = new.lines.iter().enumerate().map(movement).collect();
    document.lines = moved_lines(&movements);
    write(tx, cx, "stock.adjusted", &document, &movements).await?;
    Ok(document)
}

/// 调拨: moves stock from one store to another, at once.
///
/// Errors: faults of fields; `stores_equal`, `store_not_found`, `variant_unknown`, `stock_not_tracked`, `stock_insufficient`.
pub async fn transfer(tx: &mut Tx, cx: &Cx, new: &NewTransfer) -> Result<StockDocument> {
    if new.from_store == new.to_store {
        return Err(fields::fault("/to_store", "stores_equal", "choose two different stores"));
    }
    let mut document = document(cx, DocumentKind::Transfer, new.id, new.from_store, &new.note)?;
    document.to_store = Some(new.to_store);
    for (index, line) in new.lines.iter().enumerate() {
        fields::quantity_milli(&format!("/lines/{index}/quantity_milli"), line.quantity_milli, 1)?;
    }
    let variants: Vec<Uuid> = new.lines.iter().map(|line| line.variant).collect();
    let known = opened(tx, cx, new.from_store, &variants).await?;
    opened(tx, cx, new.to_store, &variants).await?;
    let mut movements = Vec::with_capacity(new.lines.len() * 2);
    for (index, line) in new.lines.iter().enumerate() {
        let out = Movement {
            source: document.id.0,
            line: number(index),
            kind: MovementKind::TransferOut,
            store: new.from_store,
            variant: line.variant,
            delta_milli: -line.quantity_milli,
            unit_cost: known.get(&line.variant).and_then(|stocked| stocked.cost),
        };
        let into = Movement { kind: MovementKind::TransferIn, store: new.to_store, delta_milli: line.quantity_milli, ..out.clone() };
        movements.extend([out, into]);
    }
    document.lines = moved_lines(&movements).into_iter().filter(|line| line.delta_milli < 0).collect();
    write(tx, cx, "stock.transferred", &document, &movements).await?;
    Ok(document)
}

/// What a store has, by variant; with `at_most_milli` only what has run low.
pub async fn list(
    tx: &mut Tx,
    cx: &Cx,
    store: Uuid,
    at_most_milli: Option<i64>,
    after: Option<Uuid>,
    limit: Limit,
) -> Result<Page<StockRow>> {
    shuke_org::store::ops::show(tx, cx, StoreId(store)).await?;
    let found = store::page(tx, cx.merchant, store, at_most_milli, after, limit.fetch()).await?;
    let page = Page::of(found, limit, |(variant, _, _)| *variant);
    let variants: Vec<Uuid> = page.items.iter().map(|(variant, _, _)| *variant).collect();
    let mut known = product::store::stocked(tx, cx.merchant, &variants).await?;
    Ok(page.map(|(variant, on_hand_milli, (oversell, oversell_max_milli))| {
        let named = known.remove(&variant);
        let (sku, product_name, variant_name) =
            named.map_or_else(Default::default, |named| (named.sku, named.product_name, named.variant_name));
        StockRow { variant, sku, product_name, variant_name, on_hand_milli, oversell, oversell_max_milli }
    }))
}

/// The movements of a variant in a store, newest first.
pub async fn history(
    tx: &mut Tx,
    cx: &Cx,
    (store, variant): (Uuid, Uuid),
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<MovementRow>> {
    shuke_org::store::ops::show(tx, cx, StoreId(store)).await?;
    let found = store::history(tx, cx.merchant, (store, variant), after, limit.fetch()).await?;
    Ok(Page::of(found, limit, |row| (row.at, row.source, row.line, row.kind)))
}

/// Recomputes what is on hand from the movements: the first row that differs, or none.
pub async fn verify(tx: &mut Tx, merchant: MerchantId) -> Result<Option<Difference>> {
    store::first_difference(tx, merchant).await
}

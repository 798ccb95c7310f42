//! Making batches, printing and binding their cards.

use super::model::number;
use super::{CardBatch, CardBatchDraft, CardBatchId, CardSheet, StockCard, StockState, VoidDraft, VoidedCards, store};
use crate::card::{CardId, CardNumber};
use crate::design::{self, Filling};
use shuke_db::Tx;
use shuke_kernel::{Cx, Error, Limit, Page, Result, Uuid};
use shuke_org::audit::{self, Entry};
use shuke_org::text::{self, NAME_CHARS_MAX};
use shuke_org::{setting, store as stores};

/// Numbers of one call.
const NUMBERS_MAX: usize = 500;

fn not_found() -> Error {
    Error::not_found("card_batch_not_found", "there is no such card batch")
}

/// Makes a batch with all its numbers.
///
/// Errors: `card_batch_malformed`, `text_malformed`, `store_unknown`, `card_design_not_found`,
/// `card_stock_number_taken`.
pub async fn create(tx: &mut Tx, cx: &Cx, draft: &CardBatchDraft) -> Result<CardBatch> {
    let prefix = draft.check()?;
    crate::ground::store_must_exist(tx, cx, draft.store).await?;
    if let Some(design) = draft.design {
        design::ops::find(tx, cx, design).await?;
    }
    let first = match draft.first {
        Some(first) => first,
        None => store::next_number(tx, cx.merchant, &prefix).await?,
    };
    draft.check_end(first)?;
    let batch = CardBatch {
        id: cx.id(),
        name: text::line("name", &draft.name, NAME_CHARS_MAX)?,
        first,
        cards: draft.cards,
        left_over: draft.cards,
        design: draft.design,
        store: draft.store,
        shared_max: draft.shared_max,
        created_at: cx.now,
        prefix,
    };
    let numbers: Vec<String> = (first..first + draft.cards).map(|count| number(&batch.prefix, count)).collect();
    store::insert_batch(tx, cx, &batch, &numbers).await?;
    audit::ops::record(tx, cx, &Entry::new("card_batch.created", batch.id).new_value(&batch)).await?;
    Ok(batch)
}

/// Batches, newest first.
pub async fn list(tx: &mut Tx, cx: &Cx, before: Option<CardBatchId>, limit: Limit) -> Result<Page<CardBatch>> {
    let found = store::page(tx, cx.merchant, before.map_or(Uuid::max(), |id| id.0), limit.fetch()).await?;
    Ok(Page::of(found, limit, |batch| batch.id))
}

/// The cards of a batch, by number.
///
/// Errors: `card_batch_not_found`.
pub async fn cards(
    tx: &mut Tx,
    cx: &Cx,
    id: CardBatchId,
    state: Option<StockState>,
    after: Option<String>,
    limit: Limit,
) -> Result<Page<StockCard>> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)?;
    let found = store::cards(tx, cx.merchant, id, state, &after.unwrap_or_default(), limit.fetch()).await?;
    Ok(Page::of(found, limit, |card| card.number.clone()))
}

/// What is printed on the blank cards of a batch, by number.
///
/// Errors: `card_batch_not_found`, `card_design_missing`.
pub async fn sheets(tx: &mut Tx, cx: &Cx, id: CardBatchId, after: Option<String>, limit: Limit) -> Result<Page<CardSheet>> {
    let batch = store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)?;
    let design =
        batch.design.ok_or_else(|| Error::refused("card_design_missing", "this batch has no design; there is nothing to print"))?;
    let design = design::ops::find(tx, cx, design).await?.draft;
    let issued_on = crate::ground(tx, cx.merchant).await?.zone.date(batch.created_at).to_string();
    let store = match batch.store {
        Some(id) => stores::ops::show(tx, cx, id).await?.name,
        None => String::new(),
    };
    let blank = store::cards(tx, cx.merchant, id, Some(StockState::Blank), &after.unwrap_or_default(), limit.fetch()).await?;
    let sheet = |card: StockCard| {
        let filling = Filling { number: &card.number, batch: &batch.name, issued_on: &issued_on, store: &store };
        let elements = design.filled(&filling);
        CardSheet { number: card.number, elements }
    };
    Ok(Page::of(blank.into_iter().map(sheet).collect(), limit, |sheet: &CardSheet| sheet.number.clone()))
}

/// Takes blank cards out of stock that were spoilt or are gone.
///
/// Errors: `card_batch_not_found`, `card_numbers_wrong`, `card_number_malformed`.
pub async fn void(tx: &mut Tx, cx: &Cx, id: CardBatchId, draft: &VoidDraft) -> Result<VoidedCards> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)?;
    if draft.numbers.is_empty() || draft.numbers.len() > NUMBERS_MAX {
        return Err(Error::invalid("card_numbers_wrong", format!("give 1 to {NUMBERS_MAX} numbers")));
    }
    let mut numbers = draft.numbers.iter().map(|text| Ok(CardNumber::parse(text)?.as_str().to_owned())).collect::<Result<Vec<String>>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    let voided = store::void(tx, cx, id, &numbers).await?;
    audit::ops::record(tx, cx, &Entry::new("card_batch.voided", id).new_value(&numbers)).await?;
    Ok(VoidedCards { voided })
}

/// Takes a card that is to be bound out of stock. Answers by how many it may be shared.
///
/// Errors: `card_stock_used`, `card_stock_void`; `card_not_in_stock` where only cards of the stock
/// are bound.
pub(crate) async fn take(tx: &mut Tx, cx: &Cx, number: &str, card: CardId) -> Result<i64> {
    match store::take(tx, cx, number, card).await? {
        Some((StockState::Blank, shared_max)) => Ok(shared_max),
        Some((StockState::Bound, _)) => Err(Error::conflict("card_stock_used", "this card belongs to a member already")),
        Some((StockState::Void, _)) => Err(Error::refused("card_stock_void", "this card was taken out of stock; take another one")),
        None => match setting::ops::get::<crate::MemberSettings>(tx, cx.merchant).await?.cards_from_stock {
            true => Err(Error::refused("card_not_in_stock", "no card in stock has this number; make a batch first")),
            false => Ok(0),
        },
    }
}

//! Making, selling, redeeming, blocking cards, and taking them back.

use super::{
    GiftCard, GiftCardBatch, GiftCardBatchDraft, GiftCardBatchId, GiftCardCode, GiftCardId, GiftCardState, GiftCardView, code_of, hash_of,
    store,
};
use crate::coupon::CouponCode;
use crate::prepaid::{self, PrepaidPayment, PrepaidTender};
use crate::wallet::WalletPolicy;
use crate::{ground, template};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::Vault;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Date, Error, Limit, Money, Page, Result, Uuid, Zone, time};
use shuke_ledger::{Account, AccountKind, Holdings, Journal, LotTerms, journal};
use shuke_member::MemberId;
use shuke_org::approval::{self, ApprovalId, ApprovalKind, Wanted};
use shuke_org::{StoreId, TillId, audit, setting};
use utoipa::ToSchema;

const CARDS_PER_INSERT: usize = 500;

/// Makes a batch of cards.
///
/// Errors: `name_malformed`, `gift_card_batch_invalid`, `gift_card_batch_taken`.
pub async fn create(tx: &mut Tx, cx: &Cx, vault: &Vault, draft: &GiftCardBatchDraft) -> Result<GiftCardBatch> {
    template::check_name(&draft.name)?;
    draft.check()?;
    tx.queue(store::insert_batch_stmt(cx, draft)).await?;
    let card = |number| (cx.id::<GiftCardId>(), number, hash_of(vault, cx.merchant, &code_of(vault, cx.merchant, draft.id, number)));
    let cards: Vec<_> = (1..=draft.cards).map(card).collect();
    for part in cards.chunks(CARDS_PER_INSERT) {
        tx.queue(store::insert_cards_stmt(cx.merchant, draft, part)).await?;
    }
    audit::ops::record(tx, cx, &audit::Entry::new("gift_card_batch.created", draft.id).new_value(draft)).await?;
    Ok(GiftCardBatch {
        id: draft.id,
        name: draft.name.clone(),
        face: draft.face,
        cards: draft.cards,
        sold: 0,
        months: draft.months,
        at: cx.now,
    })
}

/// A batch, or `gift_card_batch_not_found`.
pub async fn show_batch(tx: &mut Tx, cx: &Cx, id: GiftCardBatchId) -> Result<GiftCardBatch> {
    let missing = || Error::not_found("gift_card_batch_not_found", "there is no such batch of gift cards");
    store::batch(tx, cx.merchant, id).await?.ok_or_else(missing)
}

/// Batches, newest first.
pub async fn batches(tx: &mut Tx, cx: &Cx, after: Option<GiftCardBatchId>, limit: Limit) -> Result<Page<GiftCardBatch>> {
    Ok(Page::of(store::batches(tx, cx.merchant, after, limit.fetch()).await?, limit, |batch| batch.id))
}

/// The cards of a batch with their codes, by number.
///
/// Errors: `gift_card_batch_not_found`.
pub async fn codes(
    tx: &mut Tx,
    cx: &Cx,
    vault: &Vault,
    id: GiftCardBatchId,
    after: Option<i64>,
    limit: Limit,
) -> Result<Page<GiftCardCode>> {
    show_batch(tx, cx, id).await?;
    let cards = store::of_batch(tx, cx.merchant, id, after.unwrap_or(0), limit.fetch()).await?;
    let of = |card: GiftCard| {
        let code = code_of(vault, cx.merchant, id, card.number).as_str().to_owned();
        GiftCardCode { number: card.number, card: card.id, code, sold_at: card.sold_at }
    };
    Ok(Page::of(cards.into_iter().map(of).collect(), limit, |card| card.number))
}

fn missing() -> Error {
    Error::not_found("gift_card_not_found", "there is no such gift card")
}

async fn find(tx: &mut Tx, cx: &Cx, id: GiftCardId) -> Result<GiftCard> {
    store::read(&tx.need(store::by_ids_stmt(cx.merchant, &[id]), missing).await?)
}

/// A card with what it holds, as nobody else changes it: its account first, then its row.
async fn locked(tx: &mut Tx, cx: &Cx, id: GiftCardId) -> Result<(GiftCard, Holdings)> {
    let holdings = journal::ops::holdings(tx, cx, id.0, true).await?;
    Ok((store::read(&tx.need(store::locked_stmt(cx.merchant, id), missing).await?)?, holdings))
}

async fn view(tx: &mut Tx, cx: &Cx, card: &GiftCard) -> Result<GiftCardView> {
    let holdings = journal::ops::holdings(tx, cx, card.id.0, false).await?;
    Ok(card.view(&holdings, crate::book::ops::today(tx, cx).await?))
}

/// A card, or `gift_card_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: GiftCardId) -> Result<GiftCardView> {
    let card = find(tx, cx, id).await?;
    view(tx, cx, &card).await
}

/// The card with a code, or `gift_card_not_found`.
pub async fn by_code(tx: &mut Tx, cx: &Cx, vault: &Vault, code: &CouponCode) -> Result<GiftCardView> {
    let card = store::by_hash(tx, cx.merchant, &hash_of(vault, cx.merchant, code)).await?.ok_or_else(missing)?;
    view(tx, cx, &card).await
}

/// A card to be sold.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftCardSale {
    /// The store that sells.
    pub store: StoreId,
    /// Who buys, if known.
    #[serde(default)]
    pub buyer: Option<MemberId>,
    /// How it is paid, in money; comes to the face value.
    pub payments: Vec<PrepaidPayment>,
    /// The till where it is paid: it belongs to the till's shift.
    #[serde(default)]
    pub till: Option<TillId>,
}

async fn open_store(tx: &mut Tx, cx: &Cx, id: StoreId) -> Result<(Zone, Date)> {
    let at = shuke_org::store::ops::show(tx, cx, id).await?;
    if !at.active {
        return Err(Error::refused("store_closed", "this store is closed; choose another"));
    }
    let zone = at.parsed_zone()?;
    let today = zone.date(cx.now);
    Ok((zone, today))
}

/// Sells a card: from now on it holds its face value.
///
/// Errors: `gift_card_not_found`, `gift_card_sold`, `gift_card_tender_wrong`, `payments_mismatch`, `store_not_found`,
/// `store_closed`, `member_not_found`, `member_not_active`.
pub async fn sell(tx: &mut Tx, cx: &Cx, id: GiftCardId, sale: &GiftCardSale) -> Result<GiftCardView> {
    let (zone, today) = open_store(tx, cx, sale.store).await?;
    if let Some(buyer) = sale.buyer {
        ground::must_be_active(tx, cx, buyer).await?;
    }
    if sale.payments.iter().any(|payment| payment.tender == PrepaidTender::Wallet) {
        return Err(Error::refused("gift_card_tender_wrong", "a gift card is paid in money, not with prepaid value"));
    }
    let shift = ground::shift(tx, cx, sale.till, sale.store.0).await?;
    let (mut card, mut holdings) = locked(tx, cx, id).await?;
    if card.state(today) != GiftCardState::New {
        return Err(Error::refused("gift_card_sold", "this gift card was sold already, or is blocked"));
    }
    let store_id = sale.store.0;
    let mut journal = Journal::new("gift_card_sale", id.0, Some(store_id)).in_shift(shift);
    let spending = WalletPolicy::default().spending;
    card.payments = prepaid::take(cx, &mut journal, None, &spending, store_id, (&sale.payments, card.face))?;
    card.expires_on = card.months.map(|months| time::add_months(today, months));
    card.sold_store = Some(store_id);
    card.buyer = sale.buyer.map(|buyer| buyer.0);
    card.sold_at = Some(cx.now);
    let terms = LotTerms::until(cx.now, card.expires_on, &zone);
    journal.grant(cx, &mut holdings, AccountKind::GiftCard, card.face.0, prepaid::sold(store_id), terms, "gift_card_sold")?;
    tx.queue(store::sell_stmt(cx, &card)?).await?;
    journal.post(tx, cx, &[&holdings]).await?;
    let payload = serde_json::json!({
        "card": id, "batch": card.batch, "store": store_id, "member": card.buyer, "face": card.face, "payments": card.payments, "date": today,
    });
    event::append(tx, cx, &[Event::new("gift_card.sold", id, &payload)]).await?;
    Ok(card.view(&holdings, today))
}

/// A card that goes into a wallet.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftCardRedemption {
    /// Its id, made by the client (a UUIDv7).
    pub id: Uuid,
    /// The card, as its code found it.
    pub card: GiftCardId,
    /// Whose wallet.
    pub member: MemberId,
}

/// Moves all that a card holds into a member's wallet, as principal.
///
/// Errors: `gift_card_not_found`, `gift_card_not_usable`, `gift_card_empty`, `member_not_found`, `member_not_active`,
/// `transfer_source_taken` where the id was used.
pub async fn redeem(tx: &mut Tx, cx: &Cx, redemption: &GiftCardRedemption) -> Result<GiftCardView> {
    Ok(into_wallet(tx, cx, redemption).await?.0)
}

/// The same, with how much was moved.
///
/// Errors: those of [`redeem`].
pub(crate) async fn into_wallet(tx: &mut Tx, cx: &Cx, redemption: &GiftCardRedemption) -> Result<(GiftCardView, Money)> {
    let id = redemption.card;
    find(tx, cx, id).await?;
    ground::must_be_active(tx, cx, redemption.member).await?;
    // The member first, then the card, as at checkout.
    let mut wallet = journal::ops::holdings(tx, cx, redemption.member.0, true).await?;
    let (card, mut holdings) = locked(tx, cx, id).await?;
    let zone = crate::book::ops::zone(tx, cx).await?;
    let today = zone.date(cx.now);
    card.must_be_usable(today)?;
    let amount = holdings.available(AccountKind::GiftCard, cx.now);
    if amount == 0 {
        return Err(Error::refused("gift_card_empty", "nothing is left on this gift card"));
    }
    let expiry = setting::ops::get::<WalletPolicy>(tx, cx.merchant).await?.expiry;
    let between = Account::merchant(AccountKind::PrepaidMoved);
    let mut journal = Journal::new("gift_card_redemption", redemption.id, None).issued_by(card.sold_store);
    journal.spend(cx, &mut holdings, AccountKind::GiftCard, amount, between, "redeemed")?;
    let terms = LotTerms::until(cx.now, expiry.principal_until(today), &zone);
    journal.grant(cx, &mut wallet, AccountKind::Principal, amount, between, terms, "gift_card")?;
    journal.post(tx, cx, &[&wallet, &holdings]).await?;
    let payload = serde_json::json!({ "card": id, "member": redemption.member, "amount": amount, "id": redemption.id });
    event::append(tx, cx, &[Event::new("gift_card.redeemed", id, &payload)]).await?;
    Ok((card.view(&holdings, today), Money(amount)))
}

/// Blocks a lost card, or lets a found one go. What it holds stays on it.
///
/// Errors: `gift_card_not_found`.
pub async fn block(tx: &mut Tx, cx: &Cx, id: GiftCardId, blocked: bool) -> Result<GiftCardView> {
    let (old, holdings) = locked(tx, cx, id).await?;
    let card = GiftCard { blocked_at: blocked.then_some(old.blocked_at.unwrap_or(cx.now)), ..old.clone() };
    let today = crate::book::ops::today(tx, cx).await?;
    if card.blocked_at != old.blocked_at {
        tx.queue(store::state_stmt(cx, &card)?).await?;
        let what = if blocked { "gift_card.blocked" } else { "gift_card.unblocked" };
        audit::ops::record(tx, cx, &audit::Entry::new(what, id)).await?;
    }
    Ok(card.view(&holdings, today))
}

/// A card that comes back unused.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftCardReturn {
    /// The id of the return, made by the client (a UUIDv7).
    pub id: Uuid,
    /// A second person's approval, where the amount is above the limit.
    #[serde(default)]
    pub approval: Option<ApprovalId>,
    /// The till where it is paid out: it belongs to the till's shift.
    #[serde(default)]
    pub till: Option<TillId>,
}

/// The store that sold a card; none before. Or `gift_card_not_found`.
pub async fn store_of(tx: &mut Tx, cx: &Cx, id: GiftCardId) -> Result<Option<Uuid>> {
    Ok(find(tx, cx, id).await?.sold_store)
}

/// Takes a card back that was not used: its payments go back to where they came from, and it is worth nothing.
///
/// Errors: `gift_card_not_found`, `gift_card_not_usable`, `gift_card_used`, `approval_needed`, `approval_not_usable`.
pub async fn give_back(tx: &mut Tx, cx: &Cx, id: GiftCardId, ask: &GiftCardReturn) -> Result<GiftCardView> {
    let shift = match store_of(tx, cx, id).await? {
        Some(store) => ground::shift(tx, cx, ask.till, store).await?,
        None => None,
    };
    let (mut card, mut holdings) = locked(tx, cx, id).await?;
    let today = crate::book::ops::today(tx, cx).await?;
    card.must_be_usable(today)?;
    let Some(store_id) = card.sold_store else { return Err(Error::internal("a gift card was sold nowhere")) };
    if holdings.available(AccountKind::GiftCard, cx.now) != card.face.0 {
        return Err(Error::refused("gift_card_used", "a gift card that was used can't be given back; it can be spent"));
    }
    let wanted = Wanted { kind: ApprovalKind::TopUpRefund, subject: id.0, amount: card.face.0, weighed: card.face.0 };
    approval::ops::require(tx, cx, &wanted, ask.approval).await?;
    let mut journal = Journal::new("gift_card_return", ask.id, Some(store_id)).in_shift(shift);
    journal.spend(cx, &mut holdings, AccountKind::GiftCard, card.face.0, prepaid::sold(store_id), "returned")?;
    let face = card.face;
    prepaid::give_back(cx, &mut journal, None, store_id, &mut card.payments, face)?;
    card.returned_at = Some(cx.now);
    tx.queue(store::state_stmt(cx, &card)?).await?;
    journal.post(tx, cx, &[&holdings]).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("gift_card.returned", id)).await?;
    let payload = serde_json::json!({ "card": id, "store": store_id, "amount": Money(face.0), "id": ask.id });
    event::append(tx, cx, &[Event::new("gift_card.returned", id, &payload)]).await?;
    Ok(card.view(&holdings, today))
}

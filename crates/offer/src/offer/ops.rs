//! Writing, changing and publishing offers.

use super::{BudgetUsed, ClashView, Existing, Offer, OfferId, OfferRule, OfferState, OfferVersion, OfferView, clashes, store};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Limit, Page, Result};
use shuke_loyalty::book;
use shuke_loyalty::coupon::CouponTemplateId;
use shuke_loyalty::template::{self, TemplateState};
use shuke_org::{audit, text};
use utoipa::ToSchema;

/// An offer to be made, or what one is changed to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferDraft {
    /// The offer; its id is made by the client (a UUIDv7). In a change it is that of the path.
    pub offer: Offer,
    /// A draft, running, or stopped.
    pub state: OfferState,
    /// In a change, the version that was looked at: a change by somebody else in between is refused.
    #[serde(default)]
    pub version: Option<i64>,
}

fn checked(offer: &Offer) -> Result<String> {
    text::line("offer/name", &offer.name, text::NAME_CHARS_MAX)?;
    offer.check()?;
    serde_json::to_string(offer).map_err(|error| Error::internal(error.to_string()))
}

/// Makes an offer.
///
/// Errors: `text_malformed`, `offer_invalid`, `offer_taken`.
pub async fn create(tx: &mut Tx, cx: &Cx, draft: &OfferDraft) -> Result<OfferView> {
    let offer = Offer { version: 1, ..draft.offer.clone() };
    let terms = checked(&offer)?;
    tx.queue(store::insert_stmt(cx, offer.id, draft.state)).await?;
    tx.queue(store::version_stmt(cx, offer.id, 1, &terms)).await?;
    tx.queue(store::state_stmt(cx, offer.id, 1, draft.state)).await?;
    if offer.budget.is_limited() {
        tx.queue(store::budget_stmt(cx.merchant, &offer)).await?;
    }
    let used = BudgetUsed::default();
    let view = OfferView { offer, state: draft.state, version: 1, created_at: cx.now, changed_at: cx.now, used };
    record(tx, cx, "offer.created", None, &view).await?;
    Ok(view)
}

/// Changes an offer: new terms are a new version; a new state alone is not.
///
/// Errors: `offer_not_found`, `offer_version_taken` where somebody else was first,
/// `offer_state_wrong`, `offer_budget_exhausted` where it gave more than the new budget allows, and
/// those of [`create`].
pub async fn change(tx: &mut Tx, cx: &Cx, id: OfferId, draft: &OfferDraft) -> Result<OfferView> {
    let old = show(tx, cx, id).await?;
    let mut offer = Offer { id, version: old.version, ..draft.offer.clone() };
    checked(&offer)?;
    if draft.version.is_some_and(|seen| seen != old.version) {
        return Err(Error::conflict("offer_version_taken", "somebody else has changed this offer; look again"));
    }
    if draft.state == OfferState::Draft && old.state != OfferState::Draft {
        return Err(Error::refused("offer_state_wrong", "what was published can't be a draft again; stop it instead"));
    }
    let version = if offer == old.offer { old.version } else { old.version + 1 };
    if version != old.version {
        offer.version = version;
        tx.queue(store::version_stmt(cx, id, version, &checked(&offer)?)).await?;
    }
    if offer.budget != old.offer.budget {
        tx.queue(store::budget_stmt(cx.merchant, &offer)).await?;
    }
    tx.queue(store::change_stmt(cx, id, draft.state, version)).await?;
    tx.queue(store::state_stmt(cx, id, version, draft.state)).await?;
    let view = OfferView { offer, state: draft.state, version, created_at: old.created_at, changed_at: cx.now, used: old.used };
    record(tx, cx, "offer.changed", Some(&old), &view).await?;
    Ok(view)
}

async fn record(tx: &mut Tx, cx: &Cx, what: &'static str, old: Option<&OfferView>, new: &OfferView) -> Result<()> {
    let entry = audit::Entry::new(what, new.offer.id).new_value(new);
    let entry = match old {
        Some(old) => entry.old(old),
        None => entry,
    };
    audit::ops::record(tx, cx, &entry).await?;
    event::append(tx, cx, &[Event::new(what, new.offer.id, new)]).await?;
    book::bump(tx, cx.merchant).await
}

/// What stands against publishing an offer, beside those that run.
///
/// Errors: `text_malformed`, `offer_invalid`.
pub async fn check(tx: &mut Tx, cx: &Cx, offer: &Offer) -> Result<Vec<ClashView>> {
    checked(offer)?;
    let book = book::load(tx, cx.merchant).await?;
    let others = store::published(tx, cx.merchant).await?;
    let stores = shuke_org::store::ops::zones(tx, cx.merchant).await?;
    let used = match tx.row(store::by_id_stmt(cx.merchant, offer.id)).await? {
        Some(row) => store::read(&row)?.used,
        None => BudgetUsed::default(),
    };
    let template_issues = match &offer.rule {
        OfferRule::Coupon { template, .. } => Some(issues(tx, cx, *template).await?),
        _ => None,
    };
    let existing = Existing {
        today: Some(book.zone.date(cx.now)),
        stores: stores.into_iter().map(|(id, _)| id.0).collect(),
        tiers: book.scheme.tiers.iter().map(|tier| tier.id.0).collect(),
        template_issues,
        budget_used_up: offer.budget.count.is_some_and(|max| used.count >= max) || offer.budget.money.is_some_and(|max| used.money >= max),
    };
    Ok(clashes(offer, &others, &existing))
}

async fn issues(tx: &mut Tx, cx: &Cx, template: CouponTemplateId) -> Result<bool> {
    match template::ops::show(tx, cx, template).await {
        Ok(template) => Ok(template.state == TemplateState::Published),
        Err(error) if error.kind() == shuke_kernel::Kind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// An offer, or `offer_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: OfferId) -> Result<OfferView> {
    let missing = || Error::not_found("offer_not_found", "there is no such offer");
    store::read(&tx.need(store::by_id_stmt(cx.merchant, id), missing).await?)
}

/// Offers, newest first.
pub async fn list(tx: &mut Tx, cx: &Cx, state: Option<OfferState>, after: Option<OfferId>, limit: Limit) -> Result<Page<OfferView>> {
    let rows = tx.rows(store::list_stmt(cx.merchant, state, after, limit.fetch())).await?;
    let offers = rows.iter().map(store::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(offers, limit, |view| view.offer.id))
}

/// What an offer said, the latest version first.
///
/// Errors: `offer_not_found`.
pub async fn versions(tx: &mut Tx, cx: &Cx, id: OfferId, before: Option<i64>, limit: Limit) -> Result<Page<OfferVersion>> {
    show(tx, cx, id).await?;
    let found = store::versions(tx, cx.merchant, id, before, limit.fetch()).await?;
    let view = |store::Version { version, offer, at, actor }| OfferVersion { version, offer, at, actor };
    Ok(Page::of(found.into_iter().map(view).collect(), limit, |found: &OfferVersion| found.version))
}

//! Writing and changing templates.

use super::{CouponTemplate, TemplateState, check_name, store};
use crate::coupon::{CouponTemplateId, CouponTerms};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_jobs::{Event, event};
use shuke_kernel::{Cx, Error, Limit, Page, Result};
use shuke_org::audit;
use utoipa::ToSchema;

/// A template to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: CouponTemplateId,
    /// What people call it: 1 to 100 characters.
    pub name: String,
    /// What its coupons copy.
    pub terms: CouponTerms,
    /// A draft, or published at once.
    #[serde(default = "draft")]
    pub state: TemplateState,
}

const fn draft() -> TemplateState {
    TemplateState::Draft
}

/// What a template is changed to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateChange {
    /// What people call it.
    pub name: String,
    /// What coupons issued from now on copy.
    pub terms: CouponTerms,
    /// Published, or stopped; once published it is no draft any more.
    pub state: TemplateState,
}

fn written(terms: &CouponTerms) -> Result<String> {
    serde_json::to_string(terms).map_err(|error| Error::internal(error.to_string()))
}

/// Makes a template.
///
/// Errors: `name_malformed`, `coupon_terms_invalid`, `coupon_template_taken`.
pub async fn create(tx: &mut Tx, cx: &Cx, draft: &TemplateDraft) -> Result<CouponTemplate> {
    check_name(&draft.name)?;
    draft.terms.check()?;
    let template = CouponTemplate {
        id: draft.id,
        name: draft.name.clone(),
        terms: draft.terms.clone(),
        state: draft.state,
        issued: 0,
        created_at: cx.now,
        changed_at: cx.now,
    };
    tx.queue(store::insert_stmt(cx, &template, &written(&template.terms)?)).await?;
    record(tx, cx, "coupon_template.created", None, &template).await?;
    Ok(template)
}

/// Changes a template; coupons that were issued keep their terms.
///
/// Errors: `coupon_template_not_found`, `template_state_wrong`, `coupon_budget_exhausted` where more
/// were issued than the new budget allows, and those of [`create`].
pub async fn change(tx: &mut Tx, cx: &Cx, id: CouponTemplateId, change: &TemplateChange) -> Result<CouponTemplate> {
    check_name(&change.name)?;
    change.terms.check()?;
    let old = locked(tx, cx, id).await?;
    if change.state == TemplateState::Draft && old.state != TemplateState::Draft {
        return Err(Error::refused("template_state_wrong", "what was published can't be a draft again; stop it instead"));
    }
    let template =
        CouponTemplate { name: change.name.clone(), terms: change.terms.clone(), state: change.state, changed_at: cx.now, ..old.clone() };
    tx.queue(store::change_stmt(cx, &template, &written(&template.terms)?)).await?;
    record(tx, cx, "coupon_template.changed", Some(&old), &template).await?;
    Ok(template)
}

async fn record(tx: &mut Tx, cx: &Cx, what: &'static str, old: Option<&CouponTemplate>, new: &CouponTemplate) -> Result<()> {
    let entry = audit::Entry::new(what, new.id).new_value(new);
    let entry = match old {
        Some(old) => entry.old(old),
        None => entry,
    };
    audit::ops::record(tx, cx, &entry).await?;
    event::append(tx, cx, &[Event::new(what, new.id, new)]).await
}

fn missing() -> Error {
    Error::not_found("coupon_template_not_found", "there is no such coupon template")
}

/// A template, or `coupon_template_not_found`.
pub async fn show(tx: &mut Tx, cx: &Cx, id: CouponTemplateId) -> Result<CouponTemplate> {
    store::read(&tx.need(store::by_id_stmt(cx.merchant, id, false), missing).await?)
}

/// A template, locked against issues and changes.
pub(crate) async fn locked(tx: &mut Tx, cx: &Cx, id: CouponTemplateId) -> Result<CouponTemplate> {
    store::read(&tx.need(store::by_id_stmt(cx.merchant, id, true), missing).await?)
}

/// Templates, newest first.
pub async fn list(
    tx: &mut Tx,
    cx: &Cx,
    state: Option<TemplateState>,
    after: Option<CouponTemplateId>,
    limit: Limit,
) -> Result<Page<CouponTemplate>> {
    let rows = tx.rows(store::list_stmt(cx.merchant, state, after, limit.fetch())).await?;
    let templates = rows.iter().map(store::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(templates, limit, |template| template.id))
}

//! `/api/v1/coupon-templates`.

use super::ops::{self, TemplateChange, TemplateDraft};
use super::{CouponTemplate, TemplateState};
use crate::coupon::CouponTemplateId;
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, change))
}

/// Which templates.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Only those in this state.
    state: Option<TemplateState>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// Coupon templates, newest first.
#[utoipa::path(get, path = "/api/v1/coupon-templates", tag = "coupons", operation_id = "list_coupon_templates", params(Which),
    responses((status = 200, body = Page<CouponTemplate>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn list(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Query(which): Query<Which>) -> Reply<Json<Page<CouponTemplate>>> {
    let paging = Paging { cursor: which.cursor, limit: which.limit };
    let input = (&caller.cx, which.state, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, state, after, limit)| Box::pin(ops::list(tx, cx, *state, *after, *limit))).await?;
    Ok(Json(page))
}

/// Makes a coupon template.
#[utoipa::path(post, path = "/api/v1/coupon-templates", tag = "coupons", operation_id = "create_coupon_template",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = TemplateDraft,
    responses((status = 201, body = CouponTemplate), (status = 200, body = CouponTemplate, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn create(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Write { key, body }: Write<TemplateDraft>,
) -> Reply<Answer<CouponTemplate>> {
    Ok(once(&app, &caller, &key, &body, |tx, caller, draft| Box::pin(ops::create(tx, &caller.cx, draft))).await?)
}

/// One coupon template.
#[utoipa::path(get, path = "/api/v1/coupon-templates/{id}", tag = "coupons", operation_id = "show_coupon_template",
    params(("id" = CouponTemplateId, Path)),
    responses((status = 200, body = CouponTemplate), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<CouponTemplateId>) -> Reply<Json<CouponTemplate>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// Changes, publishes or stops a coupon template. Coupons that were issued keep their terms.
#[utoipa::path(put, path = "/api/v1/coupon-templates/{id}", tag = "coupons", operation_id = "change_coupon_template",
    params(("id" = CouponTemplateId, Path)), request_body = TemplateChange,
    responses((status = 200, body = CouponTemplate), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn change(
    caller: Allow<perm::LoyaltyConfigure>,
    State(app): State<App>,
    Path(id): Path<CouponTemplateId>,
    Json(change): Json<TemplateChange>,
) -> Reply<Json<CouponTemplate>> {
    let input = (&caller.cx, id, change);
    Ok(Json(app.db.write(&input, |tx, (cx, id, change)| Box::pin(ops::change(tx, cx, *id, change))).await?))
}

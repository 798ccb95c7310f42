//! `/api/v1/coupon-templates/{id}/coupons`.

use super::ops::{self, TemplateCoupon};
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, perm, routes};
use shuke_kernel::Page;
use shuke_loyalty::coupon::{CouponState, CouponTemplateId};
use shuke_member::member::View;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which coupons.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Only those in this state.
    state: Option<CouponState>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// The coupons that a template has issued, newest first, each with its member and its last use.
#[utoipa::path(get, path = "/api/v1/coupon-templates/{id}/coupons", tag = "coupons", operation_id = "list_template_coupons",
    params(("id" = CouponTemplateId, Path), Which),
    responses((status = 200, body = Page<TemplateCoupon>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn list(
    caller: Allow<perm::LoyaltyRead>,
    State(app): State<App>,
    Path(id): Path<CouponTemplateId>,
    Query(which): Query<Which>,
) -> Reply<Json<Page<TemplateCoupon>>> {
    let paging = Paging { cursor: which.cursor, limit: which.limit };
    let view = View::of(&caller.caller);
    let input = (&caller.cx, &app.vault, view, (id, which.state), paging.after()?, paging.limit()?);
    let page =
        app.db.read(&input, |tx, (cx, vault, view, of, before, limit)| Box::pin(ops::list(tx, cx, (vault, *view), *of, *before, *limit)));
    Ok(Json(page.await?))
}

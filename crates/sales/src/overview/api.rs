//! `/api/v1/members/{id}/overview`.

use super::{Overview, Sight, ops};
use crate::book::Books;
use crate::order::api::for_caller;
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, Permission, ProblemBody, Reply, perm, routes};
use shuke_member::MemberId;
use shuke_member::member::View;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}

/// Everything about a member in one call: profile, assets with their lots, tier, coupons, last orders,
/// timeline, notes, preferences; each part as far as the caller may see it.
#[utoipa::path(get, path = "/api/v1/members/{id}/overview", tag = "members", operation_id = "show_overview", params(("id" = MemberId, Path)),
    responses((status = 200, body = Overview), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn show(caller: Allow<perm::MemberRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Overview>> {
    let sight = Sight {
        person: View::of(&caller),
        orders: caller.permissions.has(Permission::SaleRead),
        value: caller.permissions.has(Permission::LedgerRead),
        loyalty: caller.permissions.has(Permission::LoyaltyRead),
    };
    let books = app.slot::<Books>();
    let input = (&caller.cx, &app.vault, &*books, sight, id);
    let work = app.db.snapshot(&input, |tx, (cx, vault, books, sight, id)| Box::pin(ops::show(tx, cx, vault, books, *sight, *id)));
    let mut found = work.await?;
    found.orders = found.orders.into_iter().map(|order| for_caller(&caller, order)).collect();
    Ok(Json(found))
}

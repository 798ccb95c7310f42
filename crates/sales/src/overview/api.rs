//! `/api/v1/members/{id}/overview`.

use super::counter::TillView;
use super::{Overview, Sight, ops};
use crate::book::Books;
use crate::order::api::for_caller;
use axum::extract::State;
use shuke_http::{Allow, App, Caller, Json, OpenApiRouter, Path, Permission, ProblemBody, Reply, perm, routes};
use shuke_member::MemberId;
use shuke_member::member::View;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(show_at_till))
}

fn sight(caller: &Caller) -> Sight {
    Sight {
        person: View::of(caller),
        orders: caller.permissions.has(Permission::SaleRead),
        value: caller.permissions.has(Permission::LedgerRead),
        loyalty: caller.permissions.has(Permission::LoyaltyRead),
    }
}

/// What the till shows at once about who stands there: tier, balances with what ends next, passes, coupons and
/// why one can't be used now, birthdays near, children's ages, days since the last visit, tags, pinned notes,
/// and what to offer: starter picks, and what is due again. For a cart ask `POST /api/v1/quotes` beside it.
#[utoipa::path(get, path = "/api/v1/members/{id}/till-view", tag = "members", operation_id = "show_member_at_till", params(("id" = MemberId, Path)),
    responses((status = 200, body = TillView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:identify"))))]
async fn show_at_till(caller: Allow<perm::MemberIdentify>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<TillView>> {
    let sight = sight(&caller);
    let books = app.slot::<Books>();
    let input = (&caller.cx, &app.vault, &*books, sight, id);
    let work = app.db.snapshot(&input, |tx, (cx, vault, books, sight, id)| Box::pin(ops::at_till(tx, cx, vault, books, *sight, *id)));
    Ok(Json(work.await?))
}

/// Everything about a member in one call: profile, assets with their lots, tier, coupons, last orders,
/// timeline, notes, preferences; each part as far as the caller may see it.
#[utoipa::path(get, path = "/api/v1/members/{id}/overview", tag = "members", operation_id = "show_overview", params(("id" = MemberId, Path)),
    responses((status = 200, body = Overview), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn show(caller: Allow<perm::MemberRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Overview>> {
    let sight = sight(&caller);
    let books = app.slot::<Books>();
    let input = (&caller.cx, &app.vault, &*books, sight, id);
    let work = app.db.snapshot(&input, |tx, (cx, vault, books, sight, id)| Box::pin(ops::show(tx, cx, vault, books, *sight, *id)));
    let mut found = work.await?;
    found.orders = found.orders.into_iter().map(|order| for_caller(&caller, order)).collect();
    Ok(Json(found))
}

//! `/api/v1/settings/points-kinds`, `/api/v1/members/{id}/points-kinds`.

use super::ops::{self, KindAdjustment};
use super::{KindView, PointsKindId, PointsKinds};
use crate::ground;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Caller, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Error, Page, Result, Uuid};
use shuke_ledger::account::{self, DayQuery, DayView};
use shuke_ledger::journal::Entry;
use shuke_ledger::lot::LotView;
use shuke_ledger::{journal, lot};
use shuke_member::MemberId;
use shuke_org::setting;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, change))
        .routes(routes!(of_member))
        .routes(routes!(statement))
        .routes(routes!(lots))
        .routes(routes!(on_day))
        .routes(routes!(adjust))
}

/// The merchant's kinds of points beside its own.
#[utoipa::path(get, path = "/api/v1/settings/points-kinds", tag = "points", operation_id = "show_points_kinds",
    responses((status = 200, body = PointsKinds), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn show(caller: Allow<perm::LoyaltyRead>, State(app): State<App>) -> Reply<Json<PointsKinds>> {
    let found = app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get::<PointsKinds>(tx, *merchant))).await?;
    Ok(Json(found))
}

/// Changes the merchant's kinds of points. What members have stays; a kind that members have can't be left out.
#[utoipa::path(put, path = "/api/v1/settings/points-kinds", tag = "points", operation_id = "change_points_kinds", request_body = PointsKinds,
    responses((status = 200, body = PointsKinds), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
async fn change(caller: Allow<perm::LoyaltyConfigure>, State(app): State<App>, Json(kinds): Json<PointsKinds>) -> Reply<Json<PointsKinds>> {
    let input = (&caller.cx, kinds);
    app.db.write(&input, |tx, (cx, kinds)| Box::pin(ops::change(tx, cx, kinds))).await?;
    Ok(Json(input.1))
}

/// What a member has of every kind of points beside the merchant's own.
#[utoipa::path(get, path = "/api/v1/members/{id}/points-kinds", tag = "points", operation_id = "list_member_points_kinds",
    params(("id" = MemberId, Path)),
    responses((status = 200, body = Vec<KindView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn of_member(caller: Allow<perm::LedgerRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Vec<KindView>>> {
    let input = (&caller.cx, id);
    let views = app.db.snapshot(&input, |tx, (cx, id)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0).await
        })
    });
    Ok(Json(views.await?))
}

/// A member's entries of a kind, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/points-kinds/{kind}/statement", tag = "points", operation_id = "list_points_kind_statement",
    params(("id" = MemberId, Path), ("kind" = PointsKindId, Path), Paging),
    responses((status = 200, body = Page<Entry>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn statement(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path((id, kind)): Path<(MemberId, PointsKindId)>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<Entry>>> {
    let input = (&caller.cx, id, kind, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, kind, before, limit)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::kind(tx, cx, *kind).await.map_err(named)?;
            match ops::purse(tx, cx, id.0, *kind).await? {
                Some(purse) => journal::ops::statement(tx, cx, purse, *before, *limit).await,
                None => Ok(Page { items: Vec::new(), next: None }),
            }
        })
    });
    Ok(Json(page.await?))
}

/// A kind that a path names and that is not there.
fn named(error: Error) -> Error {
    if error.code() == "points_kind_unknown" {
        return Error::not_found("points_kind_not_found", "the shop has no such kind of points");
    }
    error
}

/// What a member had of a kind when a local day began and ended, and the day's entries.
#[utoipa::path(get, path = "/api/v1/members/{id}/points-kinds/{kind}/at", tag = "points", operation_id = "show_points_kind_at",
    params(("id" = MemberId, Path), ("kind" = PointsKindId, Path), DayQuery),
    responses((status = 200, body = DayView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn on_day(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path((id, kind)): Path<(MemberId, PointsKindId)>,
    Query(query): Query<DayQuery>,
) -> Reply<Json<DayView>> {
    let input = (&caller.cx, id, kind, query.parsed()?);
    let view = app.db.snapshot(&input, |tx, (cx, id, kind, date)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::kind(tx, cx, *kind).await.map_err(named)?;
            // Without a purse there is nothing, which no owner's accounts say as well.
            let purse = ops::purse(tx, cx, id.0, *kind).await?.unwrap_or(Uuid::max());
            account::ops::balances_on(tx, cx, purse, *date).await
        })
    });
    Ok(Json(view.await?))
}

/// A member's lots of a kind that hold something, the soonest end first.
#[utoipa::path(get, path = "/api/v1/members/{id}/points-kinds/{kind}/lots", tag = "points", operation_id = "list_points_kind_lots",
    params(("id" = MemberId, Path), ("kind" = PointsKindId, Path)),
    responses((status = 200, body = Vec<LotView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn lots(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path((id, kind)): Path<(MemberId, PointsKindId)>,
) -> Reply<Json<Vec<LotView>>> {
    let input = (&caller.cx, id, kind);
    let found = app.db.read(&input, |tx, (cx, id, kind)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::kind(tx, cx, *kind).await.map_err(named)?;
            let mut lots = match ops::purse(tx, cx, id.0, *kind).await? {
                Some(purse) => lot::open(tx, cx, purse).await?,
                None => Vec::new(),
            };
            lots.sort_by_key(|lot| (lot.expires_at.is_none(), lot.expires_at, lot.created_at, lot.id));
            Ok(lots)
        })
    });
    Ok(Json(found.await?))
}

/// Corrects by hand what a member has of a kind. The reason goes into the audit log and the event log.
#[utoipa::path(post, path = "/api/v1/members/{id}/points-kinds/{kind}/adjustments", tag = "points", operation_id = "adjust_points_kind",
    params(("id" = MemberId, Path), ("kind" = PointsKindId, Path),
        ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = KindAdjustment,
    responses((status = 201, body = KindView), (status = 200, body = KindView, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn adjust(
    caller: Allow<perm::LedgerAdjust>,
    State(app): State<App>,
    Path((id, kind)): Path<(MemberId, PointsKindId)>,
    Write { key, body }: Write<KindAdjustment>,
) -> Reply<Answer<KindView>> {
    may(&caller, &body)?;
    let input = (id, kind, body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (id, kind, body)| {
        Box::pin(async move {
            ground::must_exist(tx, &caller.cx, *id).await?;
            if let Some(store) = body.store {
                shuke_org::store::ops::must_exist(tx, &caller.cx, &[store]).await?;
            }
            ops::kind(tx, &caller.cx, *kind).await.map_err(named)?;
            ops::adjust(tx, &caller.cx, id.0, *kind, body).await
        })
    });
    Ok(answer.await?)
}

fn may(caller: &Caller, body: &KindAdjustment) -> Result<()> {
    match (body.store, &caller.stores) {
        (Some(store), _) => caller.may_in(store.0),
        (None, Some(_)) => {
            let text = "say at which of your stores";
            Err(Error::invalid("store_missing", text).field("/store", "store_missing", text))
        }
        (None, None) => Ok(()),
    }
}

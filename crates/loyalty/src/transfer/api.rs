//! `/api/v1/points-transfers`, `/api/v1/members/{id}/points-transfers`.

use super::{PointsGift, PointsGiftDraft, ops};
use crate::ground;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Error, Page};
use shuke_member::MemberId;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(give)).routes(routes!(of_member))
}

/// Gives points of one member to another, within the merchant's terms. Final.
#[utoipa::path(post, path = "/api/v1/points-transfers", tag = "points", operation_id = "transfer_points",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = PointsGiftDraft,
    responses((status = 201, body = PointsGift), (status = 200, body = PointsGift, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("points:transfer"))))]
async fn give(
    caller: Allow<perm::PointsTransfer>,
    State(app): State<App>,
    Write { key, body }: Write<PointsGiftDraft>,
) -> Reply<Answer<PointsGift>> {
    let answer = once(&app, &caller, &key, &body, |tx, caller, draft| {
        Box::pin(async move {
            match draft.store {
                Some(store) => {
                    caller.may_in(store.0)?;
                    shuke_org::store::ops::must_exist(tx, &caller.cx, &[store]).await?;
                }
                None if caller.stores.is_some() => {
                    let text = "say at which of your stores";
                    return Err(Error::invalid("store_missing", text).field("/store", "store_missing", text));
                }
                None => {}
            }
            ground::must_be_active(tx, &caller.cx, MemberId(draft.from)).await?;
            ground::must_be_active(tx, &caller.cx, MemberId(draft.to)).await?;
            ops::give(tx, &caller.cx, draft).await
        })
    });
    Ok(answer.await?)
}

/// What a member gave to others and got from them, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/points-transfers", tag = "points", operation_id = "list_points_transfers",
    params(("id" = MemberId, Path), Paging),
    responses((status = 200, body = Page<PointsGift>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn of_member(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<PointsGift>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (cx, id, before, limit)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0, *before, *limit).await
        })
    });
    Ok(Json(page.await?))
}

//! `/api/v1/card-batches`.

use super::{CardBatch, CardBatchDraft, CardBatchId, CardSheet, StockCard, StockState, VoidDraft, VoidedCards, ops};
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(cards)).routes(routes!(sheets)).routes(routes!(void))
}

/// Which cards of a batch.
#[derive(Debug, Deserialize, IntoParams)]
struct CardQuery {
    /// Only those in this state.
    #[param(inline)]
    state: Option<StockState>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// Card batches, newest first.
#[utoipa::path(get, path = "/api/v1/card-batches", tag = "cards", operation_id = "list_card_batches", params(Paging),
    responses((status = 200, body = Page<CardBatch>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn list(caller: Allow<perm::MemberRead>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<CardBatch>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, before, limit)| Box::pin(ops::list(tx, cx, *before, *limit))).await?))
}

/// Makes a batch of printed cards with their numbers.
#[utoipa::path(post, path = "/api/v1/card-batches", tag = "cards", operation_id = "create_card_batch",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = CardBatchDraft,
    responses((status = 201, body = CardBatch), (status = 200, body = CardBatch, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn create(caller: Allow<perm::MemberConfigure>, State(app): State<App>, write: Write<CardBatchDraft>) -> Reply<Answer<CardBatch>> {
    if let Some(store) = write.body.store {
        caller.may_in(store.0)?;
    }
    let work = once(&app, &caller, &write.key, &write.body, |tx, caller, draft| Box::pin(ops::create(tx, &caller.cx, draft)));
    Ok(work.await?)
}

/// The cards of a batch, by number.
#[utoipa::path(get, path = "/api/v1/card-batches/{id}/cards", tag = "cards", operation_id = "list_stock_cards",
    params(("id" = CardBatchId, Path), CardQuery),
    responses((status = 200, body = Page<StockCard>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn cards(
    caller: Allow<perm::MemberRead>,
    State(app): State<App>,
    Path(id): Path<CardBatchId>,
    Query(query): Query<CardQuery>,
) -> Reply<Json<Page<StockCard>>> {
    let paging = Paging { cursor: query.cursor.clone(), limit: query.limit };
    let input = (&caller.cx, id, query.state, paging.after()?, paging.limit()?);
    let work = app.db.read(&input, |tx, (cx, id, state, after, limit)| Box::pin(ops::cards(tx, cx, *id, *state, after.clone(), *limit)));
    Ok(Json(work.await?))
}

/// What is printed on the blank cards of a batch, by number.
#[utoipa::path(get, path = "/api/v1/card-batches/{id}/sheets", tag = "cards", operation_id = "list_card_sheets",
    params(("id" = CardBatchId, Path), Paging),
    responses((status = 200, body = Page<CardSheet>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn sheets(
    caller: Allow<perm::MemberRead>,
    State(app): State<App>,
    Path(id): Path<CardBatchId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<CardSheet>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, id, after, limit)| Box::pin(ops::sheets(tx, cx, *id, after.clone(), *limit))).await?))
}

/// Takes blank cards out of stock that were spoilt or are gone.
#[utoipa::path(post, path = "/api/v1/card-batches/{id}/void", tag = "cards", operation_id = "void_stock_cards",
    params(("id" = CardBatchId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = VoidDraft,
    responses((status = 201, body = VoidedCards), (status = 200, body = VoidedCards, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn void(
    caller: Allow<perm::MemberConfigure>,
    State(app): State<App>,
    Path(id): Path<CardBatchId>,
    write: Write<VoidDraft>,
) -> Reply<Answer<VoidedCards>> {
    let input = (id, &write.body);
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (id, draft)| Box::pin(ops::void(tx, &caller.cx, *id, draft)));
    Ok(work.await?)
}

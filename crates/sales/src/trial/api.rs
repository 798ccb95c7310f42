//! `/api/v1/trials`: try a rule on past orders.

use super::model::{Trial, TrialDraft, TrialId};
use super::ops;
use crate::book::Books;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::Page;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show)).routes(routes!(cancel))
}

/// Trials, newest first.
#[utoipa::path(get, path = "/api/v1/trials", tag = "trials", operation_id = "list_trials", params(Paging),
    responses((status = 200, body = Page<Trial>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:read"))))]
async fn list(caller: Allow<perm::OfferRead>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<Trial>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, after, limit)| Box::pin(ops::list(tx, cx, *after, *limit))).await?))
}

/// Tries a rule on past orders: an offer, a coupon, an earn policy or a tier scheme. The answer comes at
/// once; ask for the trial to see how far it is.
#[utoipa::path(post, path = "/api/v1/trials", tag = "trials", operation_id = "create_trial",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = TrialDraft,
    responses((status = 201, body = Trial), (status = 200, body = Trial, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:write"))))]
async fn create(caller: Allow<perm::OfferWrite>, State(app): State<App>, Write { key, body }: Write<TrialDraft>) -> Reply<Answer<Trial>> {
    let books = app.slot::<Books>();
    let input = (&*books, &body);
    let answer = once(&app, &caller, &key, &input, |tx, caller, (books, draft)| {
        Box::pin(async move {
            let book = books.current(tx, caller.cx.merchant).await?;
            ops::create(tx, &caller.cx, &book, draft).await
        })
    })
    .await?;
    Ok(answer)
}

/// One trial, with its progress, and its result once it is done.
#[utoipa::path(get, path = "/api/v1/trials/{id}", tag = "trials", operation_id = "show_trial", params(("id" = TrialId, Path)),
    responses((status = 200, body = Trial), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:read"))))]
async fn show(caller: Allow<perm::OfferRead>, State(app): State<App>, Path(id): Path<TrialId>) -> Reply<Json<Trial>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// Cancels a trial; one that is done stays as it is.
#[utoipa::path(delete, path = "/api/v1/trials/{id}", tag = "trials", operation_id = "cancel_trial", params(("id" = TrialId, Path)),
    responses((status = 200, body = Trial), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("offer:write"))))]
async fn cancel(caller: Allow<perm::OfferWrite>, State(app): State<App>, Path(id): Path<TrialId>) -> Reply<Json<Trial>> {
    Ok(Json(app.db.write(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::cancel(tx, cx, *id))).await?))
}

//! `/api/v1/insight`.

use super::body::RunReport;
use super::catalogue::{self, AnalysisInfo};
use super::model::{Run, RunDetail, RunDraft, RunId, RunState, Save, SaveDraft, SaveId};
use super::{groups, ops, save};
use crate::lake::{self, LakeState};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_insight::ask::Analysis;
use shuke_kernel::Page;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(analyses))
        .routes(routes!(list, start))
        .routes(routes!(show, remove))
        .routes(routes!(cancel))
        .routes(routes!(page))
        .routes(routes!(long_list))
        .routes(routes!(saves, save_group))
        .routes(routes!(show_save))
        .routes(routes!(lake_state))
        .routes(routes!(refresh_lake))
}

/// The analyses: the question of each, its parameters with their usual values, its source, what it was checked
/// against, and when not to trust it.
#[utoipa::path(get, path = "/api/v1/insight/analyses", tag = "insight", operation_id = "list_analyses",
    responses((status = 200, body = Vec<AnalysisInfo>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:read"))))]
async fn analyses(_: Allow<perm::InsightRead>) -> Json<Vec<AnalysisInfo>> {
    Json(catalogue::all())
}

/// Asks for an analysis; it runs in the background. Ask `GET …/runs/{id}` every second until it is `done`.
#[utoipa::path(post, path = "/api/v1/insight/runs", tag = "insight", operation_id = "start_insight_run",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = RunDraft,
    responses((status = 201, body = Run), (status = 200, body = Run, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:run"))))]
async fn start(caller: Allow<perm::InsightRun>, State(app): State<App>, write: Write<RunDraft>) -> Reply<Answer<Run>> {
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, draft| Box::pin(ops::start(tx, caller, draft))).await?)
}

/// Which runs are wanted.
#[derive(Debug, Deserialize, IntoParams)]
struct Wanted {
    /// Of this analysis.
    #[param(inline)]
    analysis: Option<Analysis>,
    /// In this state.
    #[param(inline)]
    state: Option<RunState>,
    /// Of each analysis only the newest that is done, over all stores or your own store.
    latest: Option<bool>,
}

/// Runs, newest first.
#[utoipa::path(get, path = "/api/v1/insight/runs", tag = "insight", operation_id = "list_insight_runs", params(Wanted, Paging),
    responses((status = 200, body = Page<Run>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:read"))))]
async fn list(
    caller: Allow<perm::InsightRead>,
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<Run>>> {
    let filter = ops::Filter { analysis: wanted.analysis, state: wanted.state, latest: wanted.latest.unwrap_or(false) };
    let input = (&*caller, filter, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (caller, filter, before, limit)| Box::pin(ops::list(tx, caller, filter, *before, *limit)));
    Ok(Json(page.await?))
}

/// A run, how far it is, and once it is done what it found: findings in plain words, next steps, figures, plots,
/// tables, the groups that can be saved, the method with its source, and when not to trust it.
#[utoipa::path(get, path = "/api/v1/insight/runs/{id}", tag = "insight", operation_id = "show_insight_run", params(("id" = RunId, Path)),
    responses((status = 200, body = RunDetail), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:read"))))]
async fn show(caller: Allow<perm::InsightRead>, State(app): State<App>, Path(id): Path<RunId>) -> Reply<Json<RunDetail>> {
    Ok(Json(app.db.read(&(&*caller, id), |tx, (caller, id)| Box::pin(ops::show(tx, caller, *id))).await?))
}

/// Removes a run and what it found.
#[utoipa::path(delete, path = "/api/v1/insight/runs/{id}", tag = "insight", operation_id = "remove_insight_run", params(("id" = RunId, Path)),
    responses((status = 204, description = "Gone"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:run"))))]
async fn remove(caller: Allow<perm::InsightRun>, State(app): State<App>, Path(id): Path<RunId>) -> Reply<StatusCode> {
    app.db.write(&(&*caller, id), |tx, (caller, id)| Box::pin(ops::remove(tx, caller, *id))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops a run. One that has ended stays as it is.
#[utoipa::path(post, path = "/api/v1/insight/runs/{id}/cancel", tag = "insight", operation_id = "cancel_insight_run", params(("id" = RunId, Path)),
    responses((status = 200, body = Run), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:run"))))]
async fn cancel(caller: Allow<perm::InsightRun>, State(app): State<App>, Path(id): Path<RunId>) -> Reply<Json<Run>> {
    Ok(Json(app.db.write(&(&*caller, id), |tx, (caller, id)| Box::pin(ops::cancel(tx, caller, *id))).await?))
}

fn attached(kind: &'static str, name: &str, body: Vec<u8>) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// What a run found as one page that can be mailed: styles and plots inside, nothing loaded, no script.
#[utoipa::path(get, path = "/api/v1/insight/runs/{id}/page", tag = "insight", operation_id = "show_insight_page", params(("id" = RunId, Path)),
    responses((status = 200, body = String, content_type = "text/html"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:read"))))]
async fn page(caller: Allow<perm::InsightRead>, State(app): State<App>, Path(id): Path<RunId>) -> Reply<Response> {
    let input = (&*caller, id);
    let found = app.db.read(&input, |tx, (caller, id)| Box::pin(ops::found(tx, caller, *id)));
    let (run, report): (Run, RunReport) = found.await?;
    let name = format!("{}-{}.html", run.analysis.as_str(), report.as_of);
    Ok(attached("text/html; charset=utf-8", &name, report.page(run.analysis.as_str())?.into_bytes()))
}

/// The long list of a run as CSV: one row a member, rule or day. Members are written by their number.
#[utoipa::path(get, path = "/api/v1/insight/runs/{id}/list", tag = "insight", operation_id = "show_insight_list", params(("id" = RunId, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:read"))))]
async fn long_list(caller: Allow<perm::InsightRead>, State(app): State<App>, Path(id): Path<RunId>) -> Reply<Response> {
    let input = (&*caller, id);
    let found = app.db.read(&input, |tx, (caller, id)| Box::pin(ops::list_of(tx, caller, *id)));
    let (run, name) = found.await?;
    let text = groups::named_list(&app, caller.cx.merchant, &name).await?;
    let name = format!("{}-{}.csv", run.analysis.as_str(), run.as_of.map_or_else(String::new, |day| day.to_string()));
    Ok(attached("text/csv; charset=utf-8", &name, text))
}

/// Saves the members of a group as a tag, in the background: afterwards exactly they have it. The tag is made
/// where a name is given that no tag has; a tag with a rule is refused. With `coupon` each of them gets a coupon of
/// that template too, of one run once, however often its groups are saved; `POST /api/v1/coupon-issues/{run}/revoke`
/// takes them back.
#[utoipa::path(post, path = "/api/v1/insight/runs/{id}/saves", tag = "insight", operation_id = "save_insight_group",
    params(("id" = RunId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = SaveDraft,
    responses((status = 201, body = Save), (status = 200, body = Save, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn save_group(
    caller: Allow<perm::MemberConfigure>,
    State(app): State<App>,
    Path(id): Path<RunId>,
    write: Write<SaveDraft>,
) -> Reply<Answer<Save>> {
    let input = (id, write.body);
    Ok(once(&app, &caller, &write.key, &input, |tx, caller, (id, draft)| Box::pin(save::ask(tx, caller, *id, draft))).await?)
}

/// What of a run was saved, newest first.
#[utoipa::path(get, path = "/api/v1/insight/runs/{id}/saves", tag = "insight", operation_id = "list_insight_saves", params(("id" = RunId, Path), Paging),
    responses((status = 200, body = Page<Save>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:read"))))]
async fn saves(
    caller: Allow<perm::InsightRead>,
    State(app): State<App>,
    Path(id): Path<RunId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<Save>>> {
    let input = (&*caller, id, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (caller, id, before, limit)| Box::pin(save::list(tx, caller, *id, *before, *limit))).await?))
}

/// How far a save is.
#[utoipa::path(get, path = "/api/v1/insight/saves/{id}", tag = "insight", operation_id = "show_insight_save", params(("id" = SaveId, Path)),
    responses((status = 200, body = Save), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:read"))))]
async fn show_save(caller: Allow<perm::InsightRead>, State(app): State<App>, Path(id): Path<SaveId>) -> Reply<Json<Save>> {
    Ok(Json(app.db.read(&(&*caller, id), |tx, (caller, id)| Box::pin(save::show(tx, caller, *id))).await?))
}

/// What the lake holds, and how far it is behind.
#[utoipa::path(get, path = "/api/v1/insight/lake", tag = "insight", operation_id = "show_lake",
    responses((status = 200, body = LakeState), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:read"))))]
async fn lake_state(caller: Allow<perm::InsightRead>, State(app): State<App>) -> Reply<Json<LakeState>> {
    Ok(Json(app.db.read(&caller.cx, |tx, cx| Box::pin(lake::ops::show(tx, cx))).await?))
}

/// Brings the lake up to date, in the background. It is so every night, and before every run.
#[utoipa::path(post, path = "/api/v1/insight/lake/refresh", tag = "insight", operation_id = "refresh_lake",
    responses((status = 200, body = LakeState), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("insight:run"))))]
async fn refresh_lake(caller: Allow<perm::InsightRun>, State(app): State<App>) -> Reply<Json<LakeState>> {
    let asked = app.db.write(&caller.cx, |tx, cx| {
        Box::pin(async move {
            lake::ops::ask(tx, cx.merchant, cx.now).await?;
            lake::ops::show(tx, cx).await
        })
    });
    Ok(Json(asked.await?))
}

//! `/api/v1/stages`, `/api/v1/settings/stage`, `/api/v1/members/{id}/stage-changes`.

use super::StageBands;
use super::ops::{self, StageChange, StageCount};
use crate::MemberId;
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, perm, routes};
use shuke_kernel::{Page, time};
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(counts)).routes(routes!(bands, change_bands)).routes(routes!(changes))
}

/// Which day is asked for.
#[derive(Debug, Deserialize, IntoParams)]
struct OnDay {
    /// A local date; the stages as they are stored where it is left out.
    on: Option<String>,
}

/// How many members are in each stage, now or on a day.
#[utoipa::path(get, path = "/api/v1/stages", tag = "stages", operation_id = "count_stages", params(OnDay),
    responses((status = 200, body = Vec<StageCount>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn counts(caller: Allow<perm::MemberRead>, State(app): State<App>, Query(query): Query<OnDay>) -> Reply<Json<Vec<StageCount>>> {
    let day = query.on.as_deref().map(time::parse_date).transpose()?;
    let found = app
        .db
        .read(&(&caller.cx, day), |tx, (cx, day)| {
            Box::pin(async move {
                match day {
                    Some(day) => ops::counts_on(tx, cx, *day).await,
                    None => ops::counts(tx, cx).await,
                }
            })
        })
        .await?;
    Ok(Json(found))
}

/// The bands that stages go by.
#[utoipa::path(get, path = "/api/v1/settings/stage", tag = "stages", operation_id = "show_stage_bands",
    responses((status = 200, body = StageBands), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn bands(caller: Allow<perm::MemberRead>, State(app): State<App>) -> Reply<Json<StageBands>> {
    let found = app.db.read(&caller.cx, |tx, cx| Box::pin(async move { Ok(crate::ground(tx, cx.merchant).await?.bands) })).await?;
    Ok(Json(found))
}

/// Changes the bands and brings every member to the stage they say.
#[utoipa::path(put, path = "/api/v1/settings/stage", tag = "stages", operation_id = "change_stage_bands", request_body = StageBands,
    responses((status = 200, body = StageBands), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change_bands(caller: Allow<perm::OrgWrite>, State(app): State<App>, Json(bands): Json<StageBands>) -> Reply<Json<StageBands>> {
    let bands = app.db.write(&(&caller.cx, bands), |tx, (cx, bands)| Box::pin(ops::set_bands(tx, cx, bands))).await?;
    Ok(Json(bands))
}

/// When a member went from which stage to which, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/stage-changes", tag = "stages", operation_id = "list_stage_changes",
    params(("id" = MemberId, Path), Paging),
    responses((status = 200, body = Page<StageChange>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn changes(
    caller: Allow<perm::MemberRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<StageChange>>> {
    let input = (&caller.cx, id, paging.after()?, paging.limit()?);
    let found = app
        .db
        .read(&input, |tx, (cx, id, before, limit)| {
            Box::pin(async move {
                crate::member::ops::must_exist(tx, cx, *id).await?;
                ops::changes(tx, cx, *id, *before, *limit).await
            })
        })
        .await?;
    Ok(Json(found))
}

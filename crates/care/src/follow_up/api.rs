//! `/api/v1/follow-ups`.

use super::ops::{self, Assignee, FollowUpCounts, FollowUpDetail, FollowUpNumber, FollowUpRow, Wanted};
use super::{
    AttemptDraft, FollowUp, FollowUpBatch, FollowUpBatchDraft, FollowUpBatchId, FollowUpChange, FollowUpDraft, FollowUpId, FollowUpState,
};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Date, Page, Uuid};
use shuke_member::MemberId;
use shuke_member::member::View;
use shuke_org::StaffId;
use utoipa::{IntoParams, ToSchema};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(create_batch))
        .routes(routes!(counts))
        .routes(routes!(assignees))
        .routes(routes!(show, change))
        .routes(routes!(number))
        .routes(routes!(record))
        .routes(routes!(give_up))
}

/// Which follow-ups.
#[derive(Debug, Deserialize, IntoParams)]
struct Which {
    /// Only those of this store.
    store: Option<Uuid>,
    /// Only those in this state.
    state: Option<FollowUpState>,
    /// Only those of this member.
    #[param(value_type = Option<String>, format = Uuid)]
    member: Option<MemberId>,
    /// Only those that this member of staff is to do.
    #[param(value_type = Option<String>, format = Uuid)]
    assigned_to: Option<StaffId>,
    /// Only those that are yours.
    #[serde(default)]
    mine: bool,
    /// Only those that are nobody's yet.
    #[serde(default)]
    unassigned: bool,
    /// Only those due up to this day.
    #[param(value_type = Option<String>, format = Date)]
    due_to: Option<Date>,
    /// Only those that this batch made.
    #[param(value_type = Option<String>, format = Uuid)]
    batch: Option<FollowUpBatchId>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// Where.
#[derive(Debug, Deserialize, IntoParams)]
struct Where {
    /// Only this store.
    store: Option<Uuid>,
}

/// Why a follow-up is given up.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GivingUp {
    /// In words, one line.
    reason: String,
}

/// Whom the store is to contact: open ones by their day, the soonest first; else the latest day first.
#[utoipa::path(get, path = "/api/v1/follow-ups", tag = "follow-ups", operation_id = "list_follow_ups", params(Which),
    responses((status = 200, body = Page<FollowUpRow>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("follow-up:read"))))]
async fn list(caller: Allow<perm::FollowUpRead>, State(app): State<App>, Query(which): Query<Which>) -> Reply<Json<Page<FollowUpRow>>> {
    let paging = Paging { cursor: which.cursor, limit: which.limit };
    let wanted = Wanted {
        store: which.store,
        state: which.state,
        member: which.member,
        assigned_to: which.assigned_to,
        mine: which.mine,
        unassigned: which.unassigned,
        due_to: which.due_to,
        batch: which.batch,
    };
    let view = View::of(&caller.caller);
    let input = (&caller.caller, &app.vault, view, wanted, paging.after()?, paging.limit()?);
    let page = app.db.read(&input, |tx, (caller, vault, view, wanted, after, limit)| {
        Box::pin(ops::list(tx, caller, (vault, *view), wanted, *after, *limit))
    });
    Ok(Json(page.await?))
}

/// Makes a follow-up for a member.
#[utoipa::path(post, path = "/api/v1/follow-ups", tag = "follow-ups", operation_id = "create_follow_up", request_body = FollowUpDraft,
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = FollowUp), (status = 200, body = FollowUp, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("follow-up:write"))))]
async fn create(caller: Allow<perm::FollowUpWrite>, State(app): State<App>, write: Write<FollowUpDraft>) -> Reply<Answer<FollowUp>> {
    let input = (&app.vault, &write.body);
    let made = once(&app, &caller, &write.key, &input, |tx, caller, (vault, draft)| Box::pin(ops::create(tx, caller, vault, draft)));
    Ok(made.await?)
}

/// Makes a follow-up for each member who has a tag; says how many were made, and why others were passed over.
#[utoipa::path(post, path = "/api/v1/follow-ups/batches", tag = "follow-ups", operation_id = "create_follow_up_batch",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = FollowUpBatchDraft,
    responses((status = 201, body = FollowUpBatch), (status = 200, body = FollowUpBatch, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("follow-up:write"))))]
async fn create_batch(
    caller: Allow<perm::FollowUpWrite>,
    State(app): State<App>,
    write: Write<FollowUpBatchDraft>,
) -> Reply<Answer<FollowUpBatch>> {
    Ok(once(&app, &caller, &write.key, &write.body, |tx, caller, draft| Box::pin(ops::make_batch(tx, caller, draft))).await?)
}

/// How many follow-ups are open and due today or before.
#[utoipa::path(get, path = "/api/v1/follow-ups/counts", tag = "follow-ups", operation_id = "count_follow_ups", params(Where),
    responses((status = 200, body = FollowUpCounts), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("follow-up:read"))))]
async fn counts(caller: Allow<perm::FollowUpRead>, State(app): State<App>, Query(at): Query<Where>) -> Reply<Json<FollowUpCounts>> {
    let input = (&caller.caller, at.store);
    Ok(Json(app.db.read(&input, |tx, (caller, store)| Box::pin(ops::counts(tx, caller, *store))).await?))
}

/// Who may be given follow-ups.
#[utoipa::path(get, path = "/api/v1/follow-ups/assignees", tag = "follow-ups", operation_id = "list_follow_up_assignees", params(Where),
    responses((status = 200, body = Vec<Assignee>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("follow-up:write"))))]
async fn assignees(caller: Allow<perm::FollowUpWrite>, State(app): State<App>, Query(at): Query<Where>) -> Reply<Json<Vec<Assignee>>> {
    let input = (&caller.caller, at.store);
    Ok(Json(app.db.read(&input, |tx, (caller, store)| Box::pin(ops::assignees(tx, caller, *store))).await?))
}

/// A follow-up with its tries, and what is good to know before the next one.
#[utoipa::path(get, path = "/api/v1/follow-ups/{id}", tag = "follow-ups", operation_id = "show_follow_up", params(("id" = FollowUpId, Path)),
    responses((status = 200, body = FollowUpDetail), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("follow-up:read"))))]
async fn show(caller: Allow<perm::FollowUpRead>, State(app): State<App>, Path(id): Path<FollowUpId>) -> Reply<Json<FollowUpDetail>> {
    let input = (&caller.caller, &app.vault, View::of(&caller.caller), id);
    Ok(Json(app.db.read(&input, |tx, (caller, vault, view, id)| Box::pin(ops::show(tx, caller, (vault, *view), *id))).await?))
}

/// Gives an open follow-up another day, or to somebody else. Without `follow-up:write` one takes over what is nobody's,
/// and moves one's own.
#[utoipa::path(put, path = "/api/v1/follow-ups/{id}", tag = "follow-ups", operation_id = "change_follow_up", params(("id" = FollowUpId, Path)),
    request_body = FollowUpChange,
    responses((status = 200, body = FollowUp), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("follow-up:record"))))]
async fn change(
    caller: Allow<perm::FollowUpRecord>,
    State(app): State<App>,
    Path(id): Path<FollowUpId>,
    Json(body): Json<FollowUpChange>,
) -> Reply<Json<FollowUp>> {
    let input = (&caller.caller, &app.vault, id, body);
    Ok(Json(app.db.write(&input, |tx, (caller, vault, id, body)| Box::pin(ops::change(tx, caller, vault, *id, body))).await?))
}

/// Name and number of whom an open follow-up of yours is about; the look is recorded.
#[utoipa::path(get, path = "/api/v1/follow-ups/{id}/phone", tag = "follow-ups", operation_id = "show_follow_up_phone",
    params(("id" = FollowUpId, Path)),
    responses((status = 200, body = FollowUpNumber), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("follow-up:record"))))]
async fn number(caller: Allow<perm::FollowUpRecord>, State(app): State<App>, Path(id): Path<FollowUpId>) -> Reply<Json<FollowUpNumber>> {
    let input = (&caller.caller, &app.vault, id);
    Ok(Json(app.db.write(&input, |tx, (caller, vault, id)| Box::pin(ops::number(tx, caller, vault, *id))).await?))
}

/// Records a try and what came of it. Who asks not to be contacted has all consents withdrawn, and all their open
/// follow-ups end.
#[utoipa::path(post, path = "/api/v1/follow-ups/{id}/attempts", tag = "follow-ups", operation_id = "record_follow_up_attempt",
    params(("id" = FollowUpId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = AttemptDraft,
    responses((status = 201, body = FollowUp), (status = 200, body = FollowUp, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("follow-up:record"))))]
async fn record(
    caller: Allow<perm::FollowUpRecord>,
    State(app): State<App>,
    Path(id): Path<FollowUpId>,
    write: Write<AttemptDraft>,
) -> Reply<Answer<FollowUp>> {
    let input = (&app.vault, id, &write.body);
    let work =
        once(&app, &caller, &write.key, &input, |tx, caller, (vault, id, draft)| Box::pin(ops::record(tx, caller, vault, *id, draft)));
    Ok(work.await?)
}

/// Ends an open follow-up without an answer.
#[utoipa::path(post, path = "/api/v1/follow-ups/{id}/give-up", tag = "follow-ups", operation_id = "give_up_follow_up",
    params(("id" = FollowUpId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = GivingUp,
    responses((status = 201, body = FollowUp), (status = 200, body = FollowUp, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("follow-up:record"))))]
async fn give_up(
    caller: Allow<perm::FollowUpRecord>,
    State(app): State<App>,
    Path(id): Path<FollowUpId>,
    write: Write<GivingUp>,
) -> Reply<Answer<FollowUp>> {
    let input = (&app.vault, id, &write.body);
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (vault, id, body)| {
        Box::pin(ops::give_up(tx, caller, vault, *id, &body.reason))
    });
    Ok(work.await?)
}

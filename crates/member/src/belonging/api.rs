//! `/api/v1/members/{id}/export`, `/api/v1/members/{id}/erase`.

use super::{Belongings, MemberExport, ops};
use crate::MemberId;
use crate::member::{self, MemberView, View};
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, Path, ProblemBody, Reply, Write, once, perm, routes};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export)).routes(routes!(erase))
}

/// Everything that is known of a member, in one document; the look is recorded.
#[utoipa::path(get, path = "/api/v1/members/{id}/export", tag = "members", operation_id = "export_member", params(("id" = MemberId, Path)),
    responses((status = 200, body = MemberExport), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:export"))))]
async fn export(caller: Allow<perm::MemberExport>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<MemberExport>> {
    let belongings = app.slot::<Belongings>();
    let input = (&caller.cx, &app.vault, &*belongings, id);
    let work = app.db.write(&input, |tx, (cx, vault, belongings, id)| Box::pin(ops::export(tx, cx, vault, belongings, *id)));
    Ok(Json(work.await?))
}

/// Takes away everything that tells who a member was; number, figures and ledger stay. For good.
#[utoipa::path(post, path = "/api/v1/members/{id}/erase", tag = "members", operation_id = "erase_member",
    params(("id" = MemberId, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = MemberView), (status = 200, body = MemberView, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:export"))))]
async fn erase(
    caller: Allow<perm::MemberExport>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    write: Write<serde_json::Value>,
) -> Reply<Answer<MemberView>> {
    let belongings = app.slot::<Belongings>();
    let input = (&app.vault, &*belongings, id);
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (vault, belongings, id)| {
        Box::pin(async move {
            ops::erase(tx, &caller.cx, belongings, *id).await?;
            member::ops::show(tx, &caller.cx, vault, *id, View::Masked).await
        })
    });
    Ok(work.await?)
}

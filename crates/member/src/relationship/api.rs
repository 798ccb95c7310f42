//! `/api/v1/members/{id}/relationship`, `/api/v1/settings/relationship`.

use super::{Relationship, RelationshipPolicy, ops};
use crate::MemberId;
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, ProblemBody, Reply, perm, routes};
use shuke_org::setting;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(policy, set_policy))
}

/// How well the shop and a member know each other.
#[utoipa::path(get, path = "/api/v1/members/{id}/relationship", tag = "members", operation_id = "show_relationship", params(("id" = MemberId, Path)),
    responses((status = 200, body = Relationship), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn show(caller: Allow<perm::MemberRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Relationship>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// The grades, and what each asks for.
#[utoipa::path(get, path = "/api/v1/settings/relationship", tag = "members", operation_id = "show_relationship_policy",
    responses((status = 200, body = RelationshipPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn policy(caller: Allow<perm::MemberRead>, State(app): State<App>) -> Reply<Json<RelationshipPolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes the grades. Every member's follows at once.
#[utoipa::path(put, path = "/api/v1/settings/relationship", tag = "members", operation_id = "change_relationship_policy", request_body = RelationshipPolicy,
    responses((status = 200, body = RelationshipPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:configure"))))]
async fn set_policy(
    caller: Allow<perm::MemberConfigure>,
    State(app): State<App>,
    Json(new): Json<RelationshipPolicy>,
) -> Reply<Json<RelationshipPolicy>> {
    app.db.write(&(&caller.cx, &new), |tx, (cx, new)| Box::pin(setting::ops::put(tx, cx, *new))).await?;
    Ok(Json(new))
}

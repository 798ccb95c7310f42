//! `/api/v1/audit`.

use super::{AuditView, ops};
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, App, Json, OpenApiRouter, Paging, ProblemBody, Query, Reply, perm, routes};
use shuke_kernel::Page;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which entries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct Filter {
    /// Only those about this: most often an id.
    subject: Option<String>,
}

/// The audit log, newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", operation_id = "list_audit", params(Filter, Paging),
    responses((status = 200, body = Page<AuditView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("audit:read"))))]
async fn list(
    caller: Allow<perm::AuditRead>,
    State(app): State<App>,
    Query(filter): Query<Filter>,
    Query(paging): Query<Paging>,
) -> Reply<Json<Page<AuditView>>> {
    let input = (&caller.cx, filter, paging.after()?, paging.limit()?);
    let page = app
        .db
        .read(&input, |tx, (cx, filter, before, limit)| Box::pin(ops::list(tx, cx, filter.subject.as_deref(), *before, *limit)))
        .await?;
    Ok(Json(page))
}

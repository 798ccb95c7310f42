//! `/api/v1/members/{id}/lots`.

use super::{LotView, store};
use crate::{AccountKind, LotId};
use axum::extract::State;
use serde::Deserialize;
use shuke_db::Tx;
use shuke_http::{Allow, App, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, perm, routes};
use shuke_kernel::{Cx, Limit, Page, Result, Uuid};
use shuke_member::member::ops as members;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which lots.
#[derive(Clone, Debug, Deserialize, IntoParams)]
struct LotQuery {
    /// Only points, principal or bonus.
    kind: Option<AccountKind>,
    /// Also those that hold nothing any more.
    #[serde(default)]
    #[param(required = false)]
    all: bool,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// A member's lots, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/lots", tag = "ledger", operation_id = "list_lots", params(("id" = Uuid, Path), LotQuery),
    responses((status = 200, body = Page<LotView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn list(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(query): Query<LotQuery>,
) -> Reply<Json<Page<LotView>>> {
    let paging = Paging { cursor: query.cursor.clone(), limit: query.limit };
    let input = (&caller.cx, id, query, paging.after::<LotId>()?, paging.limit()?);
    let work = app.db.read(&input, |tx, (cx, id, query, after, limit)| Box::pin(page(tx, cx, *id, query, *after, *limit)));
    Ok(Json(work.await?))
}

async fn page(tx: &mut Tx, cx: &Cx, member: Uuid, query: &LotQuery, after: Option<LotId>, limit: Limit) -> Result<Page<LotView>> {
    members::must_exist(tx, cx, member.into()).await?;
    let rows = store::page(tx, cx.merchant, member, query.kind, query.all, after, limit.fetch()).await?;
    Ok(Page::of(rows, limit, |lot| lot.id))
}

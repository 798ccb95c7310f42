//! `/api/v1/figures`. Amounts are minor units, ratios basis points.

use super::model::{Overall, Reach};
use super::ops;
use crate::report::api::period;
use axum::extract::State;
use serde::Deserialize;
use shuke_http::{Allow, App, Json, OpenApiRouter, ProblemBody, Query, Reply, perm, routes};
use shuke_kernel::Uuid;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(reach))
}

/// Of which days, and where.
#[derive(Clone, Debug, Deserialize, IntoParams)]
struct FigureQuery {
    /// The first local day; today where it is left out.
    #[param(format = Date)]
    from: Option<String>,
    /// The last local day; the first where it is left out. At most 400 days.
    #[param(format = Date)]
    to: Option<String>,
    /// Only this store.
    store: Option<Uuid>,
    /// From how many thousandths of a piece down stock runs low; 0 where it is left out.
    low_milli: Option<i64>,
}

/// Where.
#[derive(Clone, Debug, Deserialize, IntoParams)]
struct ReachQuery {
    /// Only members of this store.
    store: Option<Uuid>,
}

/// The first page: sold, received, consumed, orders, members and buyers of a period beside the period before, day
/// by day and hour by hour, what sold best, and what somebody should look at. Who is bound to stores sees those.
#[utoipa::path(get, path = "/api/v1/figures", tag = "reports", operation_id = "show_figures", params(FigureQuery),
    responses((status = 200, body = Overall), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn show(caller: Allow<perm::ReportRead>, State(app): State<App>, Query(query): Query<FigureQuery>) -> Reply<Json<Overall>> {
    let input = (&caller.caller, &query);
    let work = app.db.snapshot(&input, |tx, (caller, query)| {
        Box::pin(async move {
            let period = period(tx, caller, query.from.as_deref(), query.to.as_deref()).await?;
            ops::overall(tx, caller, period, query.store, query.low_milli.unwrap_or(0)).await
        })
    });
    Ok(Json(work.await?))
}

/// How many members can be reached, by channel: those who consent to it.
#[utoipa::path(get, path = "/api/v1/figures/reach", tag = "reports", operation_id = "show_reach", params(ReachQuery),
    responses((status = 200, body = Reach), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn reach(caller: Allow<perm::ReportRead>, State(app): State<App>, Query(query): Query<ReachQuery>) -> Reply<Json<Reach>> {
    let input = (&caller.caller, query.store);
    Ok(Json(app.db.snapshot(&input, |tx, (caller, store)| Box::pin(ops::reach(tx, caller, *store))).await?))
}

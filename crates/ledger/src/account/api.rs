//! `/api/v1/members/{id}/balances`, `/api/v1/ledger/accounts`.

use super::{Balances, DayView, ops};
use crate::journal::Turnover;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, ProblemBody, Query, Reply, perm, routes};
use shuke_kernel::time::parse_date;
use shuke_kernel::{Date, Result, Uuid};
use shuke_member::member::ops as members;
use utoipa::{IntoParams, ToSchema};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(show_day)).routes(routes!(list_turnovers))
}

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
pub struct DayQuery {
    /// A local date of the merchant's zone, such as 2026-11-22.
    #[param(format = Date)]
    date: String,
}

impl DayQuery {
    /// The day.
    ///
    /// Errors: `date_malformed`.
    pub fn parsed(&self) -> Result<Date> {
        parse_date(&self.date)
    }
}

/// Which days, and which store.
#[derive(Debug, Deserialize, IntoParams)]
struct TurnoverQuery {
    /// The first local day of the merchant's zone.
    #[param(format = Date)]
    from: String,
    /// The last local day; at most 366 days.
    #[param(format = Date)]
    to: String,
    /// Only this store's accounts.
    store: Option<Uuid>,
}

/// The shop's own accounts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Turnovers {
    /// By account and store.
    items: Vec<Turnover>,
}

/// What a member has: points, principal, bonus.
#[utoipa::path(get, path = "/api/v1/members/{id}/balances", tag = "ledger", operation_id = "show_balances", params(("id" = Uuid, Path)),
    responses((status = 200, body = Balances), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn show(caller: Allow<perm::LedgerRead>, State(app): State<App>, Path(id): Path<Uuid>) -> Reply<Json<Balances>> {
    let input = (&caller.cx, id);
    let work = app.db.snapshot(&input, |tx, (cx, id)| {
        Box::pin(async move {
            members::must_exist(tx, cx, (*id).into()).await?;
            ops::balances(tx, cx, *id).await
        })
    });
    Ok(Json(work.await?))
}

/// What a member had when a local day began and ended, and the day's entries.
#[utoipa::path(get, path = "/api/v1/members/{id}/balances/at", tag = "ledger", operation_id = "show_balances_at",
    params(("id" = Uuid, Path), DayQuery),
    responses((status = 200, body = DayView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn show_day(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(query): Query<DayQuery>,
) -> Reply<Json<DayView>> {
    let input = (&caller.cx, id, query.parsed()?);
    let work = app.db.snapshot(&input, |tx, (cx, id, date)| {
        Box::pin(async move {
            members::must_exist(tx, cx, (*id).into()).await?;
            ops::balances_on(tx, cx, *id, *date).await
        })
    });
    Ok(Json(work.await?))
}

/// What went in and out of the shop's own accounts: cash, revenue, points issued. Who is bound to
/// stores sees those of their stores.
#[utoipa::path(get, path = "/api/v1/ledger/accounts", tag = "ledger", operation_id = "list_shop_accounts", params(TurnoverQuery),
    responses((status = 200, body = Turnovers), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn list_turnovers(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Query(query): Query<TurnoverQuery>,
) -> Reply<Json<Turnovers>> {
    if let Some(store) = query.store {
        caller.may_in(store)?;
    }
    let input = (&caller.cx, parse_date(&query.from)?, parse_date(&query.to)?);
    let mut items = app.db.read(&input, |tx, (cx, from, to)| Box::pin(ops::turnovers(tx, cx, *from, *to))).await?;
    items.retain(|row| match (row.store, query.store, &caller.stores) {
        (of, Some(store), _) => of == Some(store),
        (of, None, Some(stores)) => of.is_some_and(|of| stores.contains(&of)),
        (_, None, None) => true,
    });
    Ok(Json(Turnovers { items }))
}

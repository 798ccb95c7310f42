//! `/api/v1/reports/…`. Amounts are minor units; in CSV they are in the currency's major unit.

use super::model::{ConsumedRow, Liability, Period, PrepaidMovementRow, ReceivedRow, Report, ReportBy, SoldRow, Writer};
use super::{Table, ops};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::{Allow, App, Caller, OpenApiRouter, ProblemBody, Query, Reply, perm, routes};
use shuke_kernel::{Error, Result, Uuid, text_enum, time};
use shuke_org::merchant;
use utoipa::IntoParams;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sold))
        .routes(routes!(received))
        .routes(routes!(consumed))
        .routes(routes!(moved))
        .routes(routes!(owed))
}

text_enum! {
    /// As what a report is sent.
    pub enum ReportFormat {
        /// JSON.
        Json = "json",
        /// A table for a spreadsheet.
        Csv = "csv",
    }
}

/// Of which days a report is.
#[derive(Clone, Debug, Deserialize, IntoParams)]
struct ReportQuery {
    /// The first local day; today where it is left out.
    #[param(format = Date)]
    from: Option<String>,
    /// The last local day; the first where it is left out. At most 400 days.
    #[param(format = Date)]
    to: Option<String>,
    /// Only this store.
    store: Option<Uuid>,
    /// A row for each day (the default), each month, or the whole period.
    #[param(inline)]
    by: Option<ReportBy>,
    /// JSON (the default) or CSV.
    #[param(inline)]
    format: Option<ReportFormat>,
}

/// Of which days a movement is.
#[derive(Clone, Debug, Deserialize, IntoParams)]
struct PrepaidQuery {
    /// The first local day; today where it is left out.
    #[param(format = Date)]
    from: Option<String>,
    /// The last local day; the first where it is left out. At most 400 days.
    #[param(format = Date)]
    to: Option<String>,
    /// JSON (the default) or CSV.
    #[param(inline)]
    format: Option<ReportFormat>,
}

/// On which day a liability is.
#[derive(Clone, Debug, Deserialize, IntoParams)]
struct LiabilityQuery {
    /// When this local day ended; today, as it is now, where it is left out.
    #[param(format = Date)]
    on: Option<String>,
    /// Only what this store stands for.
    store: Option<Uuid>,
    /// JSON (the default) or CSV.
    #[param(inline)]
    format: Option<ReportFormat>,
}

/// The days that are asked for.
///
/// Errors: `date_malformed`, `period_wrong`.
pub(crate) async fn period(tx: &mut Tx, caller: &Caller, from: Option<&str>, to: Option<&str>) -> Result<Period> {
    let from = match from {
        Some(text) => time::parse_date(text)?,
        None => ops::today(tx, &caller.cx).await?,
    };
    Period::new(from, to.map_or(Ok(from), time::parse_date)?)
}

/// A report as it is asked for: the table is only made where it is.
async fn answer<T: Serialize>(
    tx: &mut Tx,
    caller: &Caller,
    format: Option<ReportFormat>,
    report: T,
    table: impl Fn(&Writer<'_>, &T) -> Table + Send,
) -> Result<Sent<T>> {
    if format != Some(ReportFormat::Csv) {
        return Ok(Sent::Json(report));
    }
    let currency = merchant::ops::show(tx, caller.cx.merchant).await?.parsed_currency()?;
    let names = ops::names(tx, &caller.cx).await?;
    Ok(Sent::Csv(table(&Writer { currency: &currency, names: &names }, &report).csv()))
}

enum Sent<T> {
    Json(T),
    Csv(String),
}

impl<T: Serialize> Sent<T> {
    fn respond(self) -> Response {
        match self {
            Self::Json(report) => axum::Json(report).into_response(),
            Self::Csv(text) => {
                let mut response = text.into_response();
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
                headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"report.csv\""));
                response
            }
        }
    }
}

/// What was sold, by day, store and kind; prepaid value that was sold stands apart.
#[utoipa::path(get, path = "/api/v1/reports/sold", tag = "reports", operation_id = "report_sold", params(ReportQuery),
    responses((status = 200, content((Report<SoldRow> = "application/json"), (String = "text/csv")), description = "With `format=csv` as a table"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn sold(caller: Allow<perm::ReportRead>, State(app): State<App>, Query(query): Query<ReportQuery>) -> Reply<Response> {
    let input = (&caller.caller, &query);
    let work = app.db.snapshot(&input, |tx, (caller, query)| {
        Box::pin(async move {
            let period = period(tx, caller, query.from.as_deref(), query.to.as_deref()).await?;
            let report = ops::sold(tx, caller, period, query.store, query.by.unwrap_or(ReportBy::Day)).await?;
            answer(tx, caller, query.format, report, |writer, report| writer.sold(&report.items)).await
        })
    });
    Ok(work.await?.respond())
}

/// What money came in, by day, store, tender and what it was for.
#[utoipa::path(get, path = "/api/v1/reports/received", tag = "reports", operation_id = "report_received", params(ReportQuery),
    responses((status = 200, content((Report<ReceivedRow> = "application/json"), (String = "text/csv")), description = "With `format=csv` as a table"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn received(caller: Allow<perm::ReportRead>, State(app): State<App>, Query(query): Query<ReportQuery>) -> Reply<Response> {
    let input = (&caller.caller, &query);
    let work = app.db.snapshot(&input, |tx, (caller, query)| {
        Box::pin(async move {
            let period = period(tx, caller, query.from.as_deref(), query.to.as_deref()).await?;
            let report = ops::received(tx, caller, period, query.store, query.by.unwrap_or(ReportBy::Day)).await?;
            answer(tx, caller, query.format, report, |writer, report| writer.received(&report.items)).await
        })
    });
    Ok(work.await?.respond())
}

/// What prepaid value was used up, by day, store and kind.
#[utoipa::path(get, path = "/api/v1/reports/consumed", tag = "reports", operation_id = "report_consumed", params(ReportQuery),
    responses((status = 200, content((Report<ConsumedRow> = "application/json"), (String = "text/csv")), description = "With `format=csv` as a table"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn consumed(caller: Allow<perm::ReportRead>, State(app): State<App>, Query(query): Query<ReportQuery>) -> Reply<Response> {
    let input = (&caller.caller, &query);
    let work = app.db.snapshot(&input, |tx, (caller, query)| {
        Box::pin(async move {
            let period = period(tx, caller, query.from.as_deref(), query.to.as_deref()).await?;
            let report = ops::consumed(tx, caller, period, query.store, query.by.unwrap_or(ReportBy::Day)).await?;
            answer(tx, caller, query.format, report, |writer, report| writer.consumed(&report.items)).await
        })
    });
    Ok(work.await?.respond())
}

/// How prepaid value came from what was held when the first day began to what was held when the last ended.
/// For whoever is bound to no stores.
#[utoipa::path(get, path = "/api/v1/reports/prepaid", tag = "reports", operation_id = "report_prepaid", params(PrepaidQuery),
    responses((status = 200, content((Report<PrepaidMovementRow> = "application/json"), (String = "text/csv")), description = "With `format=csv` as a table"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn moved(caller: Allow<perm::ReportRead>, State(app): State<App>, Query(query): Query<PrepaidQuery>) -> Reply<Response> {
    if caller.stores.is_some() {
        return Err(Error::forbidden("store_not_yours", "this is about all stores; ask somebody who is bound to none").into());
    }
    let input = (&caller.caller, &query);
    let work = app.db.snapshot(&input, |tx, (caller, query)| {
        Box::pin(async move {
            let period = period(tx, caller, query.from.as_deref(), query.to.as_deref()).await?;
            let report = ops::moved(tx, &caller.cx, period).await?;
            answer(tx, caller, query.format, report, |writer, report| writer.movement(&report.items)).await
        })
    });
    Ok(work.await?.respond())
}

/// What the shop owes for prepaid value, by age, kind and the store that stands for it.
#[utoipa::path(get, path = "/api/v1/reports/liability", tag = "reports", operation_id = "report_liability", params(LiabilityQuery),
    responses((status = 200, content((Liability = "application/json"), (String = "text/csv")), description = "With `format=csv` as a table"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("report:read"))))]
async fn owed(caller: Allow<perm::ReportRead>, State(app): State<App>, Query(query): Query<LiabilityQuery>) -> Reply<Response> {
    let input = (&caller.caller, &query);
    let work = app.db.snapshot(&input, |tx, (caller, query)| {
        Box::pin(async move {
            let on = period(tx, caller, query.on.as_deref(), None).await?.from;
            let report = ops::owed(tx, caller, on, query.store).await?;
            answer(tx, caller, query.format, report, |writer, report| writer.liability(report)).await
        })
    });
    Ok(work.await?.respond())
}

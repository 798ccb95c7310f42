//! `/api/v1/imports`, `/api/v1/exports`.

use super::model::{FILE_BYTES_MAX, ImportKind, Mapped, Preview, Upload, UploadId};
use super::ops;
use crate::export::{self, Request};
use crate::import::judge;
use axum::extract::{FromRequest, Request as Incoming, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use shuke_http::{Allow, App, Json, OpenApiRouter, Paging, Path, Problem, ProblemBody, Query, Reply, perm, routes};
use shuke_kernel::{Date, Error, Page, Result, text_enum};
use utoipa::{IntoParams, ToSchema};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, bring))
        .routes(routes!(show, remove))
        .routes(routes!(preview))
        .routes(routes!(start))
        .routes(routes!(bad_rows))
        .routes(routes!(take_out))
}

/// What is brought.
#[derive(Debug, Deserialize, IntoParams)]
struct Brought {
    /// What the file brings.
    #[param(inline)]
    kind: ImportKind,
    /// What it is called.
    name: String,
}

/// What is said about the columns.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Columns {
    /// Which column is a field, where the guess is wrong; the rest is guessed from the header.
    map: Vec<Mapped>,
}

/// A file as the body of a request.
struct File(Vec<u8>);

impl FromRequest<App> for File {
    type Rejection = Problem;

    async fn from_request(request: Incoming, _: &App) -> Result<Self, Problem> {
        let too_large = || Error::invalid("file_too_large", "a file is at most 20 MiB; import larger ones with the command `shuke import`");
        let body = axum::body::to_bytes(request.into_body(), FILE_BYTES_MAX).await.map_err(|_| too_large())?;
        // Unpacking takes its time, and other requests are not to wait for it.
        let judged = tokio::task::spawn_blocking(move || judge(&body).map(|()| body.to_vec()));
        Ok(Self(judged.await.map_err(|error| Error::internal(format!("a look at a file: {error}")))??))
    }
}

/// Brings a file to be imported: its bytes are the body (`application/octet-stream`), at most 20 MiB of CSV,
/// TSV, their gzip, or XLSX, told by its first bytes, whatever it is called. Look at it next (`…/preview`), then start it.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports", operation_id = "bring_import_file", params(Brought),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Upload), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn bring(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Query(brought): Query<Brought>,
    File(bytes): File,
) -> Reply<(StatusCode, Json<Upload>)> {
    let input = (&caller.cx, &app.vault, brought.kind, brought.name, bytes);
    let upload = app.db.write(&input, |tx, (cx, vault, kind, name, bytes)| Box::pin(ops::bring(tx, cx, vault, *kind, name, bytes)));
    Ok((StatusCode::CREATED, Json(upload.await?)))
}

/// Files that were brought, newest first.
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports", operation_id = "list_imports", params(Paging),
    responses((status = 200, body = Page<Upload>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn list(caller: Allow<perm::OrgWrite>, State(app): State<App>, Query(paging): Query<Paging>) -> Reply<Json<Page<Upload>>> {
    let input = (&caller.cx, paging.after()?, paging.limit()?);
    Ok(Json(app.db.read(&input, |tx, (cx, before, limit)| Box::pin(ops::list(tx, cx, *before, *limit))).await?))
}

/// A file, how far its import is (`position` of `rows`), and what came of it. Ask again every second while it
/// is `queued`.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "imports", operation_id = "show_import", params(("id" = UploadId, Path)),
    responses((status = 200, body = Upload), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn show(caller: Allow<perm::OrgWrite>, State(app): State<App>, Path(id): Path<UploadId>) -> Reply<Json<Upload>> {
    Ok(Json(app.db.read(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::show(tx, cx, *id))).await?))
}

/// Removes a file that is not being imported.
#[utoipa::path(delete, path = "/api/v1/imports/{id}", tag = "imports", operation_id = "remove_import", params(("id" = UploadId, Path)),
    responses((status = 204, description = "Gone"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn remove(caller: Allow<perm::OrgWrite>, State(app): State<App>, Path(id): Path<UploadId>) -> Reply<StatusCode> {
    app.db.write(&(&caller.cx, id), |tx, (cx, id)| Box::pin(ops::remove(tx, cx, *id))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Looks at a file: what an import would do, row by row, and the first rows; nothing is imported.
#[utoipa::path(post, path = "/api/v1/imports/{id}/preview", tag = "imports", operation_id = "preview_import",
    params(("id" = UploadId, Path)), request_body = Columns,
    responses((status = 200, body = Preview), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn preview(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Path(id): Path<UploadId>,
    Json(columns): Json<Columns>,
) -> Reply<Json<Preview>> {
    Ok(Json(ops::preview(&app, &caller.cx, id, &columns.map).await?))
}

/// Starts the import of a file; it runs in the background. Starting it twice starts it once; one that failed
/// goes on where it stopped.
#[utoipa::path(post, path = "/api/v1/imports/{id}/start", tag = "imports", operation_id = "start_import",
    params(("id" = UploadId, Path)), request_body = Columns,
    responses((status = 200, body = Upload), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn start(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Path(id): Path<UploadId>,
    Json(columns): Json<Columns>,
) -> Reply<Json<Upload>> {
    let input = (&caller.cx, id, columns.map);
    Ok(Json(app.db.write(&input, |tx, (cx, id, map)| Box::pin(ops::start(tx, cx, *id, map))).await?))
}

/// The rows that could not be used, as a CSV file to mend and bring again: line, reason, and the row itself.
#[utoipa::path(get, path = "/api/v1/imports/{id}/bad-rows", tag = "imports", operation_id = "show_import_bad_rows", params(("id" = UploadId, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn bad_rows(caller: Allow<perm::OrgWrite>, State(app): State<App>, Path(id): Path<UploadId>) -> Reply<Response> {
    let input = (&caller.cx, &app.vault, id);
    let text = app.db.read(&input, |tx, (cx, vault, id)| Box::pin(ops::bad_rows(tx, cx, vault, *id))).await?;
    Ok(attached("text/csv; charset=utf-8", "bad-rows.csv", text.into_bytes()))
}

fn attached(kind: &'static str, name: &str, body: Vec<u8>) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

text_enum! {
    /// Which list is taken out.
    pub enum ExportKind {
        /// 会员.
        Members = "members",
        /// 订单: one line of an order a row.
        Orders = "orders",
        /// 退款.
        Refunds = "refunds",
        /// 商品.
        Products = "products",
        /// 余额, by expiry.
        Balances = "balances",
    }
}

text_enum! {
    /// As what.
    pub enum ExportFormat {
        /// Text with commas, UTF-8.
        Csv = "csv",
        /// A workbook.
        Xlsx = "xlsx",
    }
}

text_enum! {
    /// How the columns are headed, and what stands in those that hold one of a few words.
    pub enum ExportHeadings {
        /// By the names of the import's fields.
        Names = "names",
        /// In Chinese, the values too.
        Chinese = "zh",
    }
}

/// What is taken out.
#[derive(Debug, Deserialize, IntoParams)]
struct Wanted {
    /// Which list.
    #[param(inline)]
    kind: ExportKind,
    /// As what; CSV where it is left out.
    #[param(inline)]
    format: Option<ExportFormat>,
    /// With names, phones and the like, for members.
    personal: Option<bool>,
    /// How the columns are headed, and the values with them; an import understands either. By names where it is left out.
    #[param(inline)]
    headings: Option<ExportHeadings>,
    /// Orders and refunds from this local day on.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// Orders and refunds up to and with this local day.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
}

/// Takes a list out as a file. The audit log says who took what. Lists of more than some hundred thousand rows are
/// for the command `shuke export`.
#[utoipa::path(get, path = "/api/v1/exports", tag = "imports", operation_id = "export_list", params(Wanted),
    responses((status = 200, content((Vec<u8> = "text/csv"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:export"))))]
async fn take_out(caller: Allow<perm::MemberExport>, State(app): State<App>, Query(wanted): Query<Wanted>) -> Reply<Response> {
    let kind = match wanted.kind {
        ExportKind::Members => export::Kind::Members,
        ExportKind::Orders => export::Kind::Orders,
        ExportKind::Refunds => export::Kind::Refunds,
        ExportKind::Products => export::Kind::Products,
        ExportKind::Balances => export::Kind::Balances,
    };
    let (extension, content) = match wanted.format.unwrap_or(ExportFormat::Csv) {
        ExportFormat::Csv => ("csv", "text/csv; charset=utf-8"),
        ExportFormat::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    };
    let folder = tempfile::tempdir().map_err(|error| Error::internal(format!("a folder for a list: {error}")))?;
    let path = folder.path().join(format!("list.{extension}"));
    let request = Request {
        kind,
        merchant: caller.cx.merchant,
        actor: caller.cx.actor,
        personal: wanted.personal.unwrap_or(false),
        headings: match wanted.headings {
            Some(ExportHeadings::Chinese) => export::Headings::Chinese,
            _ => export::Headings::Names,
        },
        from: wanted.from,
        until: wanted.to,
    };
    export::write(&app, &request, &path).await?;
    let bytes = std::fs::read(&path).map_err(|error| Error::internal(format!("a list on disk: {error}")))?;
    Ok(attached(content, &format!("{}.{extension}", wanted.kind.as_str()), bytes))
}

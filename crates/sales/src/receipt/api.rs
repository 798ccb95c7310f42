//! `/api/v1/receipts`, `/api/v1/settings/receipt`.

use super::model::{PrintAsk, Printed, ReceiptPolicy};
use super::ops;
use crate::book::Books;
use axum::extract::State;
use shuke_http::{Allow, Answer, App, Json, OpenApiRouter, ProblemBody, Reply, Write, once, perm, routes};
use shuke_org::setting;

/// Prints an order, a refund or a top-up: as text, as a page, or as a printer's bytes. Every print but the first is marked as a copy.
#[utoipa::path(post, path = "/api/v1/receipts", tag = "receipts", operation_id = "print_receipt", request_body = PrintAsk,
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    responses((status = 201, body = Printed), (status = 200, body = Printed, description = "Done already under this key"),
        (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("sale:write"))))]
async fn print(caller: Allow<perm::Sell>, State(app): State<App>, Write { key, body }: Write<PrintAsk>) -> Reply<Answer<Printed>> {
    let books = app.slot::<Books>();
    let input = (&*books, body);
    Ok(once(&app, &caller, &key, &input, |tx, caller, (books, ask)| Box::pin(ops::print(tx, caller, books, ask))).await?)
}

/// What stands on every receipt.
#[utoipa::path(get, path = "/api/v1/settings/receipt", tag = "receipts", operation_id = "show_receipt_policy",
    responses((status = 200, body = ReceiptPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:read"))))]
async fn show_policy(caller: Allow<perm::OrgRead>, State(app): State<App>) -> Reply<Json<ReceiptPolicy>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes what stands on every receipt.
#[utoipa::path(put, path = "/api/v1/settings/receipt", tag = "receipts", operation_id = "change_receipt_policy", request_body = ReceiptPolicy,
    responses((status = 200, body = ReceiptPolicy), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn change_policy(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Json(policy): Json<ReceiptPolicy>,
) -> Reply<Json<ReceiptPolicy>> {
    let input = (&caller.cx, policy);
    app.db.write(&input, |tx, (cx, policy)| Box::pin(setting::ops::put(tx, cx, policy))).await?;
    Ok(Json(input.1))
}

/// The noun's routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(print)).routes(routes!(show_policy, change_policy))
}

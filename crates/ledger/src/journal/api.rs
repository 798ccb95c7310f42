//! `/api/v1/members/{id}/statement`, `/api/v1/members/{id}/adjustments`.

use super::Entry;
use super::ops::{self, Adjustment};
use super::store::Seen;
use crate::account::Balances;
use crate::account::ops::zone;
use crate::{AccountKind, LotTerms};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::{Allow, Answer, App, Caller, Json, OpenApiRouter, Paging, Path, ProblemBody, Query, Reply, Write, once, perm, routes};
use shuke_kernel::{Cx, Date, Error, Limit, Page, Result, Uuid};
use shuke_member::member::ops as members;
use shuke_org::approval::{self, ApprovalKind, Wanted};
use shuke_org::{ApprovalId, audit};
use utoipa::{IntoParams, ToSchema};

const REASON_CHARS_MAX: usize = 200;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(adjust))
}

/// Which entries.
#[derive(Clone, Debug, Deserialize, IntoParams)]
struct StatementQuery {
    /// Only what touches points, points_debt, principal or bonus.
    kind: Option<AccountKind>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

/// A correction by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AdjustmentRequest {
    /// Which: points, principal or bonus.
    account: AccountKind,
    /// Above zero gives, below zero takes. Points, or minor units.
    amount: i64,
    /// Why; kept with who and when. 1 to 200 characters.
    reason: String,
    /// The last local day of the merchant's zone on which what is given can be used; never ends where it is left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<Date>,
    /// The store where it happens; needed by who is bound to stores.
    #[serde(default)]
    store: Option<Uuid>,
    /// The approval of a second person, where the amount is above the merchant's limit.
    #[serde(default)]
    approval: Option<ApprovalId>,
}

/// A correction, and what the member has after it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Adjusted {
    /// Its id: the source of its entry.
    id: Uuid,
    /// What the member has now.
    balances: Balances,
}

/// A member's entries, newest first.
#[utoipa::path(get, path = "/api/v1/members/{id}/statement", tag = "ledger", operation_id = "list_statement",
    params(("id" = Uuid, Path), StatementQuery),
    responses((status = 200, body = Page<Entry>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:read"))))]
async fn list(
    caller: Allow<perm::LedgerRead>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(query): Query<StatementQuery>,
) -> Reply<Json<Page<Entry>>> {
    let paging = Paging { cursor: query.cursor.clone(), limit: query.limit };
    let input = (&caller.cx, id, query.kind, paging.after::<Seen>()?, paging.limit()?);
    let work = app.db.read(&input, |tx, (cx, id, kind, after, limit)| Box::pin(page(tx, cx, *id, *kind, *after, *limit)));
    Ok(Json(work.await?))
}

async fn page(tx: &mut Tx, cx: &Cx, member: Uuid, kind: Option<AccountKind>, after: Option<Seen>, limit: Limit) -> Result<Page<Entry>> {
    members::must_exist(tx, cx, member.into()).await?;
    ops::entries(tx, cx, member, kind, after, limit).await
}

/// Corrects a balance by hand. The reason goes into the audit log and the event log.
#[utoipa::path(post, path = "/api/v1/members/{id}/adjustments", tag = "ledger", operation_id = "create_adjustment",
    params(("id" = Uuid, Path), ("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")),
    request_body = AdjustmentRequest,
    responses((status = 201, body = Adjusted), (status = 200, body = Adjusted, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("ledger:adjust"))))]
async fn adjust(
    caller: Allow<perm::LedgerAdjust>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    write: Write<AdjustmentRequest>,
) -> Reply<Answer<Adjusted>> {
    let Write { key, body } = write;
    check(&caller, &body)?;
    Ok(once(&app, &caller, &key, &(id, body), |tx, caller, (id, body)| Box::pin(adjust_in(tx, &caller.cx, *id, body))).await?)
}

fn check(caller: &Caller, body: &AdjustmentRequest) -> Result<()> {
    let reason = body.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        let text = "say why in 1 to 200 characters";
        return Err(Error::invalid("reason_missing", text).field("/reason", "reason_missing", text));
    }
    match (body.store, &caller.stores) {
        (Some(store), _) => caller.may_in(store),
        (None, Some(_)) => {
            let text = "say at which of your stores";
            Err(Error::invalid("store_missing", text).field("/store", "store_missing", text))
        }
        (None, None) => Ok(()),
    }
}

async fn adjust_in(tx: &mut Tx, cx: &Cx, member: Uuid, body: &AdjustmentRequest) -> Result<Adjusted> {
    members::must_exist(tx, cx, member.into()).await?;
    if let Some(store) = body.store {
        shuke_org::store::ops::must_exist(tx, cx, &[store.into()]).await?;
    }
    let kind = if body.account == AccountKind::Points { ApprovalKind::PointsAdjustment } else { ApprovalKind::Adjustment };
    let amount = body.amount.checked_abs().unwrap_or(i64::MAX);
    let zone = zone(tx, cx).await?;
    let today = zone.start(zone.date(cx.now));
    // In turn, or two at once would not see each other; and what was approved before is no part of the sum.
    let before = ops::adjusted_since(tx, cx, (member, Uuid::nil()), kind == ApprovalKind::PointsAdjustment, today).await?;
    let approved = approval::ops::used_since(tx, cx, kind, member, today).await?;
    let weighed = amount.saturating_add((before - approved).max(0));
    approval::ops::require(tx, cx, &Wanted { kind, subject: member, amount, weighed }, body.approval).await?;
    if body.expires_on.is_some_and(|day| day < zone.date(cx.now)) {
        return Err(Error::invalid("expiry_past", "what is given would have ended already; choose a later day"));
    }
    let adjustment = Adjustment {
        id: cx.uuid(),
        member,
        kind: body.account,
        amount: body.amount,
        terms: LotTerms::until(cx.now, body.expires_on, &zone),
        store: body.store,
        reason: body.reason.trim().to_owned(),
    };
    let holdings = ops::adjust(tx, cx, &adjustment).await?;
    let change = serde_json::json!({ "account": body.account, "amount": body.amount, "reason": adjustment.reason, "id": adjustment.id });
    audit::ops::record(tx, cx, &audit::Entry::new("ledger.adjusted", member).new_value(&change)).await?;
    Ok(Adjusted { id: adjustment.id, balances: holdings.view(cx.now) })
}

//! `/api/v1/members`, `/api/v1/settings/member`.

use super::model::View;
use super::store::{Filter, Key, Sort};
use super::{EnrolRequest, MatchedBy, MemberBrief, MemberChange, MemberId, MemberView, SealedBrief, ops};
use crate::stage::Stage;
use crate::{MemberSettings, TagId};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use shuke_http::{
    Allow, Answer, App, Caller, Json, OpenApiRouter, Paging, Path, Permission, ProblemBody, Query, Reply, Write, once, perm, routes,
};
use shuke_kernel::{Error, Limit, Page, Result};
use shuke_org::{StoreId, setting};
use utoipa::{IntoParams, ToSchema};

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, enrol)).routes(routes!(show, change)).routes(routes!(settings, set_settings))
}

/// What to list.
#[derive(Debug, Deserialize, IntoParams)]
struct Listed {
    /// Phone in any spelling, its last four digits, member or card number, full name, pinyin
    /// initials (王小芳: wxf) or their beginning, or a member's code. Not together with a filter.
    q: Option<String>,
    /// Members in this stage.
    #[param(inline)]
    stage: Option<Stage>,
    /// Members with this tag.
    tag: Option<TagId>,
    /// Members who belong to this store.
    store: Option<StoreId>,
    /// Members of this province.
    province: Option<String>,
    /// City, with a province.
    city: Option<String>,
    /// District, with a city.
    district: Option<String>,
    /// Members whose solar birthday is on this month and day, `08-15`.
    birthday: Option<String>,
    /// The order, the newest first by default. `last_visit` and `spend` go with a stage and no other filter, `name`
    /// with none; a search has its own order.
    #[param(inline)]
    sort: Option<Sort>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200, 50 by default.
    limit: Option<u32>,
}

impl Listed {
    fn filter(&self) -> Result<Filter> {
        let missing = |place: &str| {
            Err(Error::invalid("region_incomplete", "a city needs its province, and a district its city").field(
                place,
                "region_incomplete",
                "give it",
            ))
        };
        match (&self.province, &self.city, &self.district) {
            (None, Some(_), _) => return missing("/province"),
            (_, None, Some(_)) => return missing("/city"),
            _ => {}
        }
        Ok(Filter {
            stage: self.stage,
            tag: self.tag,
            store: self.store,
            province: self.province.clone(),
            city: self.city.clone(),
            district: self.district.clone(),
            birthday: self.birthday.clone(),
        })
    }

    fn filters(&self) -> bool {
        self.stage.is_some() || self.filters_beside_stage()
    }

    fn filters_beside_stage(&self) -> bool {
        let texts = [&self.province, &self.city, &self.district, &self.birthday];
        self.tag.is_some() || self.store.is_some() || texts.iter().any(|text| text.is_some())
    }

    /// The order, where an index carries it together with the filters.
    fn sort(&self) -> Result<Sort> {
        let sort = self.sort.unwrap_or(Sort::Newest);
        let carried = match sort {
            Sort::Newest => true,
            Sort::LastVisit | Sort::Spend => !self.filters_beside_stage(),
            Sort::Name => !self.filters(),
        };
        if carried && (self.q.is_none() || sort == Sort::Newest) {
            return Ok(sort);
        }
        Err(Error::invalid(
            "sort_and_filter",
            "sort by last visit or spend with no filter but a stage, by name with none; a search comes in its own order",
        )
        .field("/sort", "sort_and_filter", "leave it out, or the filters"))
    }
}

/// A page of members.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct MemberPage {
    /// What `q` was taken for.
    #[serde(skip_serializing_if = "Option::is_none")]
    matched_by: Option<MatchedBy>,
    /// The members.
    items: Vec<MemberBrief>,
    /// Pass it as `cursor` to get the rows after these; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Whether to show personal data in full.
#[derive(Debug, Deserialize, IntoParams)]
struct Shown {
    /// True: in full. Needs `member:reveal`; the look is recorded.
    reveal: Option<bool>,
}

/// Finds members by one text, or lists those that filters leave, newest first or in another order.
#[utoipa::path(get, path = "/api/v1/members", tag = "members", operation_id = "list_members", params(Listed),
    responses((status = 200, body = MemberPage), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn list(caller: Allow<perm::MemberRead>, State(app): State<App>, Query(query): Query<Listed>) -> Reply<Json<MemberPage>> {
    let view = View::of(&caller);
    let paging = Paging { cursor: query.cursor.clone(), limit: query.limit };
    let (after, limit): (Option<Key>, Limit) = (paging.after()?, paging.limit()?);
    let sort = query.sort()?;
    let (by, page): (Option<MatchedBy>, Page<SealedBrief>) = match &query.q {
        Some(_) if view == View::Nothing => {
            // Who may not see a phone may not find out whose it is either.
            return Err(Error::forbidden("personal_search_forbidden", "your role sees no personal data and can't search by it").into());
        }
        Some(_) if query.filters() => {
            return Err(Error::invalid("search_and_filter", "search with q, or list with filters, not both").into());
        }
        Some(q) => {
            let input = (&caller.cx, &app.vault, q, after, limit);
            let found = app.db.read(&input, |tx, (cx, vault, q, after, limit)| {
                Box::pin(async move {
                    let ground = crate::ground(tx, cx.merchant).await?;
                    ops::search(tx, cx, vault, &ground, q, after.clone(), *limit).await
                })
            });
            let found = found.await?;
            (Some(found.by), found.page)
        }
        None => {
            let input = (&caller.cx, query.filter()?, sort, after, limit);
            let found = app
                .db
                .read(&input, |tx, (cx, filter, sort, after, limit)| Box::pin(ops::list(tx, cx, (filter, *sort), after.clone(), *limit)));
            (None, found.await?)
        }
    };
    let items = page.items.into_iter().map(|row| row.view(&app.vault, caller.cx.merchant, view)).collect::<Result<_>>()?;
    Ok(Json(MemberPage { matched_by: by, items, next: page.next }))
}

/// Enrols a member in one call: profile, card, dependents, tags, fields, consents, terms.
#[utoipa::path(post, path = "/api/v1/members", tag = "members", operation_id = "create_member",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = EnrolRequest,
    responses((status = 201, body = MemberView), (status = 200, body = MemberView, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn enrol(caller: Allow<perm::MemberWrite>, State(app): State<App>, write: Write<EnrolRequest>) -> Reply<Answer<MemberView>> {
    may_in(&caller, write.body.store)?;
    let input = (&app.vault, &write.body);
    let work = once(&app, &caller, &write.key, &input, |tx, caller, (vault, request)| {
        Box::pin(async move {
            let cx = &caller.cx;
            let ground = crate::ground(tx, cx.merchant).await?;
            let enrolled = ops::enrol(tx, cx, vault, &ground, &request.parse(&ground, ground.today(cx))?).await?;
            // Masked: the answer is kept under the key for a week.
            ops::show(tx, cx, vault, enrolled.id, View::of(caller)).await
        })
    });
    Ok(work.await?)
}

fn may_in(caller: &Caller, store: Option<StoreId>) -> Result<()> {
    store.map_or(Ok(()), |store| caller.may_in(store.0))
}

/// Everything about a member, masked as the caller's role asks, or in full with `reveal=true`.
#[utoipa::path(get, path = "/api/v1/members/{id}", tag = "members", operation_id = "show_member", params(("id" = MemberId, Path), Shown),
    responses((status = 200, body = MemberView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn show(
    caller: Allow<perm::MemberRead>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Query(query): Query<Shown>,
) -> Reply<Json<MemberView>> {
    let input = (&caller.cx, &app.vault, id, View::of(&caller));
    if query.reveal == Some(true) {
        caller.may(Permission::MemberReveal)?;
        return Ok(Json(app.db.write(&input, |tx, (cx, vault, id, _)| Box::pin(ops::reveal(tx, cx, vault, *id))).await?));
    }
    Ok(Json(app.db.read(&input, |tx, (cx, vault, id, view)| Box::pin(ops::show(tx, cx, vault, *id, *view))).await?))
}

/// Changes a member. What is left out stays; null takes away.
#[utoipa::path(patch, path = "/api/v1/members/{id}", tag = "members", operation_id = "change_member", params(("id" = MemberId, Path)), request_body = MemberChange,
    responses((status = 200, body = MemberView), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:write"))))]
async fn change(
    caller: Allow<perm::MemberWrite>,
    State(app): State<App>,
    Path(id): Path<MemberId>,
    Json(change): Json<MemberChange>,
) -> Reply<Json<MemberView>> {
    may_in(&caller, change.store.flatten())?;
    let input = (&caller.cx, &app.vault, id, change, View::of(&caller));
    let changed = app.db.write(&input, |tx, (cx, vault, id, change, view)| {
        Box::pin(async move {
            ops::change(tx, cx, vault, *id, change).await?;
            ops::show(tx, cx, vault, *id, *view).await
        })
    });
    Ok(Json(changed.await?))
}

/// How members are entered.
#[utoipa::path(get, path = "/api/v1/settings/member", tag = "members", operation_id = "show_member_settings",
    responses((status = 200, body = MemberSettings), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("member:read"))))]
async fn settings(caller: Allow<perm::MemberRead>, State(app): State<App>) -> Reply<Json<MemberSettings>> {
    Ok(Json(app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get(tx, *merchant))).await?))
}

/// Changes how members are entered.
#[utoipa::path(put, path = "/api/v1/settings/member", tag = "members", operation_id = "change_member_settings", request_body = MemberSettings,
    responses((status = 200, body = MemberSettings), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("org:write"))))]
async fn set_settings(
    caller: Allow<perm::OrgWrite>,
    State(app): State<App>,
    Json(new): Json<MemberSettings>,
) -> Reply<Json<MemberSettings>> {
    app.db.write(&(&caller.cx, &new), |tx, (cx, new)| Box::pin(setting::ops::put(tx, cx, *new))).await?;
    Ok(Json(new))
}

//! `/api/v1/me`: a member on their own phone.

use super::{Profile, ProfileChange, ops};
use crate::code::{self, MemberCode};
use crate::consent::{self, Consents};
use crate::dependent::{self, DependentDraft, DependentId, DependentView};
use crate::member::{self, MemberChange, MemberId};
use crate::preference::{self, Declared, DeclaredPreferences};
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use shuke_http::{Answer, App, Json, Me, OpenApiRouter, Path, ProblemBody, Reply, Write, once_me, routes};
use utoipa::ToSchema;

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show, change))
        .routes(routes!(show_code))
        .routes(routes!(add_dependent))
        .routes(routes!(change_dependent, remove_dependent))
        .routes(routes!(set_consents))
        .routes(routes!(accept_terms))
        .routes(routes!(show_preferences, declare_preferences))
}

/// Which terms are accepted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcceptMine {
    /// Their version.
    version: String,
}

/// What a member says about channels.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SaidByMe {
    /// By channel: true where it is given, false where it is withdrawn.
    #[schema(example = json!({"sms": true, "phone": false}))]
    channels: Consents,
}

async fn profile(app: &App, me: &Me) -> Reply<Json<Profile>> {
    let input = (&me.cx, &app.vault, MemberId(me.member));
    Ok(Json(app.db.read(&input, |tx, (cx, vault, id)| Box::pin(ops::profile(tx, cx, vault, *id))).await?))
}

/// Who you are: the profile, cards, children and relatives, consents, terms.
#[utoipa::path(get, path = "/api/v1/me", tag = "card", operation_id = "show_me",
    responses((status = 200, body = Profile), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn show(me: Me, State(app): State<App>) -> Reply<Json<Profile>> {
    profile(&app, &me).await
}

/// Changes your profile. What is left out stays; null takes away.
#[utoipa::path(patch, path = "/api/v1/me", tag = "card", operation_id = "change_me", request_body = ProfileChange,
    responses((status = 200, body = Profile), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn change(me: Me, State(app): State<App>, Json(change): Json<ProfileChange>) -> Reply<Json<Profile>> {
    let input = (&me.cx, &app.vault, MemberId(me.member), MemberChange::from(change));
    app.db.write(&input, |tx, (cx, vault, id, change)| Box::pin(member::ops::change(tx, cx, vault, *id, change))).await?;
    profile(&app, &me).await
}

/// Your code of this half minute, to be shown as a QR code; ask again at `next_at`.
#[utoipa::path(get, path = "/api/v1/me/code", tag = "card", operation_id = "show_my_code",
    responses((status = 200, body = MemberCode), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn show_code(me: Me, State(app): State<App>) -> Reply<Json<MemberCode>> {
    let input = (&me.cx, &app.vault, MemberId(me.member));
    Ok(Json(app.db.read(&input, |tx, (cx, vault, id)| Box::pin(code::ops::show(tx, cx, vault, *id))).await?))
}

/// Enters a child or relative. They are shown with the profile.
#[utoipa::path(post, path = "/api/v1/me/dependents", tag = "card", operation_id = "create_my_dependent",
    params(("Idempotency-Key" = String, Header, description = "Your name for this write; the same on a retry")), request_body = DependentDraft,
    responses((status = 201, body = DependentView), (status = 200, body = DependentView, description = "Done already under this key"), (status = "default", body = ProblemBody)),
    security(("member" = [])))]
async fn add_dependent(me: Me, State(app): State<App>, write: Write<DependentDraft>) -> Reply<Answer<DependentView>> {
    let input = (&app.vault, &write.body);
    let work = once_me(&app, &me, &write.key, &input, |tx, me, (vault, draft)| {
        Box::pin(dependent::ops::add(tx, &me.cx, vault, MemberId(me.member), draft))
    });
    Ok(work.await?)
}

/// Changes a child or relative to what is given.
#[utoipa::path(put, path = "/api/v1/me/dependents/{dependent}", tag = "card", operation_id = "change_my_dependent",
    params(("dependent" = DependentId, Path)), request_body = DependentDraft,
    responses((status = 200, body = DependentView), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn change_dependent(
    me: Me,
    State(app): State<App>,
    Path(dependent): Path<DependentId>,
    Json(draft): Json<DependentDraft>,
) -> Reply<Json<DependentView>> {
    let input = (&me.cx, &app.vault, (MemberId(me.member), dependent), draft);
    let changed = app
        .db
        .write(&input, |tx, (cx, vault, (id, dependent), draft)| Box::pin(dependent::ops::change(tx, cx, vault, *id, *dependent, draft)));
    Ok(Json(changed.await?))
}

/// Removes a child or relative.
#[utoipa::path(delete, path = "/api/v1/me/dependents/{dependent}", tag = "card", operation_id = "remove_my_dependent",
    params(("dependent" = DependentId, Path)),
    responses((status = 204), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn remove_dependent(me: Me, State(app): State<App>, Path(dependent): Path<DependentId>) -> Reply<StatusCode> {
    let input = (&me.cx, MemberId(me.member), dependent);
    app.db.write(&input, |tx, (cx, id, dependent)| Box::pin(dependent::ops::remove(tx, cx, *id, *dependent))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says by which channels you may be reached; channels left out stay as they are.
#[utoipa::path(put, path = "/api/v1/me/consents", tag = "card", operation_id = "set_my_consents", request_body = SaidByMe,
    responses((status = 200, body = Profile), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn set_consents(me: Me, State(app): State<App>, Json(said): Json<SaidByMe>) -> Reply<Json<Profile>> {
    let input = (&me.cx, MemberId(me.member), said.channels);
    app.db.write(&input, |tx, (cx, id, channels)| Box::pin(consent::ops::set(tx, cx, *id, channels))).await?;
    profile(&app, &me).await
}

/// Accepts a version of the shop's terms.
#[utoipa::path(put, path = "/api/v1/me/terms-acceptances", tag = "card", operation_id = "accept_terms_myself", request_body = AcceptMine,
    responses((status = 200, body = Profile), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn accept_terms(me: Me, State(app): State<App>, Json(accepted): Json<AcceptMine>) -> Reply<Json<Profile>> {
    let input = (&me.cx, MemberId(me.member), accepted.version);
    app.db.write(&input, |tx, (cx, id, version)| Box::pin(consent::ops::accept(tx, cx, *id, version))).await?;
    profile(&app, &me).await
}

/// What you said you like.
#[utoipa::path(get, path = "/api/v1/me/preferences", tag = "card", operation_id = "show_my_preferences",
    responses((status = 200, body = DeclaredPreferences), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn show_preferences(me: Me, State(app): State<App>) -> Reply<Json<DeclaredPreferences>> {
    let input = (&me.cx, &app.vault, MemberId(me.member));
    Ok(Json(app.db.read(&input, |tx, (cx, vault, id)| Box::pin(preference::ops::find(tx, cx, vault, *id))).await?))
}

/// Writes what you like, whole: `{"口味": "不辣"}`.
#[utoipa::path(put, path = "/api/v1/me/preferences", tag = "card", operation_id = "declare_my_preferences", request_body = Declared,
    responses((status = 200, body = DeclaredPreferences), (status = "default", body = ProblemBody)), security(("member" = [])))]
async fn declare_preferences(me: Me, State(app): State<App>, Json(declared): Json<Declared>) -> Reply<Json<DeclaredPreferences>> {
    let input = (&me.cx, &app.vault, MemberId(me.member), declared);
    let work = app.db.write(&input, |tx, (cx, vault, id, declared)| Box::pin(preference::ops::declare(tx, cx, vault, *id, declared)));
    Ok(Json(work.await?))
}

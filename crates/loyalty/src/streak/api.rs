//! `/api/v1/settings/streaks`, `/api/v1/members/{id}/streaks`, `/api/v1/members/{id}/gifts`.

use super::{StreakScheme, StreakView, ops};
use crate::gift::{self, Given};
use crate::ground;
use crate::settings::setting_routes;
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, ProblemBody, Reply, perm, routes};
use shuke_member::MemberId;

setting_routes! {
    scheme: StreakScheme, "/api/v1/settings/streaks", "streaks", "show_streak_scheme", "change_streak_scheme",
        "Which streaks of visits are rewarded.",
        "Changes which streaks of visits are rewarded. Members follow with their next purchase.";
}

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(scheme::routes()).routes(routes!(of_member)).routes(routes!(gifts))
}

/// A member's streaks: how long they are, and until when the next visit keeps them going.
#[utoipa::path(get, path = "/api/v1/members/{id}/streaks", tag = "streaks", operation_id = "list_member_streaks",
    params(("id" = MemberId, Path)),
    responses((status = 200, body = Vec<StreakView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn of_member(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Vec<StreakView>>> {
    let input = (&caller.cx, id);
    let streaks = app.db.read(&input, |tx, (cx, id)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0).await
        })
    });
    Ok(Json(streaks.await?))
}

/// What rules gave a member beyond purchases: for full stamp cards, streaks, tiers; the latest first, at
/// most 500.
#[utoipa::path(get, path = "/api/v1/members/{id}/gifts", tag = "streaks", operation_id = "list_member_gifts",
    params(("id" = MemberId, Path)),
    responses((status = 200, body = Vec<Given>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn gifts(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Vec<Given>>> {
    let input = (&caller.cx, id);
    let given = app.db.read(&input, |tx, (cx, id)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            gift::ops::of_member(tx, cx, id.0).await
        })
    });
    Ok(Json(given.await?))
}

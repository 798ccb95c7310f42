//! `/api/v1/settings/stamps`, `/api/v1/members/{id}/stamps`.

use super::{StampScheme, StampView, ops};
use crate::ground;
use crate::settings::setting_routes;
use axum::extract::State;
use shuke_http::{Allow, App, Json, OpenApiRouter, Path, ProblemBody, Reply, perm, routes};
use shuke_member::MemberId;

setting_routes! {
    scheme: StampScheme, "/api/v1/settings/stamps", "stamps", "show_stamp_scheme", "change_stamp_scheme",
        "The merchant's stamp cards.", "Changes the merchant's stamp cards. Stamps that were given stay.";
}

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().merge(scheme::routes()).routes(routes!(of_member))
}

/// A member's stamp cards.
#[utoipa::path(get, path = "/api/v1/members/{id}/stamps", tag = "stamps", operation_id = "list_member_stamps",
    params(("id" = MemberId, Path)),
    responses((status = 200, body = Vec<StampView>), (status = "default", body = ProblemBody)),
    security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
async fn of_member(caller: Allow<perm::LoyaltyRead>, State(app): State<App>, Path(id): Path<MemberId>) -> Reply<Json<Vec<StampView>>> {
    let input = (&caller.cx, id);
    let cards = app.db.read(&input, |tx, (cx, id)| {
        Box::pin(async move {
            ground::must_exist(tx, cx, *id).await?;
            ops::of_member(tx, cx, id.0).await
        })
    });
    Ok(Json(cards.await?))
}

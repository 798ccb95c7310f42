//! The two operations that every policy has: see it, change it.

/// Makes a module with `GET` and `PUT` of a section of the settings:
/// `setting_routes! { name: Policy, path, tag, operation of GET, operation of PUT, text, text; }`.
macro_rules! setting_routes {
    ($module:ident: $policy:ident, $path:literal, $tag:literal, $show:literal, $change:literal, $shows:literal, $changes:literal;) => {
        mod $module {
            use super::$policy;
            use axum::extract::State;
            use shuke_http::{Allow, App, Json, OpenApiRouter, ProblemBody, Reply, perm, routes};
            use shuke_org::setting;

            pub(super) fn routes() -> OpenApiRouter<App> {
                OpenApiRouter::new().routes(routes!(show, change))
            }

            #[doc = $shows]
            #[utoipa::path(get, path = $path, tag = $tag, operation_id = $show,
                                responses((status = 200, body = $policy), (status = "default", body = ProblemBody)),
                                security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:read"))))]
            async fn show(caller: Allow<perm::LoyaltyRead>, State(app): State<App>) -> Reply<Json<$policy>> {
                let found = app.db.read(&caller.cx.merchant, |tx, merchant| Box::pin(setting::ops::get::<$policy>(tx, *merchant))).await?;
                Ok(Json(found))
            }

            #[doc = $changes]
            #[utoipa::path(put, path = $path, tag = $tag, operation_id = $change, request_body = $policy,
                                responses((status = 200, body = $policy), (status = "default", body = ProblemBody)),
                                security(("session" = []), ("key" = [])), extensions(("x-permission" = json!("loyalty:configure"))))]
            async fn change(
                caller: Allow<perm::LoyaltyConfigure>,
                State(app): State<App>,
                Json(policy): Json<$policy>,
            ) -> Reply<Json<$policy>> {
                let input = (&caller.cx, policy);
                app.db.write(&input, |tx, (cx, policy)| Box::pin(setting::ops::put(tx, cx, policy))).await?;
                Ok(Json(input.1))
            }
        }
    };
}
pub(crate) use setting_routes;

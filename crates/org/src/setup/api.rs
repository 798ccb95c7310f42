//! `/api/v1/setup`.

use crate::merchant::{self, Founding, Owner, Trade};
use crate::session::{self, Token};
use crate::staff::{Password, Username};
use crate::text;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use shuke_db::{Wall, wall};
use shuke_http::{App, Json, OpenApiRouter, ProblemBody, Reply, Role, routes};
use shuke_kernel::{Actor, Cx, Error, MerchantId, Result};
use utoipa::ToSchema;

const FIRST: MerchantId = MerchantId(1);

/// Every operation.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show, create))
}

/// Whether the server has to be set up, and what can be chosen.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct Setup {
    /// Whether there is no merchant yet.
    needed: bool,
    /// The trades to choose from.
    trades: Vec<TradeChoice>,
}

/// A trade.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct TradeChoice {
    /// Its name for the program.
    trade: Trade,
    /// Its Chinese name.
    name_zh: String,
    /// Its English name.
    name_en: String,
}

/// The first merchant, store and owner.
#[derive(Deserialize, ToSchema)]
struct SetupDraft {
    /// The merchant's name.
    #[schema(example = "熟客母婴")]
    name: String,
    /// Its trade.
    trade: Trade,
    /// The name of its first store.
    #[schema(example = "静安店")]
    store: String,
    /// What the owner signs in with.
    #[schema(example = "owner")]
    username: String,
    /// The owner's name to show; the user name where it is left out.
    #[serde(default)]
    owner: Option<String>,
    /// The owner's password: 8 to 128 characters.
    #[schema(format = Password)]
    password: String,
    /// The IANA time zone.
    #[serde(default = "shanghai")]
    zone: String,
    /// ISO 4217 code of the currency; it can't be changed later.
    #[serde(default = "yuan")]
    currency: String,
}

fn shanghai() -> String {
    "Asia/Shanghai".to_owned()
}

fn yuan() -> String {
    "CNY".to_owned()
}

async fn any_merchant(app: &App) -> Result<bool> {
    let found = app.db.read(&(), |tx, ()| Box::pin(merchant::ops::numbers(tx, 1)));
    Ok(!wall::within(Wall::All, found).await?.is_empty())
}

/// Whether the server has to be set up.
#[utoipa::path(get, path = "/api/v1/setup", tag = "setup", operation_id = "show_setup",
    responses((status = 200, body = Setup), (status = "default", body = ProblemBody)), security(()))]
async fn show(State(app): State<App>) -> Reply<Json<Setup>> {
    let found = any_merchant(&app).await?;
    let choice = |trade: &Trade| {
        let preset = crate::preset::of(*trade);
        TradeChoice { trade: *trade, name_zh: preset.name.zh.to_owned(), name_en: preset.name.en.to_owned() }
    };
    Ok(Json(Setup { needed: !found, trades: Trade::ALL.iter().map(choice).collect() }))
}

/// Sets the server up: its first merchant, store and owner. The answer signs the owner in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "setup", operation_id = "create_setup", request_body = SetupDraft,
    responses((status = 201, body = session::Who), (status = "default", body = ProblemBody)), security(()))]
async fn create(State(app): State<App>, Json(draft): Json<SetupDraft>) -> Reply<impl IntoResponse> {
    let already = || Error::conflict("already_set_up", "this server is set up already; sign in, or ask the owner for an account");
    if any_merchant(&app).await? {
        return Err(already().into());
    }
    let username = Username::parse(&draft.username)?;
    let name = text::line("owner", draft.owner.as_deref().unwrap_or(username.as_str()), text::NAME_CHARS_MAX)?;
    let password = Password::parse(&draft.password, username.as_str())?;
    let owner = Owner { username, name, password: password.hash(&app.random).await? };
    let mut founding = Founding::new(&draft.name, draft.trade, &draft.currency, &draft.zone, &draft.store, owner)?;
    founding.number = Some(FIRST);
    wall::stand(FIRST);
    let input = (app.clock.now(), &app.random, &founding, &app.vault);
    let outcome = app
        .db
        .write(&input, |tx, (now, random, founding, vault)| {
            Box::pin(async move {
                let founded = merchant::ops::found(tx, *now, random, founding).await?;
                let token = Token::new(vault, founded.merchant, founded.owner);
                let cx = Cx { merchant: founded.merchant, actor: Actor::Staff(founded.owner.0), now: *now, random: (*random).clone() };
                session::ops::start(tx, &cx, founded.owner, &token, vault).await?;
                Ok((cx, token))
            })
        })
        .await;
    let (cx, token) = outcome.map_err(|error| if error.code() == "merchant_pkey" { already() } else { error })?;
    let permissions = shuke_http::perm::Permissions::of_role(Role::Owner);
    let caller = shuke_http::Caller { cx, role: Role::Owner, stores: None, permissions, name: founding.owner.name };
    let who = session::api::who(&app, &caller).await?;
    Ok(session::api::SignedIn { status: StatusCode::CREATED, token, who, secure: app.secure_cookies })
}

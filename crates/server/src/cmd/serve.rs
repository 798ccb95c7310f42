//! `shuke serve`.

use crate::config::{Opened, Place};
use crate::demo;
use crate::lake;
use crate::pages::Meter;
use crate::serve::{Role, Server};
use anyhow::Result;
use shuke_db::{Config, Db};
use shuke_http::Gate;
use shuke_insight::lake::Shelf;
use shuke_org::Trade;
use shuke_org::webhook::courier::Outlet;
use std::net::SocketAddr;

/// Where, and how.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7300", env = "SHUKE_LISTEN")]
    listen: SocketAddr,
    /// Answer requests, do the background work, or both
    #[arg(long, value_enum, default_value_t = Role::All)]
    role: Role,
    /// Make a demo shop of this trade in an empty database, or go on with the one that is there:
    /// mother-and-baby, beauty, fashion or grocery
    #[arg(long, value_name = "TRADE", value_parser = trade)]
    demo: Option<Trade>,
    /// Members of a new demo at its end
    #[arg(long, value_name = "N", default_value_t = demo::MEMBERS, requires = "demo")]
    demo_members: u64,
    /// Months of a new demo's history
    #[arg(long, value_name = "N", default_value_t = demo::MONTHS, requires = "demo", value_parser = clap::value_parser!(i32).range(1..=36))]
    demo_months: i32,
    /// Send cookies over https only; set it where the shop is reached by https
    #[arg(long)]
    secure_cookies: bool,
    /// Let webhooks go to this machine and to private networks, and without encryption
    #[arg(long, env = "SHUKE_WEBHOOKS_PRIVATE")]
    webhooks_private: bool,
    /// Requests that are worked on at once; more are answered 503 with Retry-After
    #[arg(long, value_name = "N", default_value_t = shuke_http::REQUESTS_MAX, env = "SHUKE_REQUESTS_MAX")]
    requests_max: usize,
    /// Where the lake of the analyses is: a folder, or s3://bucket/prefix with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
    /// AWS_REGION, AWS_ENDPOINT; the folder `lake` of the data folder by default. Several servers need one that all reach
    #[arg(long, value_name = "URL", env = "SHUKE_LAKE")]
    lake: Option<String>,
    /// Lines of orders that one analysis may take into memory, about 100 bytes each
    #[arg(long, value_name = "N", default_value_t = lake::LINES_MAX, env = "SHUKE_INSIGHT_LINES_MAX")]
    insight_lines_max: u64,
    /// Whoever shows this bearer token may read /metrics from anywhere; without it only this machine may
    #[arg(skip = std::env::var("SHUKE_METRICS_TOKEN").ok())]
    metrics_token: Option<String>,
    /// A proxy of yours stands in front: take callers' addresses from its X-Forwarded-For
    #[arg(long)]
    behind_proxy: bool,
}

/// Serves until it is told to stop.
pub async fn run(args: Args) -> Result<()> {
    let opened = args.place.open().await?;
    // From here on work that nobody said for whom it is sees nothing.
    let app = Opened { db: opened.db.strict(), ..opened }.app(args.secure_cookies, args.behind_proxy);
    app.slot::<Outlet>().set_private(args.webhooks_private);
    app.slot::<Gate>().open(args.requests_max);
    let place = app.slot::<lake::Place>();
    place.set(shelf(&args)?);
    place.set_lines_max(args.insight_lines_max);
    app.slot::<Meter>().start(args.metrics_token, args.behind_proxy)?;
    // The address first: who finds it taken should not wait for a demo.
    let server = Server::bind(app.clone(), args.listen, args.role).await?;
    if let Some(trade) = args.demo {
        // What a power failure takes from a demo is lived again, so its days don't wait for the disk.
        let db = Db::connect(&Config { durable: false, ..args.place.database() }).await?;
        let making = Opened { db, vault: app.vault.clone() }.app(args.secure_cookies, args.behind_proxy);
        let full = demo::Options::full(making.clock.now());
        let options = demo::Options { members: args.demo_members, months: args.demo_months, ..full };
        let summary = demo::run(&making, trade, &options).await?;
        eprint!("{}", demo::greeting(&summary, server.address()?));
    }
    server.run().await
}

/// Where the lake is. The settings of S3 come from the environment, as its own tools take them.
fn shelf(args: &Args) -> Result<Shelf> {
    let settings = std::env::vars().filter(|(name, _)| name.starts_with("AWS_")).map(|(name, value)| (name.to_lowercase(), value));
    Ok(match &args.lake {
        Some(url) => Shelf::open(url, settings)?,
        None => Shelf::folder(&args.place.data.join("lake"))?,
    })
}

fn trade(text: &str) -> std::result::Result<Trade, String> {
    let known = Trade::ALL.iter().find(|trade| trade.as_str() == text.replace('-', "_"));
    known.copied().ok_or_else(|| "a trade is mother-and-baby, beauty, fashion or grocery".to_owned())
}

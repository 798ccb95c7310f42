//! `shuke serve`.

use crate::config::{Opened, Place};
use crate::demo;
use crate::serve::{Role, Server};
use anyhow::Result;
use shuke_db::{Config, Db};
use shuke_org::Trade;
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
    /// Send cookies over https only; set it where the shop is reached by https
    #[arg(long)]
    secure_cookies: bool,
    /// A proxy of yours stands in front: take callers' addresses from its X-Forwarded-For
    #[arg(long)]
    behind_proxy: bool,
}

/// Serves until it is told to stop.
pub async fn run(args: Args) -> Result<()> {
    let opened = args.place.open().await?;
    let app = opened.app(args.secure_cookies, args.behind_proxy);
    // The address first: who finds it taken should not wait for a demo.
    let server = Server::bind(app.clone(), args.listen, args.role).await?;
    if let Some(trade) = args.demo {
        // What a power failure takes from a demo is lived again, so its days don't wait for the disk.
        let db = Db::connect(&Config { durable: false, ..args.place.database() }).await?;
        let making = Opened { db, vault: app.vault.clone() }.app(args.secure_cookies, args.behind_proxy);
        let summary = demo::run(&making, trade, &demo::Options::full(making.clock.now())).await?;
        eprint!("{}", demo::greeting(&summary, server.address()?));
    }
    server.run().await
}

fn trade(text: &str) -> std::result::Result<Trade, String> {
    let known = Trade::ALL.iter().find(|trade| trade.as_str() == text.replace('-', "_"));
    known.copied().ok_or_else(|| "a trade is mother-and-baby, beauty, fashion or grocery".to_owned())
}

//! `shuke bench lookup`: finding a member at the till and pricing their cart in a merchant of a million
//! members and five million orders; the console's list of members; and the merchant's night, while the till goes on.
//!
//! The shop is filled through the bulk paths of the slices ([`fill`]). With `--keep FILE` what must be known of it is
//! written to that file, and the next start with it asks the same database again.
//!
//! Clients look somebody up by phone, by the last four digits or by pinyin initials, take the first whom the answer
//! names, and ask for the price of three goods with the best coupons, all through the router with a cashier's key, as
//! a till does.

mod fill;
mod lists;
mod night;
mod people;

use super::load::at_per_mille;
use super::{Place, Scratch};
use crate::wiring;
use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use clap::Args;
use fill::{Shop, VARIANTS};
use serde::Serialize;
use serde_json::{Value, json};
use shuke_db::{Config, Db};
use shuke_http::{App, AppInner, Vault};
use shuke_kernel::{Clock, Random};
use shuke_org::OrgAuthenticator;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

/// How large the merchant is, and who asks.
#[derive(Clone, Debug, Args)]
pub struct Load {
    #[command(flatten)]
    place: Place,
    /// Members; each has five past orders on average.
    #[arg(long, default_value_t = 1_000_000)]
    members: usize,
    /// How many of a hundred of these orders there are.
    #[arg(long, default_value_t = 100)]
    order_share: usize,
    /// Keeps the database: what must be known of it goes to this file, and where the file is there nothing is filled.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// What to measure.
    #[arg(long, value_delimiter = ',', default_value = "till,lists,night")]
    parts: Vec<Part>,
    /// Clients that ask at once.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// How long they ask.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// How many days the night catches up with.
    #[arg(long, default_value_t = 1)]
    days: i32,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Members found and carts priced.
    Till,
    /// The console's list.
    Lists,
    /// Midnight, while the till sells.
    Night,
}

/// Names and phones are sealed with it: a bench's members are nobody.
const ROOT: [u8; 32] = [0x5b; 32];

/// How a cashier asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum By {
    Phone,
    LastFour,
    Initials,
}

#[derive(Debug, Serialize)]
struct Figure {
    by: By,
    lookups: usize,
    p50_us: u64,
    p99_us: u64,
}

pub(super) async fn run(load: &Load) -> anyhow::Result<()> {
    let kept = load.keep.as_ref().filter(|file| file.exists());
    let scratch = match kept {
        Some(_) => load.place.data.clone().map_or_else(|| load.place.scratch(), |folder| Ok(Scratch::Named(folder)))?,
        None => load.place.scratch()?,
    };
    let config = load.place.db.as_ref().map_or_else(|| Config::folder(scratch.path()), Config::postgres);
    let shop = match kept {
        Some(file) => serde_json::from_slice(&std::fs::read(file)?)
            .with_context(|| format!("{} is not what --keep writes; name a file that is not there yet", file.display()))?,
        None => fill::fill(&app(&fill::config(config.clone())).await?, load.members, load.order_share).await?,
    };
    let mut bench = Bench::open(load, &config, shop).await?;
    bench.keep(load)?;
    let (mut figures, mut lists, mut night) = (Vec::new(), Vec::new(), None);
    for part in &load.parts {
        match part {
            Part::Till => figures = bench.till(load).await?,
            Part::Lists => lists = bench.lists().await?,
            Part::Night => night = Some(bench.night(load.days).await?),
        }
    }
    bench.keep(load)?;
    figures.iter().for_each(Figure::print);
    night.iter().for_each(night::Night::print);
    if load.json {
        let shop = &bench.shop;
        println!(
            "{}",
            json!({
                "bench": "lookup", "members": shop.members, "orders": shop.orders, "filled_ms": shop.filled_ms,
                "figures": figures, "lists": lists, "night": night,
            })
        );
    }
    Ok(())
}

async fn app(config: &Config) -> anyhow::Result<App> {
    let random = Random::system();
    let vault = Vault::new(ROOT, random.clone());
    let app = Arc::new(AppInner::new(Db::open(config).await?, Clock::system(), random, vault, Box::new(OrgAuthenticator)));
    wiring::prepare(&app);
    Ok(app)
}

struct Bench {
    app: App,
    router: Router,
    shop: Shop,
    next: AtomicUsize,
}

impl Bench {
    async fn open(load: &Load, config: &Config, shop: Shop) -> anyhow::Result<Self> {
        let app = app(&Config { connections_max: load.clients.max(4) * 2, ..config.clone() }).await?;
        Ok(Self { router: wiring::router(app.clone()), app, shop, next: AtomicUsize::new(0) })
    }

    fn keep(&self, load: &Load) -> anyhow::Result<()> {
        match &load.keep {
            Some(file) => Ok(std::fs::write(file, serde_json::to_vec_pretty(&self.shop)?)?),
            None => Ok(()),
        }
    }

    async fn till(&self, load: &Load) -> anyhow::Result<Vec<Figure>> {
        self.ask(load.clients, Duration::from_secs(3)).await?;
        Ok(figures(&self.ask(load.clients, Duration::from_secs(load.seconds)).await?))
    }

    /// Clients ask until the time is over.
    async fn ask(&self, clients: usize, time: Duration) -> anyhow::Result<Vec<(By, Duration)>> {
        let end = Instant::now() + time;
        let client = || async {
            let mut took = Vec::new();
            while Instant::now() < end {
                took.push(self.once().await?);
            }
            anyhow::Ok(took)
        };
        let done = futures::future::try_join_all((0..clients).map(|_| client())).await?;
        Ok(done.into_iter().flatten().collect())
    }

    async fn once(&self) -> anyhow::Result<(By, Duration)> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let number = self.number(turn);
        let (by, text) = match turn % 3 {
            0 => (By::Phone, people::phone(number)),
            1 => (By::LastFour, people::phone(number)[7..].to_owned()),
            _ => (By::Initials, people::name(number).1),
        };
        let began = Instant::now();
        let member = self.find(&text).await?;
        self.quote(turn, &member).await?;
        Ok((by, began.elapsed()))
    }

    /// Goes through all members in leaps.
    fn number(&self, turn: usize) -> usize {
        turn * 7_919 % self.shop.members
    }

    async fn find(&self, text: &str) -> anyhow::Result<String> {
        let found = self.call("GET", &format!("/api/v1/members?q={text}&limit=20"), None, &self.shop.cashier).await?;
        Ok(found["items"][0]["id"].as_str().with_context(|| format!("nobody is {text}: {found}"))?.to_owned())
    }

    async fn somebody(&self) -> anyhow::Result<(usize, String)> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        Ok((turn, self.find(&people::phone(self.number(turn))).await?))
    }

    fn lines(&self, turn: usize) -> Value {
        let line = |n: usize| json!({ "variant": self.shop.variants[(turn * 7 + n * 31) % VARIANTS], "quantity_milli": 1_000 });
        json!([line(0), line(1), line(2)])
    }

    async fn quote(&self, turn: usize, member: &str) -> anyhow::Result<Value> {
        let ask = json!({
            "store": self.shop.store, "member": member, "lines": self.lines(turn),
            "coupons": { "kind": "auto" }, "points": { "kind": "max" },
        });
        let quote = self.call("POST", "/api/v1/quotes", Some((&ask, String::new())), &self.shop.cashier).await?;
        anyhow::ensure!(quote["quote"]["total"].is_i64(), "no price: {quote}");
        Ok(quote)
    }

    async fn call(&self, method: &str, path: &str, body: Option<(&Value, String)>, token: &str) -> anyhow::Result<Value> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .extension(ConnectInfo(std::net::SocketAddr::from(([127, 0, 0, 1], 1))))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some((_, key)) = body.as_ref().filter(|(_, key)| !key.is_empty()) {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(body.map_or_else(Body::empty, |(body, _)| Body::from(body.to_string())))?;
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
        anyhow::ensure!(status.is_success(), "{method} {path}: {status}: {}", String::from_utf8_lossy(&bytes));
        Ok(serde_json::from_slice(&bytes)?)
    }
}

fn figures(took: &[(By, Duration)]) -> Vec<Figure> {
    let figure = |by| {
        let mut of: Vec<Duration> = took.iter().filter(|(found, _)| *found == by).map(|(_, time)| *time).collect();
        of.sort_unstable();
        Figure { by, lookups: of.len(), p50_us: at_per_mille(&of, 500), p99_us: at_per_mille(&of, 990) }
    };
    [By::Phone, By::LastFour, By::Initials].map(figure).into()
}

impl Figure {
    fn print(&self) {
        eprintln!("by {:?}: {} lookups with a price, p50 {} µs, p99 {} µs", self.by, self.lookups, self.p50_us, self.p99_us);
    }
}

//! `shuke bench lookup`: finding a member at the till and pricing their cart, in a merchant of a million
//! members; and the merchant's night, while the till goes on.
//!
//! The shop's members and their past orders come in by the product's own import, from files that the
//! bench writes. Then clients look somebody up by phone, by the last four digits or by pinyin initials,
//! take the first whom the answer names, and ask for the price of three goods with the best coupons, all
//! through the router with a cashier's key, as a till does.

use super::load::at_per_mille;
use super::{Place, Scratch};
use crate::import::ground::{self, Wishes};
use crate::import::{Kind, run};
use crate::{midnight, wiring};
use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use shuke_db::{Config, Db};
use shuke_http::{App, AppInner, Role, Vault};
use shuke_kernel::{Clock, Cx, Random};
use shuke_org::OrgAuthenticator;
use shuke_sales::fixture::{self, Stall};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

/// How large the merchant is, and who asks.
#[derive(Clone, Debug, Args)]
pub struct Load {
    #[command(flatten)]
    place: Place,
    /// Members.
    #[arg(long, default_value_t = 1_000_000)]
    members: usize,
    /// Past orders of one line.
    #[arg(long, default_value_t = 5_000_000)]
    orders: usize,
    /// Clients that ask at once.
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// How long they ask.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

const VARIANTS: usize = 200;
/// The stall's first store.
const STORE: &str = "静安店";
/// Surnames and given names with their initials.
const SURNAMES: [(&str, char); 20] = [
    ("王", 'w'),
    ("李", 'l'),
    ("张", 'z'),
    ("刘", 'l'),
    ("陈", 'c'),
    ("杨", 'y'),
    ("赵", 'z'),
    ("黄", 'h'),
    ("周", 'z'),
    ("吴", 'w'),
    ("徐", 'x'),
    ("孙", 's'),
    ("胡", 'h'),
    ("朱", 'z'),
    ("高", 'g'),
    ("林", 'l'),
    ("何", 'h'),
    ("郭", 'g'),
    ("马", 'm'),
    ("罗", 'l'),
];
const GIVEN: [(&str, char); 20] = [
    ("芳", 'f'),
    ("伟", 'w'),
    ("娜", 'n'),
    ("静", 'j'),
    ("敏", 'm'),
    ("强", 'q'),
    ("磊", 'l'),
    ("洋", 'y'),
    ("艳", 'y'),
    ("勇", 'y'),
    ("军", 'j'),
    ("杰", 'j'),
    ("娟", 'j'),
    ("涛", 't'),
    ("明", 'm'),
    ("超", 'c'),
    ("兰", 'l'),
    ("霞", 'x'),
    ("平", 'p'),
    ("刚", 'g'),
];

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
    during_the_night: bool,
    lookups: usize,
    p50_us: u64,
    p99_us: u64,
}

pub(super) async fn run(load: &Load) -> anyhow::Result<()> {
    let scratch = load.place.scratch()?;
    let bench = Arc::new(Bench::open(load, &scratch).await?);
    bench.fill(load).await?;
    bench.ask(load.clients, Duration::from_secs(3), &AtomicBool::new(false)).await?;
    let mut figures = figures(bench.ask(load.clients, Duration::from_secs(load.seconds), &AtomicBool::new(false)).await?, false);
    let night_ms = {
        let over = Arc::new(AtomicBool::new(false));
        let (asking, told) = (bench.clone(), over.clone());
        let clients = load.clients;
        let asking = tokio::spawn(async move { asking.ask(clients, Duration::from_secs(3_600), &told).await });
        let night_ms = bench.night().await?;
        over.store(true, Ordering::Relaxed);
        figures.extend(self::figures(asking.await??, true));
        night_ms
    };
    for figure in &figures {
        eprintln!(
            "{:>9} {} {:>7} lookups with a price  p50 {:>6} µs  p99 {:>6} µs",
            serde_json::to_value(figure.by)?.as_str().unwrap_or_default(),
            if figure.during_the_night { "in the night" } else { "by day      " },
            figure.lookups,
            figure.p50_us,
            figure.p99_us
        );
    }
    eprintln!("the night of {} members took {night_ms} ms", load.members);
    if load.json {
        println!(
            "{}",
            json!({ "bench": "lookup", "figures": figures, "night_ms": night_ms, "members": load.members, "orders": load.orders })
        );
    }
    Ok(())
}

struct Bench {
    app: App,
    router: Router,
    stall: Stall,
    members: usize,
    next: AtomicUsize,
}

impl Bench {
    async fn open(load: &Load, scratch: &Scratch) -> anyhow::Result<Self> {
        let mut config = load.place.db.as_ref().map_or_else(|| Config::folder(scratch.path()), Config::postgres);
        config.connections_max = load.clients.max(4) * 2;
        let random = Random::system();
        let vault = Vault::new(random.bytes(), random.clone());
        let app = Arc::new(AppInner::new(Db::open(&config).await?, Clock::system(), random, vault, Box::new(OrgAuthenticator)));
        wiring::prepare(&app);
        let stall = fixture::stall(&app, &fixture::Size { variants: VARIANTS, ..fixture::Size::default() }).await?;
        Ok(Self { router: wiring::router(app.clone()), app, stall, members: load.members, next: AtomicUsize::new(0) })
    }

    /// Members and orders by import, and then the stages and tiers that follow from them.
    async fn fill(&self, load: &Load) -> anyhow::Result<()> {
        let paper = tempfile::tempdir()?;
        let (members, orders) = (paper.path().join("members.csv"), paper.path().join("orders.csv"));
        write_members(&members, load.members)?;
        write_orders(&orders, load)?;
        for (kind, file) in [(Kind::Members, &members), (Kind::Orders, &orders)] {
            let wishes = Wishes { merchant: Some(self.stall.merchant), store: Some(STORE.to_owned()), ..Wishes::default() };
            let ground = ground::look(Some(&self.app.db), self.app.vault.clone(), &wishes).await?;
            let mut options = run::Options::new(kind, file);
            options.report = file.with_extension("bad.csv");
            let report = run::run(Some(&self.app.db), &ground, &options).await?;
            anyhow::ensure!(report.bad_rows == 0, "{} rows were refused: {:?}", report.bad_rows, report.bad_examples);
            eprintln!("{} rows of {} in {} s", report.rows, report.kind, report.took_ms / 1_000);
        }
        self.app.db.filled().await?;
        Ok(())
    }

    fn cx(&self) -> Cx {
        Cx::system(self.stall.merchant, self.app.clock.now(), self.app.random.clone())
    }

    async fn night(&self) -> anyhow::Result<u128> {
        let began = Instant::now();
        midnight::day(&self.app.db, &self.cx(), shuke_kernel::Zone::parse("Asia/Shanghai")?.date(self.app.clock.now())).await?;
        Ok(began.elapsed().as_millis())
    }

    /// Clients ask until the time is over, or somebody says so.
    async fn ask(self: &Arc<Self>, clients: usize, time: Duration, over: &AtomicBool) -> anyhow::Result<Vec<(By, Duration)>> {
        let end = Instant::now() + time;
        let client = || async {
            let mut took = Vec::new();
            while Instant::now() < end && !over.load(Ordering::Relaxed) {
                took.push(self.once().await?);
            }
            anyhow::Ok(took)
        };
        let done = futures::future::try_join_all((0..clients).map(|_| client())).await?;
        Ok(done.into_iter().flatten().collect())
    }

    async fn once(&self) -> anyhow::Result<(By, Duration)> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let number = turn * 7_919 % self.members;
        let (by, text) = match turn % 3 {
            0 => (By::Phone, phone(number)),
            1 => (By::LastFour, phone(number)[7..].to_owned()),
            _ => (By::Initials, name(number).1),
        };
        let began = Instant::now();
        let found = self.call("GET", &format!("/api/v1/members?q={text}&limit=20"), None).await?;
        let member = found["items"][0]["id"].as_str().with_context(|| format!("nobody is {text}: {found}"))?;
        let line = |n: usize| json!({ "variant": self.stall.variants[(turn * 7 + n * 31) % VARIANTS], "quantity_milli": 1_000 });
        let ask = json!({
            "store": self.stall.store, "member": member, "lines": [line(0), line(1), line(2)],
            "coupons": { "kind": "auto" }, "points": { "kind": "max" },
        });
        let quote = self.call("POST", "/api/v1/quotes", Some(&ask)).await?;
        anyhow::ensure!(quote["quote"]["total"].is_i64(), "no price: {quote}");
        Ok((by, began.elapsed()))
    }

    async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .extension(ConnectInfo(std::net::SocketAddr::from(([127, 0, 0, 1], 1))))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.stall.shop.token(Role::Cashier)))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))?;
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}

fn figures(took: Vec<(By, Duration)>, during_the_night: bool) -> Vec<Figure> {
    let figure = |by| {
        let mut of: Vec<Duration> = took.iter().filter(|(found, _)| *found == by).map(|(_, time)| *time).collect();
        of.sort_unstable();
        Figure { by, during_the_night, lookups: of.len(), p50_us: at_per_mille(&of, 500), p99_us: at_per_mille(&of, 990) }
    };
    [By::Phone, By::LastFour, By::Initials].map(figure).into()
}

fn phone(number: usize) -> String {
    format!("138{number:08}")
}

/// A name of three characters, and its initials.
fn name(number: usize) -> (String, String) {
    let parts = [SURNAMES[number % 20], GIVEN[number / 20 % 20], GIVEN[number / 400 % 20]];
    (parts.iter().map(|(text, _)| *text).collect(), parts.iter().map(|(_, initial)| *initial).collect())
}

fn write_members(file: &Path, members: usize) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    writeln!(out, "手机号,姓名,积分")?;
    for number in 0..members {
        writeln!(out, "{},{},{}", phone(number), name(number).0, number % 5_000 + 100)?;
    }
    Ok(out.flush()?)
}

/// Two years of orders, spread over the members so that every stage has some.
fn write_orders(file: &Path, load: &Load) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    writeln!(out, "订单号,商品编码,商品名称,数量,下单时间,单价,手机号")?;
    let last = Clock::system().now().plus_ms(-86_400_000);
    let zone = shuke_kernel::Zone::parse("Asia/Shanghai")?;
    let step_ms = 730 * 86_400_000 / i64::try_from(load.orders.max(1))?;
    for number in 0..load.orders {
        let at = zone.local(last.plus_ms(-i64::try_from(load.orders - number)? * step_ms)).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let (sku, member) = (number * 31 % VARIANTS, number * 7_919 % load.members);
        writeln!(out, "B{number},SKU{sku:05},商品{sku},1,{at},{}.00,{}", number % 90 + 10, phone(member))?;
    }
    Ok(out.flush()?)
}

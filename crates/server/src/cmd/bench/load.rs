//! The load: clients that sell one after another, each waiting for its answer.

use super::Load;
use serde::Serialize;
use shuke_db::{Config, Counts, Db};
use shuke_http::{App, AppInner, Caller, IdempotencyKey, Role, Vault, once, perm::Permissions};
use shuke_kernel::{Clock, Cx, Error, Money, Points, Random, Result};
use shuke_loyalty::rule::Channel;
use shuke_offer::price::{CouponChoice, PointsChoice};
use shuke_org::OrgAuthenticator;
use shuke_sales::book::Books;
use shuke_sales::fixture::{self, Stall};
use shuke_sales::order::{Checkout, CheckoutLine, OrderId, Payment, Tender, checkout};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A server's state over a database with a stall to sell at.
pub(super) struct Bench {
    pub(super) app: App,
    pub(super) stall: Stall,
    next: AtomicUsize,
}

/// What one figure found.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    pub(super) clients: usize,
    pub(super) sales: u64,
    pub(super) per_second: u64,
    pub(super) p50_us: u64,
    pub(super) p99_us: u64,
    pub(super) statements_per_sale_milli: u64,
    pub(super) trips_per_sale_milli: u64,
    pub(super) sales_per_commit_milli: u64,
    /// Processor time of this process; PostgreSQL's own is not in it.
    pub(super) cpu_us_per_sale: u64,
}

impl Bench {
    pub(super) async fn open(load: &Load, folder: &std::path::Path) -> Result<Self> {
        let mut config = load.place.db.as_ref().map_or_else(|| Config::folder(folder), Config::postgres);
        config.group_commit_max = load.group_commit_max;
        config.connections_max = load.clients.iter().copied().max().unwrap_or(8).max(4);
        let db = Db::open(&config).await?;
        let random = Random::system();
        let vault = Vault::new(random.bytes(), random.clone());
        let app = Arc::new(AppInner::new(db, Clock::system(), random, vault, Box::new(OrgAuthenticator)));
        let stall =
            fixture::stall(&app, &fixture::Size { members: load.members, variants: load.variants, ..fixture::Size::default() }).await?;
        app.db.filled().await?;
        Ok(Self { app, stall, next: AtomicUsize::new(0) })
    }

    fn caller(&self) -> Caller {
        let cx = Cx::system(self.stall.merchant, self.app.clock.now(), self.app.random.clone());
        Caller { cx, role: Role::Owner, stores: None, permissions: Permissions::of_role(Role::Owner), name: "bench".to_owned() }
    }

    /// A sale to the next member: two lines, the member's coupon, 100 points, half wallet and half cash.
    fn cart(&self, caller: &Caller) -> Checkout {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let customer = &self.stall.members[turn % self.stall.members.len()];
        let variant = |n: usize| self.stall.variants[(turn * 7 + n * 31) % self.stall.variants.len()];
        // 2 × 50.00, 95折, coupon 5.00, 100 points for 1.00: 89.00.
        let half = Money(4_450);
        let payment = |tender| Payment { tender, amount: half, refunded: Money::ZERO };
        Checkout {
            id: caller.cx.id::<OrderId>(),
            store: self.stall.store,
            till: None,
            member: Some(customer.member),
            channel: Channel::Till,
            lines: [0, 1].map(|n| CheckoutLine { variant: variant(n), quantity_milli: 1_000, gift: None, seller: None }).to_vec(),
            coupons: CouponChoice::Selected { coupons: vec![customer.coupon] },
            points: PointsChoice::Exact { points: Points(100) },
            points_kind: None,
            payments: vec![payment(Tender::Wallet), payment(Tender::Cash)],
            prepaid: shuke_sales::order::Prepaid::default(),
            expected_total: Some(Money(8_900)),
            identity: Default::default(),
        }
    }

    /// Sells once, as the till's request does.
    pub(super) async fn sell(&self) -> Result<()> {
        let caller = self.caller();
        let cart = self.cart(&caller);
        let books = self.app.slot::<Books>();
        let key = IdempotencyKey { key: caller.cx.uuid().to_string(), fingerprint: "bench".to_owned() };
        let input = (&*books, &cart);
        once(&self.app, &caller, &key, &input, |tx, caller, (books, cart)| Box::pin(checkout(tx, &caller.cx, books, cart))).await?;
        Ok(())
    }

    /// Sells with so many clients for so long, or so often.
    pub(super) async fn figure(self: &Arc<Self>, clients: usize, seconds: u64, sales: Option<u64>) -> Result<Figure> {
        let before = (self.app.db.counts(), cpu());
        let start = Instant::now();
        let end = start + Duration::from_secs(seconds);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..clients {
            let bench = self.clone();
            tasks.spawn(async move {
                let mut took = Vec::new();
                while sales.map_or_else(|| Instant::now() < end, |sales| (took.len() as u64) < sales) {
                    let began = Instant::now();
                    bench.sell().await?;
                    took.push(began.elapsed());
                }
                Ok::<_, Error>(took)
            });
        }
        let mut took = Vec::new();
        while let Some(done) = tasks.join_next().await {
            took.extend(done.map_err(|error| Error::internal(error.to_string()))??);
        }
        let elapsed = start.elapsed();
        let used = self.app.db.counts().since(before.0);
        Ok(figure(clients, took, elapsed, used, cpu().saturating_sub(before.1)))
    }
}

fn figure(clients: usize, mut took: Vec<Duration>, elapsed: Duration, used: Counts, cpu: Duration) -> Figure {
    took.sort_unstable();
    let sales = took.len() as u64;
    let per_sale = |n: u64| n * 1_000 / sales.max(1);
    Figure {
        clients,
        sales,
        per_second: u64::try_from(u128::from(sales) * 1_000_000 / elapsed.as_micros().max(1)).unwrap_or(u64::MAX),
        p50_us: at_per_mille(&took, 500),
        p99_us: at_per_mille(&took, 990),
        statements_per_sale_milli: per_sale(used.statements),
        trips_per_sale_milli: per_sale(used.trips),
        sales_per_commit_milli: used.transactions * 1_000 / used.commits.max(1),
        cpu_us_per_sale: u64::try_from(cpu.as_micros()).unwrap_or(u64::MAX) / sales.max(1),
    }
}

/// What so many thousandths of the sorted times do not exceed, in microseconds.
pub(super) fn at_per_mille(sorted: &[Duration], per_mille: usize) -> u64 {
    sorted.get(sorted.len() * per_mille / 1_000).map_or(0, |time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}

/// Processor time of this process so far, from the kernel's accounting (ticks of 10 ms).
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

//! A shop behind the router, for the benches that sell as tills do: through the gate, with a key.

use super::{Place, Scratch};
use crate::wiring;
use anyhow::ensure;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use shuke_db::{Config, Db};
use shuke_http::{App, AppInner, Role, Vault};
use shuke_kernel::{Clock, Money, Random};
use shuke_loyalty::rule::Channel;
use shuke_offer::price::{CouponChoice, PointsChoice};
use shuke_org::OrgAuthenticator;
use shuke_sales::fixture::{self, Size, Stall};
use shuke_sales::order::{Checkout, CheckoutLine, OrderId, Payment, Prepaid, Tender};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// The whole server in the process, over a stall.
pub(super) struct Shop {
    pub(super) app: App,
    router: Router,
    stall: Stall,
    next: AtomicUsize,
}

/// How a sale was answered.
pub(super) enum Told {
    /// Sold, after so long.
    Sold(Duration),
    /// Not now; come back after so many seconds.
    Later(u64),
}

/// What clients met with.
#[derive(Default)]
pub(super) struct Met {
    pub(super) took: Vec<Duration>,
    pub(super) refused: u64,
}

impl Met {
    pub(super) fn merge(&mut self, other: Self) {
        self.took.extend(other.took);
        self.refused += other.refused;
    }
}

impl Shop {
    pub(super) async fn open(place: &Place, scratch: &Scratch, connections: usize) -> anyhow::Result<Self> {
        let mut config = place.db.as_ref().map_or_else(|| Config::folder(scratch.path()), Config::postgres);
        config.connections_max = connections.max(4);
        let random = Random::system();
        let vault = Vault::new(random.bytes(), random.clone());
        let app = Arc::new(AppInner::new(Db::open(&config).await?, Clock::system(), random, vault, Box::new(OrgAuthenticator)));
        wiring::prepare(&app);
        let stall = fixture::stall(&app, &Size { members: 2_000, variants: 200, ..Size::default() }).await?;
        app.db.filled().await?;
        Ok(Self { router: wiring::router(app.clone()), app, stall, next: AtomicUsize::new(0) })
    }

    /// Two pieces to the next member, paid in cash: 2 × 50.00, 95折.
    fn cart(&self) -> Checkout {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let variant = |n: usize| self.stall.variants[(turn * 7 + n * 31) % self.stall.variants.len()];
        Checkout {
            id: OrderId(self.app.random.uuid(self.app.clock.now())),
            store: self.stall.store,
            till: None,
            member: Some(self.stall.members[turn % self.stall.members.len()].member),
            channel: Channel::Till,
            lines: [0, 1].map(|n| CheckoutLine { variant: variant(n), quantity_milli: 1_000, gift: None, seller: None }).to_vec(),
            coupons: CouponChoice::None,
            points: PointsChoice::None,
            points_kind: None,
            payments: vec![Payment { tender: Tender::Cash, amount: Money(9_500), refunded: Money::ZERO }],
            prepaid: Prepaid::default(),
            expected_total: Some(Money(9_500)),
            identity: Default::default(),
        }
    }

    /// Sells once, as a till's request does.
    pub(super) async fn sell(&self) -> anyhow::Result<Told> {
        let cart = self.cart();
        let request = Request::builder()
            .method("POST")
            .uri("/api/v1/orders")
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.stall.shop.token(Role::Cashier)))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", cart.id.to_string())
            .body(Body::from(serde_json::to_string(&cart)?))?;
        let began = Instant::now();
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await?;
        if parts.status == 503 {
            let after = parts.headers.get(header::RETRY_AFTER).and_then(|text| text.to_str().ok()?.parse().ok());
            return Ok(Told::Later(after.ok_or_else(|| anyhow::anyhow!("a 503 without Retry-After"))?));
        }
        ensure!(parts.status == 201, "{}: {}", parts.status, String::from_utf8_lossy(&bytes));
        Ok(Told::Sold(began.elapsed()))
    }

    /// So many clients sell one after another, each waiting for its answer, for so long. Whoever is sent
    /// away comes back when it was told to.
    pub(super) async fn load(self: &Arc<Self>, clients: usize, time: Duration) -> anyhow::Result<Met> {
        let over = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for _ in 0..clients {
            let (shop, over) = (self.clone(), over.clone());
            tasks.spawn(async move {
                let mut met = Met::default();
                while !over.load(Ordering::Relaxed) {
                    match shop.sell().await? {
                        Told::Sold(took) => met.took.push(took),
                        Told::Later(seconds) => {
                            met.refused += 1;
                            tokio::time::sleep(Duration::from_secs(seconds)).await;
                        }
                    }
                }
                anyhow::Ok(met)
            });
        }
        tokio::time::sleep(time).await;
        over.store(true, Ordering::Relaxed);
        let mut all = Met::default();
        while let Some(done) = tasks.join_next().await {
            all.merge(done??);
        }
        all.took.sort_unstable();
        Ok(all)
    }
}

//! The demo: a shop that has been open for a year and a half.
//!
//! It is made by driving the real operations, day by day, under a clock that this module sets: people
//! enrol, buy, top up, pay with wallet, points and coupons, bring things back; in the night the same
//! work is done as on a server. Nothing is inserted behind the operations' back, so whatever holds
//! for a real shop holds here, `verify` included.
//!
//! The history is a plan that follows from a seed (`script`); living a day (`live`) adds what
//! depends on balances. How far it has come stands in the settings section `demo`, moved on when a
//! day is closed. A run that was interrupted lives its day again and leaves alone what is there; a
//! run on a later date goes on up to yesterday.
//!
//! Deliberately not here: figures that nobody sells (no row is written for looks), and secrets: ids
//! and coupon codes of a demo follow from its seed, its passwords stand below. A demo's data folder
//! is no place for a real shop, and a folder with a real shop is refused.

mod basket;
mod calendar;
mod dice;
mod goods;
mod life;
mod live;
mod names;
mod open;
mod person;
mod policy;
mod script;
mod settled;

use crate::wiring;
use live::{Counter, Done, Shop};
use script::{Script, Story};
use serde::{Deserialize, Serialize};
use shuke_db::Tx;
use shuke_http::{AppInner, Role};
use shuke_jobs::{Runner, Work};
use shuke_kernel::time::{add_days, add_months};
use shuke_kernel::{Clock, Cx, Date, Error, Instant, Limit, MerchantId, Random, Result, Zone};
use shuke_member::member::{
    self,
    store::{Filter, Sort},
};
use shuke_member::{Stage, tag};
use shuke_org::setting::{self, Section};
use shuke_org::{Trade, fixture, merchant, staff, store, till};
use shuke_sales::book::Books;
use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};

/// The password of everybody in a demo.
pub const PASSWORD: &str = fixture::PASSWORD;

/// Where the demo's shop is.
const ZONE: &str = "Asia/Shanghai";

/// Staff: user name, role, name to show, and the store that they are bound to, by place.
pub const ROLES: [(&str, Role, &str, Option<usize>); 8] = [
    ("owner", Role::Owner, "林岚", None),
    ("manager", Role::Manager, "周明", None),
    ("cashier", Role::Cashier, "王芳", Some(0)),
    ("cashier2", Role::Cashier, "李静", Some(1)),
    ("cashier3", Role::Cashier, "吴桐", Some(2)),
    ("technician", Role::Technician, "陈静", Some(0)),
    ("marketer", Role::Marketer, "赵磊", None),
    ("analyst", Role::Analyst, "孙悦", None),
];

/// Members of a whole demo at its end.
pub const MEMBERS: u64 = 2_150;

/// Months of a whole demo's history.
pub const MONTHS: i32 = 18;

/// How large a demo is, and up to when it is lived.
#[derive(Clone, Debug)]
pub struct Options {
    /// Members at the end of the first `months`.
    pub members: u64,
    /// Months of history at the first start.
    pub months: i32,
    /// Names the whole history.
    pub seed: u64,
    /// The present: the last day that is lived is the one before it.
    pub until: Instant,
    /// Whether progress is shown on standard error.
    pub progress: bool,
}

impl Options {
    /// The size that `make run` starts with.
    pub const fn full(until: Instant) -> Self {
        Self { members: MEMBERS, months: MONTHS, seed: 20_241_122, until, progress: true }
    }
}

/// How far a demo has come: settings section `demo`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    /// What the history follows from; none where the shop is no demo.
    #[serde(default)]
    story: Option<Story>,
    /// The last day that is closed.
    #[serde(default)]
    closed: Option<Date>,
}

impl Section for Progress {
    const NAME: &'static str = "demo";
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// What a run did, and what there is now.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The shop.
    pub merchant: MerchantId,
    /// Days that this run lived.
    pub days: u64,
    /// Members whom this run enrolled.
    pub enrolled: u64,
    /// Sales of this run.
    pub sales: u64,
    /// Refunds of this run.
    pub refunds: u64,
    /// Top-ups of this run.
    pub top_ups: u64,
    /// Members in each stage now.
    pub stages: BTreeMap<Stage, u64>,
}

/// Opens the demo's shop where there is none, and lives its days up to yesterday.
///
/// Errors: `demo_place_taken` where the database holds another shop; `demo_trade_other` where it
/// holds a demo of another trade; those of the operations, none of which is expected.
pub async fn run(app: &AppInner, trade: Trade, options: &Options) -> Result<Summary> {
    let zone = Zone::parse(ZONE)?;
    let (merchant, progress) = found_or_opened(app, trade, options, &zone).await?;
    let story = progress.story.ok_or_else(open::occupied)?;
    if story.trade != trade {
        let detail = format!(
            "this data folder holds a demo of the trade {}; start that one, or give this one a folder of its own",
            story.trade.as_str()
        );
        return Err(Error::conflict("demo_trade_other", detail));
    }
    let last = add_days(zone.date(options.until), -1);
    let first = progress.closed.map_or(story.first, |closed| add_days(closed, 1));
    let mut summary = Summary { merchant, days: 0, enrolled: 0, sales: 0, refunds: 0, top_ups: 0, stages: BTreeMap::new() };
    if first <= last {
        let script = Script::write(&story, &zone, last);
        let done = live(app, merchant, &zone, &script, first, options.progress).await?;
        app.db.filled().await?;
        summary.days = u64::try_from(shuke_kernel::time::days_between(first, last) + 1).unwrap_or(0);
        (summary.enrolled, summary.sales) = (done.members, done.sales);
        (summary.refunds, summary.top_ups) = (done.refunds, done.top_ups);
    }
    summary.stages = stages(app, merchant, options.until).await?;
    Ok(summary)
}

/// What is printed when a demo is ready: what there is, and how to sign in.
pub fn greeting(summary: &Summary, address: std::net::SocketAddr) -> String {
    use std::fmt::Write as _;
    let members: u64 = summary.stages.values().sum();
    let mut text = format!("\ndemo shop ready: {members} members, {} sales made in this start\n", summary.sales);
    let stages: Vec<String> = summary.stages.iter().map(|(stage, count)| format!("{} {count}", stage.as_str())).collect();
    // Writing to a text does not fail.
    let _ = writeln!(text, "  stages: {}", stages.join(", "));
    let _ = writeln!(text, "  sign in on http://{address} as one of these, all with the password {PASSWORD}");
    for (username, role, name, _) in ROLES {
        let _ = writeln!(text, "    {username:<12}{:<12}{name}", role.as_str());
    }
    let _ = writeln!(
        text,
        "  members sign in on http://{address}/card/ with the phone of any member; their codes show here and in the console"
    );
    text
}

async fn found_or_opened(app: &AppInner, trade: Trade, options: &Options, zone: &Zone) -> Result<(MerchantId, Progress)> {
    let found = app.db.read(&(), |tx, ()| Box::pin(merchant::ops::numbers(tx, 2))).await?;
    let merchant = match found.as_slice() {
        [] => {
            let first = add_months(zone.date(options.until), -options.months);
            let story = Story { seed: options.seed, trade, members: options.members, months: options.months, first };
            open::open(app, &story, zone).await?
        }
        [one] => *one,
        _ => return Err(open::occupied()),
    };
    let progress = app.db.read(&merchant, |tx, merchant| Box::pin(setting::ops::get::<Progress>(tx, *merchant))).await?;
    Ok((merchant, progress))
}

/// Lives the plan's days from `first` on.
async fn live(app: &AppInner, merchant: MerchantId, zone: &Zone, script: &Script, first: Date, shows: bool) -> Result<Done> {
    let books = app.slot::<Books>();
    let shop = shop(app, merchant, zone, script, &books).await?;
    let night = Night { clock: Clock::manual(zone.start(first)), runner: wiring::runner(), shop: &shop };
    let days: Vec<_> = script.days.iter().filter(|day| day.date >= first).collect();
    let mut bar = Bar::new(shows, days.len());
    let mut done = Done::default();
    let stopwatch = Clock::system();
    let (mut days_ms, mut nights_ms) = (0, 0);
    for (nth, day) in days.iter().enumerate() {
        // The first day of a run may have been begun by a run before it.
        let morning = stopwatch.now();
        done.add(&shop.live(day, nth == 0).await?);
        let evening = stopwatch.now();
        night.close(day.date).await?;
        days_ms += evening.since_ms(morning);
        nights_ms += stopwatch.now().since_ms(evening);
        bar.show(nth + 1, day.date, &done);
    }
    bar.end();
    tracing::debug!(days_ms, nights_ms, "the demo was lived");
    Ok(done)
}

async fn shop<'a>(app: &'a AppInner, merchant: MerchantId, zone: &'a Zone, script: &'a Script, books: &'a Books) -> Result<Shop<'a>> {
    let cx = Cx::system(merchant, app.clock.now(), app.random.clone());
    let (counters, tags, ground, manager) = app.db.read(&cx, |tx, cx| Box::pin(found(tx, cx))).await?;
    Ok(Shop { app, merchant, zone, script, counters, tags, ground, books, manager })
}

type Found = (Vec<Counter>, Vec<shuke_member::TagId>, shuke_member::Ground, shuke_org::StaffId);

async fn found(tx: &mut Tx, cx: &Cx) -> Result<Found> {
    let lacking = || Error::internal("the demo's shop lacks a store, a till or staff");
    let all = Limit::new(Some(200))?;
    let stores = store::ops::list(tx, cx, None, all).await?.items;
    let tills = till::ops::list(tx, cx, None, all).await?.items;
    let people = staff::ops::list(tx, cx, None, all, None).await?.items;
    let named = |username: &str| people.iter().find(|person| person.username == username).map(|person| person.id);
    let mut counters = Vec::with_capacity(stores.len());
    for (place, store) in stores.iter().enumerate() {
        let cashier = ROLES.iter().find(|(_, role, _, at)| *role == Role::Cashier && *at == Some(place));
        let cashier = cashier.and_then(|(username, ..)| named(username)).or_else(|| named("owner"));
        let till = tills.iter().find(|till| till.store == store.id);
        counters.push(Counter { store: store.id, till: till.ok_or_else(lacking)?.id, cashier: cashier.ok_or_else(lacking)? });
    }
    let tags = tag::ops::list(tx, cx, None, all).await?.items;
    let tags = tags.into_iter().filter(|tag| tag.rule.is_none() && !tag.archived).map(|tag| tag.id).collect();
    let manager = named("manager").or_else(|| named("owner")).ok_or_else(lacking)?;
    Ok((counters, tags, shuke_member::ground(tx, cx.merchant).await?, manager))
}

/// Closing a day: events are followed, and at midnight the night's work is done.
struct Night<'a> {
    clock: Clock,
    runner: Runner,
    shop: &'a Shop<'a>,
}

impl Night<'_> {
    async fn close(&self, date: Date) -> Result<()> {
        let (app, zone) = (self.shop.app, self.shop.zone);
        let work = Work { db: app.db.clone(), clock: self.clock.clone(), random: Random::system() };
        settled::settled(&app.db).await?;
        self.clock.set(zone.end(date).plus_ms(-60_000));
        self.runner.step(&work).await?;
        // Midnight: the first step finds that a day has begun, the second does its work.
        self.clock.set(zone.end(date).plus_ms(60_000));
        self.runner.step(&work).await?;
        self.runner.step(&work).await?;
        let cx = work.system(self.shop.merchant);
        let progress = Progress { story: Some(self.shop.script.story.clone()), closed: Some(date) };
        app.db.write(&(&cx, &progress), |tx, (cx, progress)| Box::pin(setting::ops::put(tx, cx, *progress))).await
    }
}

/// How many members are in each stage.
async fn stages(app: &AppInner, merchant: MerchantId, now: Instant) -> Result<BTreeMap<Stage, u64>> {
    let cx = Cx::system(merchant, now, app.random.clone());
    let mut stages = BTreeMap::new();
    let mut before = None;
    loop {
        let input = (&cx, before);
        let page = app.db.read(&input, |tx, (cx, before)| {
            Box::pin(
                async move { member::ops::list(tx, cx, (&Filter::default(), Sort::Newest), before.clone(), Limit::new(Some(200))?).await },
            )
        });
        let page = page.await?;
        for row in &page.items {
            *stages.entry(row.brief.stage).or_default() += 1;
        }
        before = page.next.as_deref().map(shuke_kernel::Cursor::decode).transpose()?;
        if before.is_none() {
            return Ok(stages);
        }
    }
}

/// The line on standard error: rewritten on a terminal, now and then where it goes to a file.
struct Bar {
    shows: bool,
    live: bool,
    days: usize,
}

impl Bar {
    fn new(shows: bool, days: usize) -> Self {
        Self { shows, live: std::io::stderr().is_terminal(), days }
    }
    fn show(&mut self, nth: usize, date: Date, done: &Done) {
        if !self.shows || (!self.live && !nth.is_multiple_of(60) && nth != self.days) {
            return;
        }
        let (start, end) = if self.live { ("\r\x1b[K", "") } else { ("", "\n") };
        let (members, sales) = (done.members, done.sales);
        let mut out = std::io::stderr().lock();
        // Nobody is there to read: the demo goes on without a line.
        let _ = write!(out, "{start}demo: {date}  day {nth} of {}  {members} members  {sales} sales{end}", self.days);
        let _ = out.flush();
    }
    fn end(&self) {
        if self.shows && self.live {
            eprintln!();
        }
    }
}

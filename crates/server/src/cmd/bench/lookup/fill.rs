//! Filling the bench's shop through the bulk paths of the slices: names and phones sealed and indexed, balances
//! in lots, past orders counted for their members, tiers, tags.

use super::people;
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use shuke_db::{Config, Kind, Tx};
use shuke_http::{App, Role};
use shuke_kernel::time::{add_days, add_months};
use shuke_kernel::{Cx, Date, Instant, MerchantId, Money, Rate, Result, Uuid, Zone};
use shuke_ledger::journal::ops::{Opening, open_many};
use shuke_ledger::{AccountKind, LotTerms};
use shuke_loyalty::rule::{Channel, Scope};
use shuke_loyalty::tier::{Tier, TierBenefits, TierId, TierScheme, ops as tiers};
use shuke_member::MemberId;
use shuke_member::member::{Birthday, Enrol, EnrolOutcome, Person, Phone, Region, ops as members};
use shuke_member::tag::{TagCondition, TagDraft, TagId, TagRule, ops as tags};
use shuke_org::{StoreId, setting};
use shuke_sales::fixture::{self, Stall};
use shuke_sales::order::import::{self, PastKind, PastLine, PastOrder, PastSums};
use shuke_sales::product::{Sold, sold};
use std::time::Instant as Stopwatch;

pub(super) const VARIANTS: usize = 200;
/// Members of one transaction, with their orders.
const MEMBERS_PER_STEP: usize = 2_000;
/// How often members' numbers are drawn for it.
const DRAWS_MAX: usize = 10;

/// What must be known of a filled shop to ask it something.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Shop {
    pub(super) merchant: MerchantId,
    pub(super) store: Uuid,
    pub(super) other_store: Uuid,
    pub(super) variants: Vec<Uuid>,
    pub(super) tags: Vec<TagId>,
    pub(super) owner: String,
    pub(super) cashier: String,
    pub(super) members: usize,
    pub(super) orders: usize,
    /// The local day on which it was filled.
    pub(super) filled_on: Date,
    /// Nights since.
    pub(super) nights: i32,
    pub(super) filled_ms: u128,
}

/// A database that is about to be filled.
pub(super) fn config(mut config: Config) -> Config {
    config.filling = true;
    config
}

struct Filling {
    app: App,
    cx: Cx,
    zone: Zone,
    today: Date,
    stores: [StoreId; 2],
    goods: Vec<(String, Sold)>,
    tags: [TagId; 2],
    tiers: [TierId; 2],
    run: Uuid,
}

/// What one transaction writes.
struct Step {
    enrol: Vec<Enrol>,
    openings: Vec<Opening>,
    orders: Vec<PastOrder>,
    brought: Vec<tiers::Brought>,
}

/// Makes the shop and fills it.
pub(super) async fn fill(app: &App, count: usize, order_share: usize) -> anyhow::Result<Shop> {
    let began = Stopwatch::now();
    let stall = fixture::stall(app, &fixture::Size { variants: VARIANTS, ..fixture::Size::default() }).await?;
    let filling = Filling::begin(app, &stall).await?;
    app.db.filled().await?;
    let mut sums = app.db.read(&filling.cx, |tx, cx| Box::pin(PastSums::begin(tx, cx))).await?;
    // SQLite has one writer. PostgreSQL writes in one process while the next transaction is made in this one.
    let at_once = if app.db.kind() == Kind::Sqlite { 1 } else { 2 };
    let mut orders = 0;
    let starts: Vec<usize> = (0..count).step_by(MEMBERS_PER_STEP).collect();
    for (round, starts) in starts.chunks(at_once).enumerate() {
        let steps = starts.iter().map(|from| filling.step(*from..count.min(from + MEMBERS_PER_STEP), order_share));
        let steps = steps.collect::<Result<Vec<Step>>>()?;
        futures::future::try_join_all(steps.iter().map(|step| filling.bring(step))).await?;
        for order in steps.iter().flat_map(|step| &step.orders) {
            sums.add(order)?;
            orders += 1;
        }
        if round.is_multiple_of(50) {
            let done = starts.last().copied().unwrap_or(0);
            eprintln!("{done} members, {orders} orders, {} s", began.elapsed().as_secs());
            // Plans made of empty tables walk them.
            if app.db.kind() == Kind::Postgres && (done < 200_000 || round.is_multiple_of(200)) {
                app.db.filled().await?;
            }
        }
    }
    app.db.write(&(&filling.cx, &sums), |tx, (cx, sums)| Box::pin(sums.write(tx, cx))).await?;
    let rules = app.db.write(&filling.cx, |tx, cx| Box::pin(rules(tx, cx))).await?;
    app.db.filled().await?;
    tags::recompute_all(&app.db, &filling.cx, filling.today).await?;
    app.db.filled().await?;
    let filled_ms = began.elapsed().as_millis();
    eprintln!("{count} members and {orders} orders in {} s", filled_ms / 1_000);
    Ok(Shop {
        merchant: stall.merchant,
        store: stall.store,
        other_store: stall.shop.other_store.0,
        variants: stall.variants.clone(),
        tags: filling.tags.into_iter().chain(rules).collect(),
        owner: stall.shop.token(Role::Owner).to_owned(),
        cashier: stall.shop.token(Role::Cashier).to_owned(),
        members: count,
        orders,
        filled_on: filling.today,
        nights: 0,
        filled_ms,
    })
}

impl Filling {
    async fn begin(app: &App, stall: &Stall) -> anyhow::Result<Self> {
        let cx = Cx::system(stall.merchant, app.clock.now(), app.random.clone());
        let skus: Vec<String> = (0..VARIANTS).map(|number| format!("SKU{number:05}")).collect();
        let names: Vec<&str> = skus.iter().map(String::as_str).collect();
        let input = (&cx, names);
        let mut found = app.db.read(&input, |tx, (cx, skus)| Box::pin(sold(tx, cx.merchant, skus))).await?;
        let goods = skus.into_iter().map(|sku| found.remove(&sku).map(|sold| (sku, sold)).context("a product is missing"));
        let (tags, tiers) = app.db.write(&cx, |tx, cx| Box::pin(words(tx, cx))).await?;
        let zone = Zone::parse("Asia/Shanghai")?;
        Ok(Self {
            today: zone.date(cx.now),
            stores: [StoreId(stall.store), stall.shop.other_store],
            goods: goods.collect::<anyhow::Result<_>>()?,
            run: cx.uuid(),
            app: app.clone(),
            cx,
            zone,
            tags,
            tiers,
        })
    }

    /// Two transactions at once may draw the same number for a member: the later one then draws again.
    async fn bring(&self, step: &Step) -> Result<()> {
        for _ in 1..DRAWS_MAX {
            match self.app.db.write(&(self, step), |tx, (filling, step)| Box::pin(write(tx, filling, step))).await {
                Err(error) if error.code() == "member_number_taken" => {}
                done => return done,
            }
        }
        self.app.db.write(&(self, step), |tx, (filling, step)| Box::pin(write(tx, filling, step))).await
    }

    fn days_ago(&self, days: usize) -> Date {
        add_days(self.today, -i32::try_from(days).unwrap_or(0))
    }

    fn step(&self, numbers: std::ops::Range<usize>, order_share: usize) -> Result<Step> {
        let mut step = Step { enrol: Vec::new(), openings: Vec::new(), orders: Vec::new(), brought: Vec::new() };
        for number in numbers {
            let enrol = self.member(number)?;
            let member = enrol.id.unwrap_or(MemberId(Uuid::nil()));
            let until = people::points_until(number, self.today);
            let terms = LotTerms { available_at: self.cx.now, expires: Some((until, self.zone.end(until))) };
            let amount = i64::try_from(number % 5_000 + 100).unwrap_or(100);
            step.openings.push(Opening { id: self.cx.uuid(), member: member.0, kind: AccountKind::Points, amount, terms });
            let before = step.orders.len();
            for (place, days) in people::bought_days_ago(number).into_iter().enumerate() {
                if people::any(number, 50 + place) % 100 < order_share {
                    step.orders.push(self.order(number, member, place, days));
                }
            }
            let year = self.days_ago(365);
            let bought = Money::sum(
                step.orders[before..].iter().filter(|order| order.date > year).flat_map(|order| &order.lines).map(|l| l.amount),
            )?;
            step.brought.extend(self.tier(number, member.0, bought));
            step.enrol.push(enrol);
        }
        Ok(step)
    }

    fn member(&self, number: usize) -> Result<Enrol> {
        let (birthday, lunar) = people::birthday(number);
        let [province, city, district] = people::region(number).map(|name| Some(name.to_owned()));
        let tagged = people::any(number, 8) % 100;
        let tags = [tagged < 2, tagged >= 70];
        Ok(Enrol {
            id: Some(self.cx.id()),
            person: Person {
                phone: Some(Phone::parse(&people::phone(number), "CN")?),
                name: Some(people::name(number).0),
                birthday: Some(Birthday::parse(&birthday, lunar)?),
                ..Person::default()
            },
            region: Region { province, city, district },
            source: Some("import".to_owned()),
            home_store: Some(self.stores[usize::from(!people::of_first_store(number))]),
            joined_on: Some(self.days_ago(people::joined_days_ago(number))),
            tags: self.tags.iter().zip(tags).filter_map(|(tag, has)| has.then_some(*tag)).collect(),
            ..Enrol::default()
        })
    }

    fn order(&self, number: usize, member: MemberId, place: usize, days: usize) -> PastOrder {
        let date = self.days_ago(days);
        let minute = 9 * 60 + people::any(number, 200 + place) % (12 * 60);
        let at = Instant(self.zone.start(date).0 + i64::try_from(minute).unwrap_or(0) * 60_000);
        let (sku, goods) = &self.goods[people::any(number, 300 + place) % self.goods.len()];
        let pieces = i64::try_from(people::any(number, 400 + place) % 3 + 1).unwrap_or(1);
        PastOrder {
            id: self.cx.uuid(),
            kind: PastKind::Sale,
            number: format!("B{number}-{place}"),
            store: self.stores[usize::from(!people::of_first_store(number))],
            member: Some(member),
            channel: Channel::Till,
            at,
            date,
            lines: vec![PastLine {
                product: goods.product.0,
                variant: goods.variant.0,
                name: goods.name.clone(),
                sku: sku.clone(),
                quantity_milli: pieces * 1_000,
                unit_price: Money(5_000),
                amount: Money(5_000 * pieces),
            }],
            before: None,
        }
    }

    /// Whoever bought enough has a tier since some day of the last year: every night the year of some is over.
    fn tier(&self, number: usize, member: Uuid, bought: Money) -> Option<tiers::Brought> {
        let tier = match bought.0 {
            100_000.. => self.tiers[1],
            40_000.. => self.tiers[0],
            _ => return None,
        };
        let since = self.days_ago(people::any(number, 9) % 366);
        Some(tiers::Brought { member, tier, since, valid_until: Some(add_months(since, 12)) })
    }
}

async fn write(tx: &mut Tx, filling: &Filling, step: &Step) -> Result<()> {
    let cx = &filling.cx;
    for outcome in members::enrol_many(tx, cx, &filling.app.vault, &step.enrol).await? {
        if let EnrolOutcome::Refused(error) = outcome {
            return Err(error);
        }
    }
    open_many(tx, cx, &step.openings).await?;
    import::fill(tx, cx, filling.run, &step.orders).await?;
    tiers::bring_in(tx, cx, &step.brought).await
}

/// Two tags that staff give, and two tiers above the stall's own, for a year each.
async fn words(tx: &mut Tx, cx: &Cx) -> Result<([TagId; 2], [TierId; 2])> {
    let tag = |name: &str| TagDraft { name: name.to_owned(), rule: None, archived: false };
    let tags = [tags::create(tx, cx, &tag("VIP")).await?.id, tags::create(tx, cx, &tag("奶粉客户")).await?.id];
    let mut scheme: TierScheme = setting::ops::get(tx, cx.merchant).await?;
    let tier = |name: &str, amount: i64, discount: i64| Tier {
        amount: Some(Money(amount)),
        benefits: TierBenefits { discount: Rate(discount), scope: Scope::ALL, points_multiplier: Rate::WHOLE },
        ..Tier::named(cx.id::<TierId>(), name)
    };
    let made = [tier("银卡", 40_000, 9_300), tier("金卡", 100_000, 9_000)];
    let ids = [made[0].id, made[1].id];
    scheme.tiers.extend(made);
    scheme.validity_months = Some(12);
    scheme.warn_days = Some(7);
    setting::ops::put(tx, cx, &scheme).await?;
    Ok((tags, ids))
}

/// Two tags by rule, which the night gives and takes.
async fn rules(tx: &mut Tx, cx: &Cx) -> Result<[TagId; 2]> {
    let tag = |name: &str, condition| TagDraft { name: name.to_owned(), rule: Some(TagRule { all: vec![condition] }), archived: false };
    let much = TagCondition::Amount { at_least: Money(60_000), days: Some(365) };
    let often = TagCondition::Orders { at_least: 3, days: Some(90) };
    Ok([tags::create(tx, cx, &tag("高消费", much)).await?.id, tags::create(tx, cx, &tag("常客", often)).await?.id])
}

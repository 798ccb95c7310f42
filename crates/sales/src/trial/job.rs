//! The job that goes over the orders. It reads a page in one transaction, prices it outside any, and
//! writes what came of it in another; a job does pages for a while, and leaves the rest to the next.

use super::compute::{Beside, Ground, one};
use super::model::{Effect, Progress, Trial, TrialId, TrialResult, TrialRule};
use super::{ops, store};
use crate::book::{Books, SaleBook};
use crate::order::ops::coupons_used;
use crate::order::{Order, store as orders};
use crate::product::store::{Placed, placed};
use shuke_db::{Future, Stmt, Tx};
use shuke_jobs::{Job, Work, job};
use shuke_kernel::{Cx, Date, Money, Result, Uuid};
use shuke_loyalty::growth;
use shuke_loyalty::tier::{CurrentTier, TierScheme, TierTotals};
use shuke_loyalty::{coupon, tier};
use shuke_member::{MemberId, member, purchase};
use shuke_offer::offer::store::{Era, eras};
use shuke_offer::offer::{MonthDay, Offer, OfferFacts};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The kind of the job.
pub const KIND: &str = "trial";
/// Orders of one page.
const PAGE_ORDERS: i64 = 200;
/// After so long the rest is the next job's: well below a lease.
const WORK_MS: i64 = 15_000;
/// Pages of one job, however fast they go.
const PAGES_MAX: u32 = 500;
/// Changes of offers that are looked at.
const ERAS_MAX: i64 = 20_000;

/// Goes on with a trial.
pub fn run<'w>(work: &'w Work, job: &'w Job) -> Future<'w, ()> {
    Box::pin(async move {
        let id: TrialId = job.payload.parse()?;
        let started = work.cx(job).now;
        let mut more = true;
        let mut pages = 0;
        while more && pages < PAGES_MAX && work.clock.now().since_ms(started) < WORK_MS {
            more = page(work, job, id).await?;
            pages += 1;
        }
        let cx = work.cx(job);
        work.db
            .write(&(&cx, job, id, more), |tx, (cx, job, id, more)| {
                Box::pin(async move {
                    if *more && let Some(row) = tx.row(store::by_id_stmt(cx.merchant, *id)).await? {
                        ops::enqueue(tx, cx, *id, store::read_progress(&row)?.0).await?;
                    }
                    job::finish(tx, job, cx.now).await
                })
            })
            .await
    })
}

/// Everything that was read for a page.
struct Read {
    trial: Trial,
    step: i64,
    progress: Progress,
    book: Arc<SaleBook>,
    eras: Vec<Era>,
    orders: Vec<Order>,
    placed: BTreeMap<Uuid, Placed>,
    besides: Vec<Beside>,
    effects: BTreeMap<Uuid, Effect>,
    totals: BTreeMap<Uuid, (CurrentTier, TierTotals)>,
    /// Whether the store has no more orders, and whether it is the last store.
    store_over: bool,
    last_store: bool,
}

/// Does one page; says whether there is more.
async fn page(work: &Work, job: &Job, id: TrialId) -> Result<bool> {
    let cx = work.cx(job);
    let found = work.db.read(&(&cx, id), |tx, (cx, id)| Box::pin(read(tx, cx, *id))).await?;
    let Some(mut read) = found else { return Ok(false) };
    price(&cx, &mut read)?;
    work.db.write(&(&cx, id, &read), |tx, (cx, id, read)| Box::pin(write(tx, cx, *id, read))).await
}

/// Reads the next page; none where the trial is gone, done or cancelled.
async fn read(tx: &mut Tx, cx: &Cx, id: TrialId) -> Result<Option<Read>> {
    let Some(row) = tx.row(store::by_id_stmt(cx.merchant, id)).await? else { return Ok(None) };
    let trial = store::read(&row)?;
    if !store::goes_on(trial.state) {
        return Ok(None);
    }
    let (step, progress) = store::read_progress(&row)?;
    let book = Books::default().current(tx, cx.merchant).await?;
    let stores: BTreeSet<Uuid> = book.stores.keys().copied().collect();
    let Some(at) = stores.iter().nth(progress.store).copied() else {
        let (eras, orders, placed, besides) = (Vec::new(), Vec::new(), BTreeMap::new(), Vec::new());
        let (effects, totals) = (BTreeMap::new(), BTreeMap::new());
        let (store_over, last_store) = (true, true);
        return Ok(Some(Read { trial, step, progress, book, eras, orders, placed, besides, effects, totals, store_over, last_store }));
    };
    let zone = book.zone(at);
    let after = progress.after.unwrap_or_else(|| store::before(zone.start(trial.from)));
    let rows = orders::export::page(tx, cx.merchant, (at, &zone), after, zone.end(trial.to), PAGE_ORDERS).await?;
    let orders: Vec<Order> = rows.into_iter().map(|(order, _)| order).collect();
    let variants: BTreeSet<Uuid> = orders.iter().flat_map(|order| order.lines.iter().map(|line| line.variant)).collect();
    let placed = placed(tx, cx.merchant, &variants.into_iter().collect::<Vec<_>>()).await?;
    let members: BTreeSet<Uuid> = orders.iter().filter_map(|order| order.member).map(|member| member.0).collect();
    let members: Vec<Uuid> = members.into_iter().collect();
    let effects = store::effects(tx, cx.merchant, id, &members).await?;
    let totals = match &trial.rule {
        TrialRule::Tier { scheme } => totals(tx, cx, scheme, &book, &members).await?,
        _ => BTreeMap::new(),
    };
    let eras = eras(tx, cx.merchant, ERAS_MAX).await?;
    let besides = besides(tx, cx, &trial.rule, &eras, &orders).await?;
    let store_over = i64::try_from(orders.len()).is_ok_and(|count| count < PAGE_ORDERS);
    let last_store = progress.store + 1 >= stores.len();
    Ok(Some(Read { trial, step, progress, book, eras, orders, placed, besides, effects, totals, store_over, last_store }))
}

/// Each order's tier of then, coupons that it used, and what offers ask of its member.
async fn besides(tx: &mut Tx, cx: &Cx, rule: &TrialRule, eras: &[Era], orders: &[Order]) -> Result<Vec<Beside>> {
    let tried = if let TrialRule::Offer { offer } = rule { Some(&**offer) } else { None };
    let asks = |asks: fn(&Offer) -> bool| eras.iter().map(|era| &era.offer).chain(tried).any(asks);
    let person = asks(|offer| !offer.tags.is_empty() || offer.birthday.is_some());
    let first = asks(|offer| offer.first_purchase);
    let mut stmts: Vec<Stmt> = Vec::new();
    for order in orders {
        let Some(member) = order.member else { continue };
        stmts.push(tier::store::at_stmt(cx.merchant, member.0, order.at));
        let used = coupons_used(order);
        if !used.is_empty() {
            stmts.push(coupon::store::by_ids_stmt(cx.merchant, member.0, &used));
        }
        if person {
            stmts.push(member::store::audience_stmt(cx.merchant, member));
        }
        if first {
            stmts.push(orders::bought_until_stmt(cx.merchant, member, order.at));
        }
    }
    let mut answers = if stmts.is_empty() { Vec::new() } else { tx.batch(&stmts).await? }.into_iter();
    let mut besides = Vec::with_capacity(orders.len());
    for order in orders {
        let mut beside = Beside::default();
        if order.member.is_some() {
            let mut next = || answers.next().unwrap_or_default();
            beside.tier_then = next().first().map(|row| row.get(0)).transpose()?.flatten();
            if !coupons_used(order).is_empty() {
                beside.coupons = next().iter().map(|row| coupon::store::read(row, order.date, order.at)).collect::<Result<_>>()?;
                for coupon in &mut beside.coupons {
                    // It was used, so it could be.
                    (coupon.state, coupon.uses_left) = (coupon::CouponState::Active, coupon.uses_left.max(1));
                }
            }
            let audience = if person { member::store::audience_read(&next())? } else { member::store::Audience::default() };
            let birthday = audience.birthday.and_then(|(text, lunar)| MonthDay::parse(&text, lunar));
            let bought_before = first && !next().is_empty();
            beside.facts = OfferFacts { tags: audience.tags, birthday, bought_before, ..OfferFacts::default() };
        }
        besides.push(beside);
    }
    Ok(besides)
}

/// What members bought in a scheme's window by today, and the tier that they have.
async fn totals(
    tx: &mut Tx,
    cx: &Cx,
    scheme: &TierScheme,
    book: &SaleBook,
    members: &[Uuid],
) -> Result<BTreeMap<Uuid, (CurrentTier, TierTotals)>> {
    let mut found = BTreeMap::new();
    if members.is_empty() {
        return Ok(found);
    }
    let (since, _) = scheme.window(book.loyalty.zone.date(cx.now));
    let ids: Vec<MemberId> = members.iter().map(|id| MemberId(*id)).collect();
    let mut stmts = vec![purchase::totals_since_stmt(cx.merchant, &ids, since.unwrap_or(Date::MIN))];
    stmts.extend(members.iter().map(|member| tier::store::current_stmt(cx.merchant, *member)));
    let mut answers = tx.batch(&stmts).await?.into_iter();
    let bought = purchase::totals_since(&answers.next().unwrap_or_default())?;
    let asks_growth = scheme.tiers.iter().any(|tier| tier.growth.is_some());
    for (member, rows) in members.iter().zip(answers) {
        let totals = bought.get(&MemberId(*member)).copied().unwrap_or_default();
        let growth = match asks_growth {
            true => growth::since(tx, cx, *member, since.unwrap_or(Date::MIN)).await?,
            false => 0,
        };
        let totals = TierTotals { amount: totals.amount, count: totals.orders, growth };
        found.insert(*member, (tier::store::current_read(&rows)?, totals));
    }
    Ok(found)
}

/// Prices the page; pure but for the zone of the settings.
fn price(cx: &Cx, read: &mut Read) -> Result<()> {
    let Read { trial, book, eras, orders, placed, besides, effects, totals, progress, .. } = read;
    let ground = Ground { book, eras, placed, rule: &trial.rule, totals, now: cx.now };
    for (order, beside) in orders.iter().zip(besides.iter()) {
        if order.total > Money::ZERO && order.is_undone() {
            continue;
        }
        let mut nobody = Effect::default();
        let effect = match order.member {
            Some(member) => effects.entry(member.0).or_default(),
            None => &mut nobody,
        };
        one(&ground, order, beside, progress, effect)?;
    }
    if let Some(last) = orders.last() {
        progress.after = Some((last.at, last.id.0));
    }
    if read.store_over {
        progress.store += 1;
        progress.after = None;
    }
    Ok(())
}

/// Writes what came of the page, and the result after the last; says whether there is more.
async fn write(tx: &mut Tx, cx: &Cx, id: TrialId, read: &Read) -> Result<bool> {
    let done = i64::try_from(read.orders.len()).unwrap_or(0);
    if !store::advance(tx, cx.merchant, id, read.step, &read.progress, done).await? {
        // Somebody else has gone on with it, or it was cancelled: what was done here never was.
        return Ok(false);
    }
    store::put_effects(tx, cx.merchant, id, &read.effects).await?;
    if !(read.store_over && read.last_store) {
        return Ok(true);
    }
    let sums = &read.progress;
    let (winners, losers) = store::sides(tx, cx.merchant, id).await?;
    let tier_moves = match &read.trial.rule {
        TrialRule::Tier { .. } => store::moves(tx, cx.merchant, id).await?,
        _ => Vec::new(),
    };
    let result = TrialResult {
        orders: sums.orders,
        orders_changed: sums.orders_changed,
        money_before: sums.money_before,
        money_after: sums.money_after,
        cost: sums.money_before.minus(sums.money_after)?,
        points_before: sums.points_before,
        points_after: sums.points_after,
        winners,
        losers,
        winners_most: store::most(tx, cx.merchant, id, true).await?,
        losers_most: store::most(tx, cx.merchant, id, false).await?,
        tier_moves,
    };
    store::finish(tx, cx, id, read.step + 1, &result).await?;
    tx.queue(store::forget_stmt(cx.merchant, id)).await?;
    Ok(false)
}

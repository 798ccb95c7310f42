//! One run, from the lake to what is kept.

use super::body::RunReport;
use super::model::{Held, ItemBy, Parameters, RunId, RunState, RunStep};
use super::store::{self, Ended};
use super::{beside, conduct, groups};
use crate::lake::{self, DataSet, LakeFile, Place};
use shuke_http::AppInner;
use shuke_insight::ask::{self, Analysis};
use shuke_insight::lake::{Laid, Laying, Names, folder_name, on_threads};
use shuke_insight::orders::{Source, dates};
use shuke_insight::report::Report;
use shuke_kernel::{Currency, Cx, Error, Kind, Limit, MerchantId, Result, Uuid, Zone, time};
use shuke_member::MemberId;
use shuke_org::{merchant, staff, store as stores};
use shuke_sales::category;
use shuke_sales::order::lake as lines;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long nobody else takes a run that says nothing.
pub(super) const LEASE_MS: i64 = 5 * 60_000;
/// How often a run says how far it is, and hears whether it was stopped.
const TICK_MS: u64 = 1_500;
/// How often a run is tried that broke off.
const ATTEMPTS_MAX: i64 = 4;
/// How often a run is taken whose worker was gone each time before it could say why.
const BROKE_OFF_MAX: i64 = 6;
/// Products of one read.
const PAGE_ROWS: i64 = 1_000;

/// One analysis at a time takes this server's memory, one whose run was stopped included.
struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

/// How far a run is: the step and the share of the way.
#[derive(Default)]
struct Way(AtomicI64);

impl Way {
    fn at(&self, step: RunStep, share: i64) {
        let step = RunStep::ALL.iter().position(|one| *one == step).unwrap_or(0);
        self.0.store(i64::try_from(step).unwrap_or(0) * 100_000 + share, Ordering::Relaxed);
    }
    fn seen(&self) -> (RunStep, i64) {
        let both = self.0.load(Ordering::Relaxed);
        let step = usize::try_from(both / 100_000).unwrap_or(0);
        (RunStep::ALL.get(step).copied().unwrap_or(RunStep::Waiting), both % 100_000)
    }
}

/// Does a run that was leased, and keeps how it ended. A run that was stopped meanwhile, or that another worker
/// has taken, is left alone.
pub(super) async fn run(app: &AppInner, held: &Held<RunId>) -> Result<()> {
    let way = Way::default();
    let outcome = tokio::select! {
        outcome = compute(app, held, &way) => outcome,
        stopped = keep(app, held, &way) => return stopped,
    };
    let now = app.clock.now();
    let ended = match outcome {
        Ok(ended) => ended,
        // Something of ours, the database or the store: it is tried again, some times.
        Err(error) if held.attempt < ATTEMPTS_MAX && matches!(error.kind(), Kind::Internal | Kind::Unavailable | Kind::Conflict) => {
            tracing::warn!(run = %held.id, attempt = held.attempt, %error, "an analysis will be tried again");
            let input = (held, now.plus_ms(15_000 * held.attempt));
            return app.db.write(&input, |tx, (held, due)| Box::pin(store::later(tx, held, *due))).await;
        }
        Err(error) => {
            if error.kind() == Kind::Internal {
                tracing::error!(run = %held.id, %error, "an analysis failed");
            }
            let fault = Some((error.code().to_owned(), error.detail().to_owned()));
            Ended { state: RunState::Failed, as_of: None, report: None, list: None, fault }
        }
    };
    let input = (held, ended, now);
    let end = app.db.write(&input, |tx, (held, ended, now)| {
        Box::pin(async move {
            // The list is named by the run from here on; one that was swept meanwhile is made again.
            if let Some((name, _)) = &ended.list
                && !lake::ops::keep(tx, held.merchant, name).await?
            {
                return Err(Error::unavailable("lake_unreachable", "the list was swept before it was named"));
            }
            if !store::end(tx, held, ended, *now).await? {
                return Err(Error::conflict("lease_lost", "this run was stopped, or another worker has taken it"));
            }
            Ok(())
        })
    });
    match end.await {
        Err(error) if error.code() == "lease_lost" => Ok(()),
        other => other,
    }
}

/// Says how far the run is, and ends when it is somebody else's or was stopped.
async fn keep(app: &AppInner, held: &Held<RunId>, way: &Way) -> Result<()> {
    loop {
        let (step, share) = way.seen();
        let input = (held, step, share, app.clock.now().plus_ms(LEASE_MS));
        let own = app.db.write(&input, |tx, (held, step, share, until)| Box::pin(store::progress(tx, held, *step, *share, *until))).await;
        match own {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => tracing::warn!(run = %held.id, %error, "how far an analysis is could not be said"),
        }
        tokio::time::sleep(Duration::from_millis(TICK_MS)).await;
    }
}

/// What a run needs to know of its merchant.
struct Ground {
    analysis: Analysis,
    parameters: Parameters,
    currency: Currency,
    zone: Zone,
}

async fn ground(app: &AppInner, held: &Held<RunId>) -> Result<Ground> {
    app.db
        .read(held, |tx, held| {
            Box::pin(async move {
                let run = store::find(tx, held.merchant, held.id).await?.ok_or_else(super::ops::not_found)?.run;
                let merchant = merchant::ops::show(tx, held.merchant).await?;
                let (currency, zone) = (merchant.parsed_currency()?, merchant.parsed_zone()?);
                Ok(Ground { analysis: run.analysis, parameters: run.parameters, currency, zone })
            })
        })
        .await
}

async fn compute(app: &AppInner, held: &Held<RunId>, way: &Way) -> Result<Ended> {
    if held.attempt > BROKE_OFF_MAX {
        let detail = "the server went down each time it computed this; ask one store, or run it on a larger machine";
        return Err(Error::refused("insight_run_broke_off", detail));
    }
    let ground = ground(app, held).await?;
    let room = app.slot::<Room>().0.clone().acquire_owned().await.map_err(|error| Error::internal(error.to_string()))?;
    way.at(RunStep::Refreshing, 100);
    lake::refresh(app, held.merchant, beside::needs_members(ground.analysis), None).await?;
    if ground.analysis == Analysis::Conduct {
        way.at(RunStep::Computing, 5_000);
        let found = asked_of_staff(app, held.merchant, &ground).await?;
        way.at(RunStep::Keeping, 9_500);
        return kept(app, held, found).await;
    }
    way.at(RunStep::Reading, 1_500);
    let folder = tempfile::tempdir().map_err(|error| Error::internal(format!("a folder for an analysis: {error}")))?;
    let source = lay(app, held.merchant, &ground, folder.path(), way).await?;
    let mut parameters = ground.parameters.clone();
    let today = ground.zone.date(app.clock.now());
    // A day that has not ended yet would look like a weak one.
    let whole_days = matches!(ground.analysis, Analysis::Forecast | Analysis::Demand);
    let usual = if whole_days { time::add_days(today, -1) } else { today };
    parameters.as_of = Some(parameters.as_of.unwrap_or(usual));
    let mut ask = parameters.ask(ground.analysis, source, ground.currency)?;
    beside::add(app, held.merchant, &parameters, folder.path(), &mut ask).await?;
    way.at(RunStep::Computing, 6_000);
    let found = lake::apart(move || within(room, folder, &ask)).await?;
    way.at(RunStep::Keeping, 9_500);
    kept(app, held, found).await
}

/// Computes on all threads but one, so that sales go on; the room and the file are let go with it.
fn within(room: OwnedSemaphorePermit, folder: tempfile::TempDir, ask: &ask::Ask) -> Result<Report> {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1)).max(1);
    let found = on_threads(threads, || ask::run(ask));
    drop(folder);
    drop(room);
    found
}

/// Lays the lake's lines into a file of the machine.
async fn lay(app: &AppInner, merchant: MerchantId, ground: &Ground, folder: &std::path::Path, way: &Way) -> Result<Source> {
    let names = names(app, merchant, &ground.parameters).await?;
    let files = app.db.read(&merchant, |tx, merchant| Box::pin(lake::ops::line_files(tx, *merchant))).await?;
    let place = app.slot::<Place>();
    let laying = Laying {
        store: ground.parameters.store.map(Uuid::into_bytes),
        undone: ground.analysis == Analysis::Anomalies,
        lines_max: place.lines_max(),
    };
    let mut laid = Laid::begin(&folder.join("lines.parquet"), names, laying, ground.currency)?;
    let shelf = place.shelf();
    for (at, file) in files.iter().enumerate() {
        let bytes = match shelf.get(&file.name).await {
            Ok(bytes) => bytes,
            Err(error) if error.code() == "lake_file_gone" => return Err(lost(app, merchant, &file.month, &files).await?),
            Err(error) => return Err(error),
        };
        let added = lake::apart(move || {
            laid.add(bytes)?;
            Ok(laid)
        });
        laid = match added.await {
            Ok(laid) => laid,
            // A file that was cut off, as by a power failure, is as good as none.
            Err(error) if error.kind() == Kind::Internal => return Err(lost(app, merchant, &file.month, &files).await?),
            Err(error) => return Err(error),
        };
        way.at(RunStep::Reading, 1_500 + i64::try_from(4_500 * (at + 1) / files.len()).unwrap_or(0));
    }
    let count = files.len();
    let (source, lines) = lake::apart(move || laid.finish()).await?;
    if lines == 0 {
        let detail = format!("there are no orders to analyse yet ({count} files); sell something, or import past orders");
        return Err(Error::refused("insight_no_orders", detail));
    }
    Ok(source)
}

/// A file that the manifest names is not there, or is cut off: a restored database, or a lake that was emptied. Its
/// month is written again, and every other of which a file is missing.
async fn lost(app: &AppInner, merchant: MerchantId, month: &str, files: &[LakeFile]) -> Result<Error> {
    let there: HashSet<String> =
        app.slot::<Place>().shelf().list(&folder_name(merchant.0, DataSet::Lines.as_str())).await?.into_iter().collect();
    let missing = files.iter().filter(|file| !there.contains(&file.name)).map(|file| file.month.as_str());
    let months: BTreeSet<&str> = missing.chain([month]).collect();
    let input = (merchant, months);
    app.db
        .write(&input, |tx, (merchant, months)| {
            Box::pin(async move {
                for month in months {
                    lake::ops::again(tx, *merchant, month).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(Error::unavailable("lake_unreachable", "a file of the lake was missing; it is being written again"))
}

/// Days back that conduct looks at where nothing else is said.
const CONDUCT_DAYS: i32 = 90;

/// What staff did that should be asked about, from the ledger and the orders.
async fn asked_of_staff(app: &AppInner, merchant: MerchantId, ground: &Ground) -> Result<Report> {
    let as_of = ground.parameters.as_of.unwrap_or_else(|| ground.zone.date(app.clock.now()));
    let days = ground.parameters.days.and_then(|days| i32::try_from(days).ok()).unwrap_or(CONDUCT_DAYS);
    let from = time::add_days(as_of, 1 - days);
    let moments = (ground.zone.start(from), ground.zone.end(as_of));
    let names = names(app, merchant, &ground.parameters).await?;
    let input = (merchant, (from, as_of), moments, ground.parameters.store);
    let facts = app.db.read(&input, |tx, (merchant, days, moments, store)| {
        Box::pin(async move {
            let conduct = shuke_sales::order::conduct::conduct(tx, *merchant, *days, *store).await?;
            Ok((conduct, shuke_ledger::journal::by_hand(tx, *merchant, *moments, *store).await?))
        })
    });
    let (done, by_hand) = facts.await?;
    let asked = conduct::questions(&done, &by_hand);
    let about: Vec<MemberId> = asked.iter().filter_map(|one| one.member).collect();
    let numbers = app.db.write(&(merchant, about), |tx, (merchant, about)| Box::pin(lake::ops::numbers_of(tx, *merchant, about))).await?;
    let member = |id: MemberId| numbers.iter().find(|(of, _)| *of == id).map(|(_, number)| format!("{}{number}", groups::MARK));
    let name = |actor: &str| {
        let id = actor.strip_prefix("staff:").and_then(|id| Uuid::parse_str(id).ok());
        id.and_then(|id| names.staff.get(id.as_bytes()).cloned()).unwrap_or_else(|| actor.to_owned())
    };
    let people = done.sales.iter().chain(&done.refunds).map(|made| &made.actor).filter(|actor| actor.starts_with("staff:"));
    let people = people.collect::<std::collections::BTreeSet<_>>().len();
    let day = dates::day_of(i32::from(as_of.year()), u32::from(as_of.month().unsigned_abs()), u32::from(as_of.day().unsigned_abs()));
    Ok(conduct::report(&asked, people, (i64::from(days), day.unwrap_or(0)), ground.currency, &name, &member))
}

/// What goods, stores and staff are called now.
async fn names(app: &AppInner, merchant: MerchantId, parameters: &Parameters) -> Result<Names> {
    let cx = Cx::system(merchant, app.clock.now(), app.random.clone());
    let by_category = parameters.by == Some(ItemBy::Category);
    let mut names = Names::default();
    let categories = app.db.read(&merchant, |tx, merchant| Box::pin(category::store::all(tx, *merchant))).await?;
    let categories: HashMap<Uuid, String> = categories.into_iter().map(|one| (one.id.0, one.name)).collect();
    let (mut after, mut taken) = (Uuid::nil(), HashMap::<String, u32>::new());
    loop {
        let page =
            app.db.read(&(merchant, after), |tx, (merchant, after)| Box::pin(lines::catalogue(tx, *merchant, *after, PAGE_ROWS))).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for goods in page {
            let category = goods.categories.last().and_then(|id| categories.get(id));
            let name = match by_category {
                true => category.cloned().unwrap_or_else(|| "未分类 uncategorised".to_owned()),
                false => {
                    let same = taken.entry(goods.name.clone()).or_default();
                    *same += 1;
                    // Two products of one name are two.
                    if *same == 1 { goods.name } else { format!("{} ({})", goods.name, goods.code) }
                }
            };
            names.items.insert(goods.id.into_bytes(), name);
        }
    }
    let mut after = None;
    loop {
        let page = app
            .db
            .read(&(&cx, after), |tx, (cx, after)| Box::pin(async move { stores::ops::list(tx, cx, *after, Limit::new(Some(200))?).await }))
            .await?;
        after = page.items.last().map(|store| store.id);
        names.stores.extend(page.items.into_iter().map(|store| (store.id.0.into_bytes(), store.name)));
        if page.next.is_none() {
            break;
        }
    }
    let mut after = None;
    loop {
        let page = app
            .db
            .read(&(&cx, after), |tx, (cx, after)| {
                Box::pin(async move { staff::ops::list(tx, cx, *after, Limit::new(Some(200))?, None).await })
            })
            .await?;
        after = page.items.last().map(|person| person.id);
        names.staff.extend(page.items.into_iter().map(|person| (person.id.0.into_bytes(), person.name)));
        if page.next.is_none() {
            break;
        }
    }
    Ok(names)
}

/// Keeps what was found: the list in the lake's store, the rest in the run.
async fn kept(app: &AppInner, held: &Held<RunId>, found: Report) -> Result<Ended> {
    let (report, list, rows) = lake::apart(move || {
        let (groups, members) = groups::groups(&found);
        let list = groups::kept_list(&found, &groups, &members)?;
        Ok((RunReport::of(&found, groups)?, list, found.list.rows.len()))
    })
    .await?;
    let name = format!("merchant={}/results/{}-{}.csv.gz", held.merchant, held.id, held.attempt);
    let input = (held.merchant, name.as_str(), app.clock.now());
    app.db.write(&input, |tx, (merchant, name, now)| Box::pin(lake::ops::scrap(tx, *merchant, name, *now))).await?;
    app.slot::<Place>().shelf().put(&name, list).await?;
    let text = serde_json::to_string(&report).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Ended {
        state: RunState::Done,
        as_of: Some(report.as_of),
        report: Some(text),
        list: Some((name, i64::try_from(rows).unwrap_or(i64::MAX))),
        fault: None,
    })
}

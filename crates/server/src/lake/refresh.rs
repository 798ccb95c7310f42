//! Writing what is behind, and sweeping what nothing names.

use super::model::{Behind, DataSet, HeldLake, LakeFile, Place};
use super::{ops, store};
use serde_json::json;
use shuke_db::Tx;
use shuke_http::AppInner;
use shuke_insight::lake::{self, Line, MemberRow, Shelf};
use shuke_insight::orders::dates;
use shuke_kernel::{Cx, Date, Error, Instant, Kind, MerchantId, Result, Uuid, Zone, time};
use shuke_loyalty::book;
use shuke_loyalty::tier::{TierScheme, store as tiers};
use shuke_member::MemberId;
use shuke_member::member::store::facts::{self, Plain};
use shuke_org::store as stores;
use shuke_sales::order::export::Wanted;
use shuke_sales::order::lake::{self as lines, Fact, Facts};
use std::collections::{BTreeSet, HashMap};

/// Rows of one file.
const FILE_ROWS: usize = 400_000;
/// Documents of one read.
const PAGE_DOCUMENTS: i64 = 400;
/// Members of one read.
const PAGE_MEMBERS: i64 = 1_000;
/// How far a document's moment may lie outside the month of its date.
const SLACK_DAYS: i32 = 2;
/// How long a file that nothing names is kept, for those who read it still.
const SCRAP_KEPT_MS: i64 = 3_600_000;
/// How long nobody else refreshes a lake that says nothing.
pub(crate) const LEASE_MS: i64 = 10 * 60_000;

struct Refresh<'a> {
    app: &'a AppInner,
    cx: Cx,
    shelf: Shelf,
    zones: Vec<(Uuid, Zone)>,
    /// Numbers of members; none for those who are erased.
    numbers: HashMap<MemberId, Option<i64>>,
    /// The category of products.
    categories: HashMap<Uuid, Option<Uuid>>,
}

/// Writes every month of a merchant that is behind, and the members where they are wanted. A lease that is given
/// is kept alive. Returns how many months were exchanged.
///
/// Errors: `lake_unreachable`, those of the database; `lease_lost` where another worker has taken the lake.
pub async fn refresh(app: &AppInner, merchant: MerchantId, with_members: bool, mut held: Option<&mut HeldLake>) -> Result<u64> {
    let cx = Cx::system(merchant, app.clock.now(), app.random.clone());
    app.db.write(&merchant, |tx, merchant| Box::pin(store::begin(tx, *merchant))).await?;
    let (behind, zones) = app
        .db
        .read(&merchant, |tx, merchant| {
            Box::pin(async move { Ok((store::behind(tx, *merchant).await?, stores::ops::zones(tx, *merchant).await?)) })
        })
        .await?;
    let zones = zones.into_iter().map(|(id, zone)| (id.0, zone)).collect();
    let shelf = app.slot::<Place>().shelf();
    let mut work = Refresh { app, cx, shelf, zones, numbers: HashMap::new(), categories: HashMap::new() };
    let mut done = 0;
    for of in behind.iter().filter(|of| with_members || of.data_set == DataSet::Lines) {
        if let Some(held) = held.as_deref_mut() {
            still_held(app, held).await?;
        }
        let files = match of.data_set {
            DataSet::Lines => work.month(of).await?,
            DataSet::Members => work.members(of).await?,
        };
        done += u64::from(work.exchange(of, &files).await?);
    }
    if done > 0 {
        work.mirror().await?;
    }
    Ok(done)
}

async fn still_held(app: &AppInner, held: &mut HeldLake) -> Result<()> {
    let until = app.clock.now().plus_ms(LEASE_MS);
    let own = app.db.write(&(&*held, until), |tx, (held, until)| Box::pin(store::hold(tx, held, *until))).await?;
    if !own {
        return Err(Error::conflict("lease_lost", "another worker has taken this lake"));
    }
    held.leased_until = until.0;
    Ok(())
}

/// Refreshes a lake that was leased, and says how it ended.
pub(crate) async fn refresh_held(app: &AppInner, held: &mut HeldLake) -> Result<()> {
    let outcome = refresh(app, held.merchant, true, Some(&mut *held)).await;
    let now = app.clock.now();
    let (fault, again) = match &outcome {
        Ok(_) => (None, None),
        Err(error) if error.code() == "lease_lost" => return Ok(()),
        Err(error) => {
            tracing::error!(merchant = %held.merchant, %error, "a lake could not be refreshed");
            (Some(format!("{}: {}", error.code(), error.detail())), Some(now.plus_ms(60_000)))
        }
    };
    let input = (&*held, fault.as_deref(), again, now);
    app.db.write(&input, |tx, (held, fault, again, now)| Box::pin(store::end(tx, held, *fault, *again, *now))).await?;
    sweep(app, held.merchant).await.map(|_| ())
}

/// Removes files that nothing has named for an hour. Returns how many.
///
/// Errors: `lake_unreachable`, those of the database.
pub async fn sweep(app: &AppInner, merchant: MerchantId) -> Result<u64> {
    let before = app.clock.now().plus_ms(-SCRAP_KEPT_MS);
    let shelf = app.slot::<Place>().shelf();
    let names = app.db.read(&(merchant, before), |tx, (merchant, before)| Box::pin(store::old_scrap(tx, *merchant, *before))).await?;
    for name in &names {
        shelf.remove(name).await?;
    }
    app.db.write(&(merchant, &names), |tx, (merchant, names)| Box::pin(store::unscrap(tx, *merchant, names))).await
}

impl Refresh<'_> {
    /// The months' first day and the first of the next.
    fn bounds(month: &str) -> Result<(Date, Date)> {
        let first = time::parse_date(&format!("{month}-01"))?;
        Ok((first, time::add_months(first, 1)))
    }

    /// Writes a month's lines into new files.
    async fn month(&mut self, of: &Behind) -> Result<Vec<LakeFile>> {
        let (first, next) = Self::bounds(&of.month)?;
        let (mut files, mut kept) = (Vec::new(), Vec::new());
        for (store, zone) in self.zones.clone() {
            let from = zone.start(time::add_days(first, -SLACK_DAYS));
            let until = zone.start(time::add_days(next, SLACK_DAYS));
            for returns in [false, true] {
                let mut after = (Instant(from.0 - 1), Uuid::max());
                loop {
                    let wanted = Wanted { store, zone: zone.clone(), after, until, limit: PAGE_DOCUMENTS };
                    let input = (self.cx.merchant, &wanted, returns);
                    let page: Facts = self
                        .app
                        .db
                        .read(&input, |tx, (merchant, wanted, returns)| Box::pin(facts_of(tx, *merchant, wanted, *returns)))
                        .await?;
                    let Some(last) = page.last else { break };
                    after = last;
                    let own: Vec<Fact> = page.lines.into_iter().filter(|fact| (first..next).contains(&fact.date)).collect();
                    self.learn(&own).await?;
                    kept.extend(own.iter().map(|fact| self.line(fact, &zone)));
                    if kept.len() >= FILE_ROWS {
                        files.push(self.put_lines(of, std::mem::take(&mut kept)).await?);
                    }
                }
            }
        }
        if !kept.is_empty() {
            files.push(self.put_lines(of, kept).await?);
        }
        Ok(files)
    }

    /// Finds the numbers of the members and the categories of the goods of some lines.
    async fn learn(&mut self, facts: &[Fact]) -> Result<()> {
        let members: BTreeSet<MemberId> =
            facts.iter().filter_map(|fact| fact.member).filter(|member| !self.numbers.contains_key(member)).collect();
        self.learn_members(&members.into_iter().collect::<Vec<_>>()).await?;
        let goods: BTreeSet<Uuid> =
            facts.iter().map(|fact| fact.product).filter(|product| !self.categories.contains_key(product)).collect();
        let goods: Vec<Uuid> = goods.into_iter().collect();
        for part in goods.chunks(200) {
            let found =
                self.app.db.read(&(self.cx.merchant, part), |tx, (merchant, part)| Box::pin(lines::goods(tx, *merchant, part))).await?;
            self.categories.extend(part.iter().map(|id| (*id, None)));
            self.categories.extend(found.into_iter().map(|(id, _, path)| (id, path.last().copied())));
        }
        Ok(())
    }

    async fn learn_members(&mut self, members: &[MemberId]) -> Result<()> {
        for part in members.chunks(500) {
            let found =
                self.app.db.write(&(self.cx.merchant, part), |tx, (merchant, part)| Box::pin(ops::numbers_of(tx, *merchant, part))).await?;
            self.numbers.extend(part.iter().map(|member| (*member, None)));
            self.numbers.extend(found.into_iter().map(|(member, number)| (member, Some(number))));
        }
        Ok(())
    }

    fn line(&self, fact: &Fact, zone: &Zone) -> Line {
        Line {
            document: fact.document.into_bytes(),
            is_return: fact.is_return,
            member: fact.member.and_then(|member| self.numbers.get(&member).copied().flatten()),
            time_ms: local_ms(fact, zone),
            store: fact.store.into_bytes(),
            product: fact.product.into_bytes(),
            name: fact.name.clone(),
            category: self.categories.get(&fact.product).copied().flatten().map(Uuid::into_bytes),
            seller: fact.seller.map(Uuid::into_bytes),
            quantity_milli: fact.quantity_milli,
            amount_minor: fact.amount.0,
            saved_minor: fact.saved.0,
            is_undone: fact.is_undone,
        }
    }

    /// Writes a file under a new name, which is scrap until the exchange.
    async fn put(&self, of: &Behind, bytes: Vec<u8>, (rows, quantity_milli, amount): (usize, i64, i64)) -> Result<LakeFile> {
        let merchant = self.cx.merchant;
        let name = lake::file_name(merchant.0, of.data_set.as_str(), &of.month, &self.cx.uuid().to_string());
        let file = LakeFile {
            data_set: of.data_set,
            month: of.month.clone(),
            name,
            rows: i64::try_from(rows).unwrap_or(i64::MAX),
            quantity_milli,
            amount,
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        };
        let input = (merchant, [file.name.clone()], self.app.clock.now());
        self.app.db.write(&input, |tx, (merchant, names, now)| Box::pin(store::scrap(tx, *merchant, names, *now))).await?;
        self.shelf.put(&file.name, bytes).await?;
        Ok(file)
    }

    async fn put_lines(&self, of: &Behind, kept: Vec<Line>) -> Result<LakeFile> {
        let quantity = kept.iter().fold(0_i64, |sum, line| sum.saturating_add(line.quantity_milli));
        let amount = kept.iter().fold(0_i64, |sum, line| sum.saturating_add(line.amount_minor));
        let rows = kept.len();
        let bytes = apart(move || lake::line::write(&kept)).await?;
        self.put(of, bytes, (rows, quantity, amount)).await
    }

    /// Writes the members into new files.
    async fn members(&mut self, of: &Behind) -> Result<Vec<LakeFile>> {
        let (mut files, mut kept, mut after) = (Vec::new(), Vec::new(), MemberId(Uuid::nil()));
        let book = self.app.db.read(&self.cx.merchant, |tx, merchant| Box::pin(book::load(tx, *merchant))).await?;
        let today = book.zone.date(self.cx.now);
        loop {
            let input = (self.cx.merchant, after, &book.scheme, today);
            let (page, tiers) = self
                .app
                .db
                .read(&input, |tx, (merchant, after, scheme, today)| Box::pin(plain_of(tx, *merchant, *after, scheme, *today)))
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            let new: Vec<MemberId> = page.iter().map(|row| row.id).filter(|id| !self.numbers.contains_key(id)).collect();
            self.learn_members(&new).await?;
            kept.extend(page.iter().filter_map(|row| {
                let number = self.numbers.get(&row.id).copied().flatten()?;
                Some(member_row(row, number, tiers.get(&row.id.0).copied().flatten()))
            }));
            if kept.len() >= FILE_ROWS {
                files.push(self.put_members(of, std::mem::take(&mut kept)).await?);
            }
        }
        if !kept.is_empty() {
            files.push(self.put_members(of, kept).await?);
        }
        Ok(files)
    }

    async fn put_members(&self, of: &Behind, kept: Vec<MemberRow>) -> Result<LakeFile> {
        let amount = kept.iter().fold(0_i64, |sum, row| sum.saturating_add(row.amount_minor));
        let rows = kept.len();
        let bytes = apart(move || lake::member::write(&kept)).await?;
        self.put(of, bytes, (rows, 0, amount)).await
    }

    /// Exchanges a month's files; false where another worker was first, whose files are as new.
    async fn exchange(&self, of: &Behind, files: &[LakeFile]) -> Result<bool> {
        let input = (self.cx.merchant, of, files, self.app.clock.now());
        let outcome =
            self.app.db.write(&input, |tx, (merchant, of, files, now)| Box::pin(store::exchange(tx, *merchant, of, files, *now))).await;
        match outcome {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == Kind::Conflict => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes the manifest for other programs. The database's is the one that counts.
    async fn mirror(&self) -> Result<()> {
        let files = self.app.db.read(&self.cx.merchant, |tx, merchant| Box::pin(store::files(tx, *merchant, None))).await?;
        let manifest = json!({ "merchant": self.cx.merchant, "written_at": self.app.clock.now(), "files": files });
        let bytes = serde_json::to_vec_pretty(&manifest).map_err(|error| Error::internal(error.to_string()))?;
        self.shelf.put(&lake::manifest_name(self.cx.merchant.0), bytes).await
    }
}

/// Work of seconds, on a thread of its own.
pub(crate) async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::internal(format!("work on a thread of its own: {error}")))?
}

async fn facts_of(tx: &mut Tx, merchant: MerchantId, wanted: &Wanted, returns: bool) -> Result<Facts> {
    if returns { lines::returned(tx, merchant, wanted).await } else { lines::sold(tx, merchant, wanted).await }
}

type Tiers = HashMap<Uuid, Option<shuke_loyalty::tier::TierId>>;

async fn plain_of(tx: &mut Tx, merchant: MerchantId, after: MemberId, scheme: &TierScheme, today: Date) -> Result<(Vec<Plain>, Tiers)> {
    let page = facts::plain_page(tx, merchant, after, PAGE_MEMBERS).await?;
    if page.is_empty() {
        return Ok((page, Tiers::new()));
    }
    let ids: Vec<Uuid> = page.iter().map(|row| row.id.0).collect();
    let tiers = tiers::effective_of(tx, merchant, &ids, scheme, today).await?;
    Ok((page, tiers))
}

fn day(date: Date) -> i32 {
    let (month, day) = (u32::from(date.month().unsigned_abs()), u32::from(date.day().unsigned_abs()));
    dates::day_of(i32::from(date.year()), month, day).unwrap_or(0)
}

fn member_row(row: &Plain, number: i64, tier: Option<shuke_loyalty::tier::TierId>) -> MemberRow {
    MemberRow {
        member: number,
        kind: row.kind.clone(),
        stage: row.stage.as_str().to_owned(),
        stage_since: day(row.stage_since),
        tier: tier.map(|tier| tier.0.into_bytes()),
        joined_on: day(row.joined_on),
        home_store: row.home_store.map(Uuid::into_bytes),
        source: row.source.clone(),
        orders: row.orders,
        amount_minor: row.amount.0,
        first_purchase_on: row.first_purchase_on.map(day),
        last_purchase_on: row.last_purchase_on.map(day),
    }
}

/// The line's business date with its local time of day; the day's last minute where the till's clock says another day.
fn local_ms(fact: &Fact, zone: &Zone) -> i64 {
    const DAY_MS: i64 = 86_400_000;
    let local = zone.local(fact.at);
    let minute = match local.date() == fact.date {
        true => i64::from(local.hour()) * 60 + i64::from(local.minute()),
        false => 24 * 60 - 1,
    };
    i64::from(day(fact.date)) * DAY_MS + minute * 60_000
}

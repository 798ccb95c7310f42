//! What SQL answers, as the analyses know it.

use super::engine::{Engine, Settings};
use super::files;
use super::lay;
use super::text::{self, Text};
use crate::orders::collect::Counts;
use crate::orders::parquet::{self, Plain};
use crate::orders::{Names, Source};
use crate::rhythm::Due;
use crate::summary::{CohortCell, GAP_MAX, MONTHS, Member, Month, Summary};
use crate::value::Histories;
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int32Type, Int64Type, UInt64Type};
use datafusion::arrow::record_batch::RecordBatch;
use shuke_kernel::{Error, Result};
use std::path::PathBuf;

/// Which parts of a summary are wanted beside the members; the others stay empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts {
    /// Months, cohorts and gaps.
    pub months: bool,
    /// Weekdays and hours.
    pub when: bool,
}

/// How members are numbered.
#[derive(Debug)]
enum Places {
    /// By the number that their rows have, in its order.
    Keys(Vec<i64>),
    /// By their names, in the order of [`Names::order`]; the place of each number that was given while laying.
    Named(Vec<u32>, Names),
}

/// The orders of some files, ready to be asked.
#[derive(Debug)]
pub struct Shop {
    engine: Engine,
    text: Text,
    places: Places,
    laid: Option<lay::Laid>,
    /// Rows of plain files that have no member, time or amount.
    pub left_out: u64,
}

impl Shop {
    /// Opens files, folders and patterns. What is not plain Parquet is laid in the engine's scratch folder first.
    ///
    /// Errors: as of [`Engine::open`], [`files::found`] and [`Source::read`].
    pub fn open(source: &Source, paths: &[PathBuf], settings: &Settings, subtract: bool) -> Result<Self> {
        let files = files::found(paths)?;
        let engine = Engine::open(settings)?;
        let decimals = u32::from(source.currency.decimals());
        if !source.items
            && let Some(plain) = plain(source, &files)?
        {
            engine.name("files", &files)?;
            let tally = tally(&engine, &text::tally(&plain, decimals))?;
            if tally.doubts == 0 {
                let text = Text::plain(&plain, decimals, tally.is_wide(), subtract);
                let left_out = u64::try_from(tally.rows - tally.kept).unwrap_or(0);
                return Ok(Self { engine, text, places: Places::Keys(Vec::new()), laid: None, left_out });
            }
        }
        let mut laid = lay::lay(source, &files, engine.scratch())?;
        engine.name("lines", &laid.files)?;
        let text = Text::laid(laid.is_wide, subtract);
        let order = laid.tables.members.order();
        let mut place = vec![0; order.len()];
        for (at, number) in order.iter().enumerate() {
            place[*number as usize] = u32::try_from(at).unwrap_or(u32::MAX);
        }
        let names = std::mem::take(&mut laid.tables.members).in_order(&order);
        Ok(Self { engine, text, places: Places::Named(place, names), laid: Some(laid), left_out: 0 })
    }

    /// What was found while reading rows; none for plain files.
    pub fn counts(&self) -> Option<&Counts> {
        self.laid.as_ref().map(|laid| &laid.counts)
    }

    /// Bytes that went to disk so far, in this process.
    pub fn spilled_bytes(&self) -> u64 {
        self.engine.spilled_bytes()
    }

    /// The folder for what goes to disk.
    pub fn scratch(&self) -> &std::path::Path {
        self.engine.scratch()
    }

    /// What a member is called.
    pub fn member(&self, number: u32) -> String {
        match &self.places {
            Places::Keys(keys) => keys.get(number as usize).map_or_else(|| number.to_string(), ToString::to_string),
            Places::Named(_, names) => names.text(number),
        }
    }

    fn place(&self, member: i64) -> Option<usize> {
        match &self.places {
            Places::Keys(keys) => keys.binary_search(&member).ok(),
            Places::Named(place, _) => usize::try_from(member).ok().and_then(|at| place.get(at)).map(|place| *place as usize),
        }
    }

    fn members(&self) -> usize {
        match &self.places {
            Places::Keys(keys) => keys.len(),
            Places::Named(place, _) => place.len(),
        }
    }

    /// The last day with an order.
    ///
    /// Errors: as of [`Engine::ask`].
    pub fn last_day(&self) -> Result<Option<i32>> {
        let mut last = None;
        self.engine.ask("last day", &self.text.last_day(), &mut |batch| {
            last = last.max(whole(batch, 0)?.first().copied().flatten().and_then(|day| i32::try_from(day).ok()));
            Ok(())
        })?;
        Ok(last)
    }

    /// The summary up to a day. It numbers the members of plain files, so that it must be the first that is asked.
    ///
    /// Errors: as of [`Engine::ask`].
    pub fn summary(&mut self, until: i32, parts: Parts) -> Result<Summary> {
        let mut found = self.each_member(until)?;
        if let Places::Keys(keys) = &mut self.places {
            found.sort_unstable_by_key(|(key, _)| *key);
            *keys = found.iter().map(|(key, _)| *key).collect();
        }
        let mut summary = empty();
        summary.members = self.placed(&found);
        for (_, member) in found.iter().filter(|(_, member)| member.orders > 0) {
            summary.orders += u64::from(member.orders);
            summary.first_day = summary.first_day.min(member.first_day);
            summary.last_day = summary.last_day.max(member.last_day);
        }
        if parts.months {
            self.months(until, &mut summary)?;
        }
        if parts.when {
            self.when(until, &mut summary)?;
        }
        Ok(summary)
    }

    /// The members as they stood on an earlier day, numbered as in [`Shop::summary`].
    ///
    /// Errors: as of [`Engine::ask`].
    pub fn then(&self, until: i32) -> Result<Summary> {
        let found = self.each_member(until)?;
        let orders = found.iter().map(|(_, member)| u64::from(member.orders)).sum();
        Ok(Summary { members: self.placed(&found), orders, ..empty() })
    }

    fn each_member(&self, until: i32) -> Result<Vec<(i64, Member)>> {
        let mut found = Vec::new();
        self.engine.ask("members", &self.text.members(until), &mut |batch| {
            let [key, money, purchases, days, first, last] = columns(batch)?;
            for row in 0..batch.num_rows() {
                let Some(key) = key[row] else { continue };
                let bought = first[row].zip(last[row]).map(|(first, last)| (long(first) as i32, long(last) as i32));
                let count = |value: Option<i128>| u32::try_from(value.unwrap_or(0)).unwrap_or(u32::MAX);
                found.push((long(key), Member::of(long(money[row].unwrap_or(0)), bought, count(purchases[row]), count(days[row]))));
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn placed(&self, found: &[(i64, Member)]) -> Vec<Member> {
        let mut members = vec![Member::NEW; self.members()];
        for (key, member) in found {
            if let Some(own) = self.place(*key).and_then(|at| members.get_mut(at)) {
                *own = *member;
            }
        }
        members
    }

    fn months(&self, until: i32, summary: &mut Summary) -> Result<()> {
        let mut shop = vec![Month::default(); MONTHS];
        let mut cohorts: Vec<Vec<CohortCell>> = vec![Vec::new(); MONTHS];
        let (mut gaps, mut returned, mut last_day) = (vec![0_u64; GAP_MAX + 1], 0_i128, i32::MIN);
        self.engine.ask("months", &self.text.months(until), &mut |batch| {
            let [cohort, month, gap, counted, newcomers, buyers, purchases, money, back, day] = columns(batch)?;
            let count = |value: Option<i128>| u64::try_from(value.unwrap_or(0)).unwrap_or(0);
            for row in 0..batch.num_rows() {
                let Some(month) = month[row].and_then(|month| usize::try_from(month).ok()).filter(|month| *month < MONTHS) else {
                    if let Some(gap) = gap[row].and_then(|gap| usize::try_from(gap).ok()) {
                        gaps[gap.min(GAP_MAX)] += count(counted[row]);
                    }
                    continue;
                };
                let money = long(money[row].unwrap_or(0));
                let own = &mut shop[month];
                own.new_members += count(newcomers[row]);
                own.buyers += count(buyers[row]);
                own.orders += count(purchases[row]);
                own.money = own.money.saturating_add(money);
                returned += back[row].unwrap_or(0);
                last_day = last_day.max(day[row].map_or(i32::MIN, |day| long(day) as i32));
                if let Some(cohort) = cohort[row].and_then(|cohort| usize::try_from(cohort).ok()).filter(|cohort| *cohort <= month) {
                    let line = &mut cohorts[cohort];
                    if line.len() <= month - cohort {
                        line.resize(month - cohort + 1, CohortCell::default());
                    }
                    let cell = &mut line[month - cohort];
                    cell.members += count(buyers[row]);
                    cell.money = cell.money.saturating_add(money);
                }
            }
            Ok(())
        })?;
        let first = shop.iter().position(|month| month.orders > 0);
        let last = shop.iter().rposition(|month| month.orders > 0);
        let range = first.zip(last).map_or(0..0, |(first, last)| first..last + 1);
        summary.first_month = i32::try_from(range.start).unwrap_or(0) - 840;
        summary.months = shop[range.clone()].to_vec();
        summary.cohorts = cohorts[range].to_vec();
        (summary.gaps, summary.returned, summary.last_day) = (gaps, long(returned), last_day);
        // A cohort's line ends with the last month in which something happened in it.
        for line in &mut summary.cohorts {
            let used = line.iter().rposition(|cell| *cell != CohortCell::default()).map_or(0, |last| last + 1);
            line.truncate(used);
        }
        Ok(())
    }

    fn when(&self, until: i32, summary: &mut Summary) -> Result<()> {
        self.engine.ask("weekdays and hours", &self.text.when(until), &mut |batch| {
            let [slot, purchases] = columns(batch)?;
            for row in 0..batch.num_rows() {
                let own = slot[row].and_then(|slot| usize::try_from(slot).ok()).and_then(|slot| summary.when.get_mut(slot));
                if let Some(own) = own {
                    *own += u64::try_from(purchases[row].unwrap_or(0)).unwrap_or(0);
                }
            }
            Ok(())
        })
    }

    /// The days on which each member bought, up to a day: 12 bytes a day of a member.
    ///
    /// Errors: as of [`Engine::ask`].
    pub fn histories(&self, until: i32) -> Result<Histories> {
        let (mut days, mut money) = (Vec::new(), Vec::new());
        // Where the days of each member stand, in the order in which they come.
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        let mut at = usize::MAX;
        self.engine.ask("days of purchases", &self.text.histories(until), &mut |batch| {
            let [member, day, spent] = columns(batch)?;
            for row in 0..batch.num_rows() {
                let (Some(member), Some(day)) = (member[row], day[row]) else { continue };
                let Some(place) = self.place(long(member)) else { continue };
                if place != at {
                    at = place;
                    ranges.push((place, days.len()));
                }
                days.push(long(day) as i32);
                money.push(long(spent[row].unwrap_or(0)));
            }
            Ok(())
        })?;
        let ends: Vec<usize> = ranges.iter().skip(1).map(|(_, start)| *start).chain([days.len()]).collect();
        let mut of = vec![0..0; self.members()];
        for ((place, start), end) in ranges.into_iter().zip(ends) {
            of[place] = start..end;
        }
        if matches!(self.places, Places::Keys(_)) {
            // Here the order in which they come is that of the places.
            let mut end = 0;
            let ends = of.iter().map(|range| {
                end = end.max(range.end);
                end
            });
            return Ok(Histories { starts: std::iter::once(0).chain(ends).collect(), days, money });
        }
        let mut histories = Histories { starts: vec![0], days: Vec::with_capacity(days.len()), money: Vec::with_capacity(days.len()) };
        for range in of {
            histories.days.extend_from_slice(&days[range.clone()]);
            histories.money.extend_from_slice(&money[range]);
            histories.starts.push(histories.days.len());
        }
        Ok(histories)
    }

    /// The members who have a rhythm of their own.
    ///
    /// Errors: as of [`Engine::ask`].
    pub fn due(&self, summary: &Summary, as_of: i32) -> Result<Vec<Due>> {
        let histories = self.histories(as_of)?;
        let mut found = Vec::new();
        self.engine.ask("rhythm", &self.text.habits(as_of), &mut |batch| {
            let columns: [Vec<Option<i128>>; 32] = columns(batch)?;
            for row in 0..batch.num_rows() {
                let Some(place) = columns[0][row].and_then(|member| self.place(long(member))) else { continue };
                let count = |at: usize| u64::try_from(columns[at][row].unwrap_or(0)).unwrap_or(0);
                let (weekdays, hours) = (std::array::from_fn(|at| count(1 + at)), std::array::from_fn(|at| count(8 + at)));
                let number = u32::try_from(place).unwrap_or(u32::MAX);
                found.extend(Due::of(number, histories.of(place).0, &weekdays, &hours, summary.members[place].money));
            }
            Ok(())
        })?;
        found.sort_unstable_by_key(|due| due.member);
        Ok(found)
    }

    /// Money of each item that was sold, with the names; of files that were opened with items.
    ///
    /// Errors: as of [`Engine::ask`].
    pub fn items(&self) -> Result<(Vec<i64>, &Names)> {
        let laid = self.lines()?;
        Ok((self.sums("goods", &text::items(laid.is_wide), laid.tables.items.len())?, &laid.tables.items))
    }

    /// Money of each store, with the names, `i64::MIN` where no order began there; of files that were opened with items.
    ///
    /// Errors: as of [`Engine::ask`].
    pub fn stores(&self, until: i32) -> Result<(Vec<i64>, &Names)> {
        let names = &self.lines()?.tables.stores;
        Ok((self.sums("stores", &self.text.places("store", until), names.len())?, names))
    }

    /// Money of each of the staff, with the names, `i64::MIN` where none began an order; of files that were opened with items.
    ///
    /// Errors: as of [`Engine::ask`].
    pub fn staff(&self, until: i32) -> Result<(Vec<i64>, &Names)> {
        let names = &self.lines()?.tables.staff;
        Ok((self.sums("staff", &self.text.places("staff", until), names.len())?, names))
    }

    fn lines(&self) -> Result<&lay::Laid> {
        self.laid.as_ref().ok_or_else(|| Error::internal("goods, stores and staff are asked of files that were opened with items"))
    }

    /// Sums by number; `i64::MIN` where there is nothing, not even an order.
    fn sums(&self, what: &str, sql: &str, places: usize) -> Result<Vec<i64>> {
        let mut sums = vec![i64::MIN; places];
        self.engine.ask(what, sql, &mut |batch| {
            let [place, money] = columns(batch)?;
            for row in 0..batch.num_rows() {
                if let Some(own) = place[row].and_then(|place| usize::try_from(place).ok()).and_then(|place| sums.get_mut(place)) {
                    *own = long(money[row].unwrap_or(0));
                }
            }
            Ok(())
        })?;
        Ok(sums)
    }
}

/// What all files have in common where every one is plain; none where one is not, or differs.
fn plain(source: &Source, files: &[PathBuf]) -> Result<Option<Plain>> {
    let mut common: Option<Plain> = None;
    for file in files {
        let own = Source { path: file.clone(), ..source.clone() };
        if !own.is_parquet() {
            return Ok(None);
        }
        let Some(found) = parquet::open(&own)?.plain(&own) else { return Ok(None) };
        if common.as_ref().is_some_and(|common| *common != found) {
            return Ok(None);
        }
        common = Some(found);
    }
    Ok(common)
}

/// What a first look at plain files tells.
#[derive(Debug, Default)]
struct Tally {
    rows: i128,
    kept: i128,
    largest: i128,
    doubts: i128,
}

impl Tally {
    /// Whether all amounts together may be too large for 64 bits.
    const fn is_wide(&self) -> bool {
        self.largest.saturating_mul(self.kept) > (i64::MAX >> 1) as i128
    }
}

fn tally(engine: &Engine, sql: &str) -> Result<Tally> {
    let mut tally = Tally::default();
    engine.ask("files", sql, &mut |batch| {
        let [rows, kept, least, most, doubts] = columns(batch)?;
        for row in 0..batch.num_rows() {
            tally.rows += rows[row].unwrap_or(0);
            tally.kept += kept[row].unwrap_or(0);
            tally.largest = tally.largest.max(least[row].unwrap_or(0).abs()).max(most[row].unwrap_or(0).abs());
            tally.doubts += doubts[row].unwrap_or(0);
        }
        Ok(())
    })?;
    Ok(tally)
}

fn empty() -> Summary {
    Summary {
        members: Vec::new(),
        first_month: -840,
        months: Vec::new(),
        cohorts: Vec::new(),
        gaps: vec![0; GAP_MAX + 1],
        when: vec![0; 7 * 24],
        orders: 0,
        returned: 0,
        first_day: i32::MAX,
        last_day: i32::MIN,
    }
}

/// A sum as 64 bits hold it, at most the largest number.
fn long(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

fn columns<const N: usize>(batch: &RecordBatch) -> Result<[Vec<Option<i128>>; N]> {
    let found: Vec<_> = (0..N).map(|at| whole(batch, at)).collect::<Result<_>>()?;
    found.try_into().map_err(|_| Error::internal("an answer with other columns"))
}

/// A column of whole numbers.
fn whole(batch: &RecordBatch, at: usize) -> Result<Vec<Option<i128>>> {
    let column = batch.columns().get(at).ok_or_else(|| Error::internal("an answer with too few columns"))?;
    Ok(match column.data_type() {
        DataType::Int32 => column.as_primitive::<Int32Type>().iter().map(|value| value.map(i128::from)).collect(),
        DataType::Int64 => column.as_primitive::<Int64Type>().iter().map(|value| value.map(i128::from)).collect(),
        DataType::UInt64 => column.as_primitive::<UInt64Type>().iter().map(|value| value.map(i128::from)).collect(),
        DataType::Decimal128(_, 0) => column.as_primitive::<Decimal128Type>().iter().collect(),
        DataType::Null => vec![None; column.len()],
        other => return Err(Error::internal(format!("an answer of type {other}"))),
    })
}

//! From the question to the report.

use super::members;
use super::model::{Analysis, Ask, ParetoOf};
use crate::orders::{Counts, NONE, Orders, dates};
use crate::report::{Report, Text, columns, html, json, says, table};
use crate::summary::{self, Summary};
use crate::value::Histories;
use crate::value::analysis::{self, Options};
use crate::{anomaly, basket, cluster, cohort, demand, forecast, pareto, price, rfm, rhythm, stage, value};
use shuke_kernel::{Error, Result};
use std::path::Path;

/// Days back that cells and the best fifth are compared with.
const COMPARE_DAYS: i32 = 90;

/// The orders, or only their summary.
enum Data {
    Whole(Box<Orders>),
    Summary(Box<Summary>, Vec<i64>),
}

/// Runs the analysis.
///
/// Errors: as of reading ([`crate::orders::Source::read`]) and of the analysis (`members_too_few`, `history_too_short`, …).
pub fn run(ask: &Ask) -> Result<Report> {
    ask.check()?;
    let given = ask.as_of.map(day_number).transpose()?;
    let (data, left_out) = load(ask, given.unwrap_or(i32::MAX))?;
    let last = match &data {
        Data::Whole(orders) => orders.orders.iter().rev().find(|order| given.is_none_or(|day| order.day <= day)).map(|order| order.day),
        Data::Summary(summary, _) => (summary.orders > 0).then_some(summary.last_day),
    };
    let last = last.ok_or_else(|| Error::refused("members_too_few", "the file holds no order up to this day"))?;
    let as_of = given.unwrap_or(last.saturating_add(1));
    let mut report = match &data {
        Data::Whole(orders) => whole(ask, orders, as_of, last)?,
        Data::Summary(summary, names) => {
            let name = |number: u32| names.get(number as usize).map_or_else(|| number.to_string(), ToString::to_string);
            of_summary(ask, summary, &Nothing, as_of, &name)?
        }
    };
    notes(&mut report, &data, left_out);
    Ok(report)
}

pub(super) fn day_number(date: shuke_kernel::Date) -> Result<i32> {
    let of = dates::day_of(i32::from(date.year()), u32::from(date.month().unsigned_abs()), u32::from(date.day().unsigned_abs()));
    of.ok_or_else(|| Error::invalid("date_out_of_range", "the day lies before 1900 or after 2200"))
}

fn load(ask: &Ask, until: i32) -> Result<(Data, u64)> {
    if ask.needs_only_summary()
        && let Some(opened) = summary::plain_parquet(&ask.source)?
    {
        let found = summary::from_parquet(&ask.source, &opened, ask.subtract_returns, until)?;
        return Ok((Data::Summary(Box::new(found.summary), found.names), found.left_out));
    }
    let mut source = ask.source.clone();
    source.items = match ask.analysis {
        Analysis::Basket | Analysis::Churn | Analysis::Next | Analysis::Portrait => true,
        Analysis::Pareto => ask.of == ParetoOf::Items,
        _ => false,
    };
    source.lines = matches!(ask.analysis, Analysis::Prices | Analysis::Demand);
    source.until = ask.as_of;
    Ok((Data::Whole(Box::new(source.read()?)), 0))
}

/// What reading left out, said beside the findings.
fn notes(report: &mut Report, data: &Data, left_out: u64) {
    match data {
        Data::Whole(orders) => {
            if let Some(figures) = report.figures.as_object_mut() {
                figures.insert("read".into(), serde_json::to_value(&orders.counts).unwrap_or_default());
            }
            counted(report, &orders.counts);
        }
        Data::Summary(..) => incomplete(report, left_out),
    }
}

/// Rows of a plain file that were left out.
pub(super) fn incomplete(report: &mut Report, left_out: u64) {
    if left_out > 0 {
        report.warnings.push(says(
            format!("{left_out} 行没有会员、时间或金额，没有算。"),
            format!("{left_out} rows without member, time or amount were left out."),
        ));
    }
}

/// What was found while reading rows.
pub(super) fn counted(report: &mut Report, counts: &Counts) {
    if counts.bad_rows > 0 {
        let example = counts.bad_examples.first().cloned().unwrap_or_default();
        report.warnings.push(says(
            format!("{} 行里有 {} 行读不了，没有算（{example}）。", counts.rows, counts.bad_rows),
            format!("{} of {} rows could not be read and were left out ({example}).", counts.bad_rows, counts.rows),
        ));
    }
    if counts.without_member * 5 > counts.rows {
        report.warnings.push(says(
            format!("{} 行没有会员，只能算商品，不能算人。", counts.without_member),
            format!("{} rows have no member; they count for goods only.", counts.without_member),
        ));
    }
    if counts.duplicates > 0 {
        report.warnings.push(says(
            format!("{} 行和同一张单里的另一行完全一样；都算了，要去掉用 --drop-duplicates。", counts.duplicates),
            format!("{} rows repeat another row of their order; they were kept (--drop-duplicates leaves them out).", counts.duplicates),
        ));
    }
}

fn whole(ask: &Ask, orders: &Orders, as_of: i32, last: i32) -> Result<Report> {
    let currency = ask.source.currency;
    let name = |number: u32| orders.members.text(number);
    match ask.analysis {
        Analysis::Basket => baskets(ask, orders, as_of),
        Analysis::Clv => clv(ask, &value::histories_of(orders, as_of), as_of, &name),
        Analysis::Anomalies => Ok(anomaly::report(&anomaly::anomalies(orders, as_of), orders, as_of, currency)),
        Analysis::Forecast => {
            let daily = daily(orders, last);
            Ok(forecast::report(&forecast::forecast(&daily, ask.days)?, &daily, last, currency))
        }
        Analysis::Pareto if ask.of != ParetoOf::Members => pareto_of(ask, orders, as_of),
        Analysis::Churn => members::churn(ask, orders, as_of),
        Analysis::Next => members::next(ask, orders, as_of),
        Analysis::Uplift => members::uplift(ask, orders, as_of),
        Analysis::Portrait => members::portrait(ask, orders, as_of),
        Analysis::Prices => {
            let found = price::prices(orders, as_of)?;
            Ok(price::report(&found, &name, &|number| orders.items.text(number), as_of, currency))
        }
        Analysis::Demand => {
            let found = demand::demand(orders, last, ask.days)?;
            Ok(demand::report(&found, &|n| orders.stores.text(n), &|n| orders.items.text(n), last, currency))
        }
        _ => {
            let summary = summary::from_orders(orders, ask.subtract_returns, as_of);
            of_summary(ask, &summary, &Beside { orders, subtract: ask.subtract_returns }, as_of, &name)
        }
    }
}

/// What can be had beside the summary.
pub(super) trait More {
    /// The summary as of an earlier day.
    fn then(&self, until: i32) -> Result<Option<Summary>>;
    /// The days on which each member bought.
    fn histories(&self, until: i32) -> Result<Option<Histories>>;
    /// The members who have a rhythm of their own.
    fn due(&self, summary: &Summary, as_of: i32) -> Result<Vec<rhythm::Due>>;
}

/// The orders themselves.
struct Beside<'a> {
    orders: &'a Orders,
    subtract: bool,
}

impl More for Beside<'_> {
    fn then(&self, until: i32) -> Result<Option<Summary>> {
        Ok(Some(summary::from_orders(self.orders, self.subtract, until)))
    }
    fn histories(&self, until: i32) -> Result<Option<Histories>> {
        Ok(Some(value::histories_of(self.orders, until)))
    }
    fn due(&self, summary: &Summary, as_of: i32) -> Result<Vec<rhythm::Due>> {
        Ok(rhythm::intervals(summary, self.orders, as_of))
    }
}

/// Nothing but the summary.
struct Nothing;

impl More for Nothing {
    fn then(&self, _: i32) -> Result<Option<Summary>> {
        Ok(None)
    }
    fn histories(&self, _: i32) -> Result<Option<Histories>> {
        Ok(None)
    }
    fn due(&self, _: &Summary, _: i32) -> Result<Vec<rhythm::Due>> {
        Ok(Vec::new())
    }
}

/// The analyses that a summary of each member will do for.
pub(super) fn of_summary(ask: &Ask, summary: &Summary, more: &dyn More, as_of: i32, name: &dyn Fn(u32) -> String) -> Result<Report> {
    let currency = ask.source.currency;
    let compare = as_of.saturating_sub(COMPARE_DAYS);
    match ask.analysis {
        Analysis::Rfm => {
            let found = rfm::rfm(&summary.members, as_of, ask.cut)?;
            let before = more.then(compare)?.and_then(|then| rfm::rfm(&then.members, compare, ask.cut).ok());
            Ok(rfm::report(&found, before.as_ref(), ask.cut, summary, name, currency))
        }
        Analysis::Stages => {
            let last: Vec<Option<i32>> = summary.members.iter().map(|member| (member.orders > 0).then_some(member.last_day)).collect();
            let histories = more.histories(as_of)?;
            let found = stage::stages(&last, histories.as_ref(), ask.bands, as_of)?;
            let alive = histories.and_then(|histories| alive(ask, &histories, as_of));
            Ok(stage::report(&found, alive.as_deref(), summary, name, currency))
        }
        Analysis::Cohorts => Ok(cohort::report(&cohort::cohorts(summary, as_of), as_of, currency)),
        Analysis::Rhythm => Ok(rhythm::report(&rhythm::rhythm(summary, more.due(summary, as_of)?, as_of), name, as_of, currency)),
        Analysis::Clusters => clusters(ask, summary, name, as_of),
        _ => {
            let money = |summary: &Summary| -> Vec<i64> {
                summary.members.iter().map(|member| if member.orders > 0 { member.money } else { i64::MIN }).collect()
            };
            let now = money(summary);
            let found = pareto::pareto(&now)?;
            let before = more.then(compare)?.and_then(|then| pareto::pareto(&money(&then)).ok());
            let drift = before.map(|before| pareto::drift(&before, &found, compare));
            Ok(pareto::report(&found, drift, &says("会员", "members"), &now, name, as_of, currency))
        }
    }
}

/// Money of goods, stores or staff.
fn pareto_of(ask: &Ask, orders: &Orders, as_of: i32) -> Result<Report> {
    let (names, what): (_, Text) = match ask.of {
        ParetoOf::Items => (&orders.items, says("商品", "goods")),
        ParetoOf::Stores => (&orders.stores, says("门店", "stores")),
        _ => (&orders.staff, says("员工", "staff")),
    };
    if names.is_empty() {
        return Err(Error::invalid("column_missing", format!("the file has no column for {}; name it", what.en)));
    }
    // Who has no order up to this day is not there.
    let mut money = vec![i64::MIN; names.len()];
    match ask.of {
        ParetoOf::Items => money.copy_from_slice(&orders.item_sold),
        of => {
            for order in orders.orders.iter().filter(|order| order.day <= as_of) {
                let at = if of == ParetoOf::Stores { order.store } else { order.staff };
                if at != NONE {
                    let own = &mut money[at as usize];
                    let more = if ask.subtract_returns { order.net() } else { order.sold };
                    *own = if *own == i64::MIN { more } else { own.saturating_add(more) };
                }
            }
        }
    }
    concentration(ask, &money, &what, names, as_of)
}

/// How few of these make how much; equal ones stand by name, wherever the file has them first.
pub(super) fn concentration(ask: &Ask, money: &[i64], what: &Text, names: &crate::orders::Names, as_of: i32) -> Result<Report> {
    let order = names.order();
    let money: Vec<i64> = order.iter().map(|number| money[*number as usize]).collect();
    let found = pareto::pareto(&money)?;
    let name = |at: u32| names.text(order[at as usize]);
    Ok(pareto::report(&found, None, what, &money, &name, as_of, ask.source.currency))
}

fn baskets(ask: &Ask, orders: &Orders, as_of: i32) -> Result<Report> {
    if orders.items.is_empty() {
        return Err(Error::invalid("column_missing", "the file has no column for item; say which it is with --item COLUMN"));
    }
    let baskets = basket::baskets_of(orders, true);
    let least = baskets.count_of(ask.support).max(2);
    let sets = basket::frequent(&baskets, least)?;
    let rules = basket::rules(&sets, baskets.len(), ask.confidence)?;
    let (closed, maximal) = sets.closed_and_maximal();
    let count = |flags: Vec<bool>| flags.into_iter().filter(|flag| *flag).count();
    let asked = basket::Asked { baskets: baskets.len(), least, confidence: ask.confidence, closed: count(closed), maximal: count(maximal) };
    Ok(basket::report(&sets, &rules, &asked, &|number| orders.items.text(number), as_of, ask.source.currency))
}

fn options(ask: &Ask, as_of: i32) -> Options {
    Options {
        as_of,
        weeks: ask.weeks,
        months: ask.months,
        monthly_discount: ask.monthly_discount,
        minor_per_major: ask.source.currency.minor_per_major() as f64,
    }
}

/// What members will do, from the days on which they bought.
pub(super) fn clv(ask: &Ask, histories: &Histories, as_of: i32, name: &dyn Fn(u32) -> String) -> Result<Report> {
    let options = options(ask, as_of);
    let found = analysis::analyse(histories, &options)?;
    Ok(value::report(&found, &options, name, ask.source.currency))
}

/// Each member's chance to be there still; none where no model can be fitted or drop-out is not identified.
fn alive(ask: &Ask, histories: &Histories, as_of: i32) -> Option<Vec<f64>> {
    let found = analysis::analyse(histories, &options(ask, as_of)).ok().filter(|found| found.drop_out_identified)?;
    let mut alive = vec![0.0; histories.len()];
    found.predictions.iter().for_each(|p| alive[p.member as usize] = p.alive);
    Some(alive)
}

/// Members above which groups are found on a sample and the others put to the nearest.
const CLUSTER_MAX: usize = 50_000;

fn clusters(ask: &Ask, summary: &Summary, name: &dyn Fn(u32) -> String, as_of: i32) -> Result<Report> {
    let numbers: Vec<u32> = summary.buyers().map(|(number, _)| number).collect();
    let major = ask.source.currency.minor_per_major() as f64;
    let raw: Vec<[f64; 3]> = summary
        .buyers()
        .map(|(_, m)| {
            [f64::from(as_of.saturating_sub(m.last_day).max(0)), f64::from(m.orders), m.money.max(0) as f64 / major].map(f64::ln_1p)
        })
        .collect();
    let (rows, ..) = cluster::scaled(&raw);
    let mut sample = rows.clone();
    if rows.len() > CLUSTER_MAX {
        crate::numeric::random::Dice::new(1).sample(&mut sample, CLUSTER_MAX);
        sample.truncate(CLUSTER_MAX);
    }
    let mut tried = Vec::new();
    let mut best: Option<(f64, cluster::Clustering<3>)> = None;
    let range = ask.groups.map_or(2..=8, |groups| groups..=groups);
    for k in range {
        let found = match cluster::kmeans(&sample, k, &cluster::Options::default()) {
            Ok(found) => found,
            Err(error) if best.is_none() => return Err(error),
            Err(_) => break,
        };
        let score = cluster::silhouette(&sample, &found, 1);
        tried.push((k, score, found.inertia));
        // Two groups, "large" and "the rest", win nearly always and tell a shop nothing: three at least, where it may choose.
        if best.as_ref().is_none_or(|(before, _)| score > *before || (k == 3 && ask.groups.is_none())) {
            best = Some((score, found));
        }
    }
    let (_, mut found) = best.ok_or_else(|| Error::refused("members_too_few", "too few members to make groups"))?;
    if rows.len() > CLUSTER_MAX {
        found = cluster::assign(&rows, found.centres);
    }
    Ok(cluster::report(&found, &tried, &numbers, summary, name, as_of, ask.source.currency))
}

/// Sales of each day from the first order to the last, returns taken off. The last day counts only where it is not the day of the analysis.
fn daily(orders: &Orders, last: i32) -> Vec<i64> {
    let Some(first) = orders.orders.first().map(|order| order.day) else { return Vec::new() };
    let mut days = vec![0_i64; usize::try_from(i64::from(last) - i64::from(first) + 1).unwrap_or(0)];
    for order in orders.orders.iter().filter(|order| order.day <= last) {
        let day = &mut days[usize::try_from(order.day - first).unwrap_or(0)];
        *day = day.saturating_add(order.net());
    }
    days
}

/// Writes a report into a file: `.html`, `.json`, `.csv` or `.parquet`.
///
/// Errors: `out_unknown` for another ending, `file_unreadable` where it can't be written.
pub fn write(report: &Report, path: &Path) -> Result<()> {
    let ending = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let bytes = match ending.as_str() {
        "html" | "htm" => html::page(report).into_bytes(),
        "json" => serde_json::to_vec_pretty(&json(report, true)).map_err(|error| Error::internal(error.to_string()))?,
        "csv" => table::csv(report)?,
        "parquet" => columns::parquet(report)?,
        _ => return Err(Error::invalid("out_unknown", format!("{} ends in none of .html, .json, .csv, .parquet", path.display()))),
    };
    std::fs::write(path, bytes).map_err(|error| Error::invalid("file_unwritable", format!("{} can't be written: {error}", path.display())))
}

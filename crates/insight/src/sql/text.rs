//! The SQL. Every question is `WITH orders AS (…) SELECT …`, in words that both DataFusion and Ballista know.
//!
//! An order is a member (a number; none where nobody is known), a local day (days since 1970-01-01), a minute of the
//! day, whether it is a purchase (0 or 1), and what was sold and given back in minor units.

use super::lay::{MINUTE_BITS, NAME_BITS, UNTIMED};
use crate::orders::parquet::{Money, Plain};
use crate::summary::{DAYS, FIRST_DAY};

/// Bits of the day since 1900 in what months and days are told from together.
pub const DAY_BITS: u32 = 20;

/// Where orders come from, and how their money is counted.
#[derive(Debug)]
pub struct Text {
    /// `raw AS (…), orders AS (…)`.
    with: String,
    /// Minor units of an order.
    money: &'static str,
}

/// ⌊value ÷ unit⌋, where SQL would cut towards zero.
fn floor(value: &str, unit: i64) -> String {
    format!("(({value}) - ((({value}) % {unit}) + {unit}) % {unit}) / {unit}")
}

fn quoted(column: &str) -> String {
    format!("\"{}\"", column.replace('"', "\"\""))
}

/// A column of minor units; wide ones where 64 bits may not hold a sum.
fn units(column: &str, is_wide: bool) -> String {
    if is_wide { format!("CAST({column} AS DECIMAL(38, 0))") } else { column.to_owned() }
}

/// The rows of plain files: member, day, minute, amount, and whether the amount is too near a half to be rounded here.
fn raw(plain: &Plain, decimals: u32) -> String {
    let (member, time, amount) = (quoted(&plain.member), quoted(&plain.time), quoted(&plain.amount));
    let (day, minute) = match plain.per_second {
        None => (format!("CAST({time} AS INT)"), UNTIMED.to_string()),
        Some(per_second) => {
            let minutes = floor(&format!("CAST({time} AS BIGINT)"), per_second * 60);
            (floor(&minutes, 1440), format!("({minutes}) - ({}) * 1440", floor(&minutes, 1440)))
        }
    };
    let per_major = 10_i64.pow(decimals);
    let scaled = format!("({amount} * {per_major}.0)");
    let (units, doubt) = match plain.money {
        Money::Minor => (format!("CAST({amount} AS BIGINT)"), "0".to_owned()),
        Money::Decimal => (format!("CAST({amount} * {per_major} AS BIGINT)"), "0".to_owned()),
        Money::Major => (
            format!("CASE WHEN abs({scaled}) < 4e15 THEN CAST(round({scaled}) AS BIGINT) END"),
            format!("CASE WHEN {amount} IS NULL OR (abs({scaled}) < 4e15 AND abs({scaled} - round({scaled})) < 0.49) THEN 0 ELSE 1 END"),
        ),
    };
    format!(
        "raw AS (SELECT CAST({member} AS BIGINT) AS member, CAST({day} AS INT) AS day, CAST({minute} AS INT) AS minute, \
         {units} AS amount, {doubt} AS doubt FROM files)"
    )
}

/// Rows of plain files, those that are orders, the least and the largest amount, those that must be read otherwise.
pub fn tally(plain: &Plain, decimals: u32) -> String {
    let kept = kept();
    format!(
        "WITH {} SELECT count(*) AS counted, count(CASE WHEN {kept} THEN 1 END) AS kept, min(amount) AS least, max(amount) AS most, \
         sum(doubt) AS doubts FROM raw",
        raw(plain, decimals)
    )
}

fn kept() -> String {
    let last = i64::from(FIRST_DAY) + DAYS as i64 - 1;
    format!("member IS NOT NULL AND amount IS NOT NULL AND day BETWEEN {FIRST_DAY} AND {last}")
}

impl Text {
    /// Of plain files, which are called `files`.
    pub fn plain(plain: &Plain, decimals: u32, is_wide: bool, subtract: bool) -> Self {
        let amount = units("amount", is_wide);
        let with = format!(
            "{}, orders AS (SELECT member, day, minute, CASE WHEN amount > 0 THEN 1 ELSE 0 END AS purchase, \
             CASE WHEN amount > 0 THEN {amount} ELSE 0 END AS sold, CASE WHEN amount < 0 THEN -{amount} ELSE 0 END AS returned \
             FROM raw WHERE {})",
            raw(plain, decimals),
            kept()
        );
        Self { with, money: money(subtract) }
    }

    /// Of lines that were laid, which are called `lines`.
    pub fn laid(is_wide: bool, subtract: bool) -> Self {
        let (names, minutes) = ((1_i64 << NAME_BITS) - 1, (1_i64 << MINUTE_BITS) - 1);
        let (sold, returned) = (units("sold", is_wide), units("returned", is_wide));
        let with = format!(
            "firsts AS (SELECT min(moment) AS moment, min(member) AS member, min(store) AS store, min(staff) AS staff, \
             max(purchase) AS purchase, sum({sold}) AS sold, sum({returned}) AS returned FROM lines GROUP BY number), \
             orders AS (SELECT member & {names} AS member, CAST(((moment & {names}) >> {MINUTE_BITS}) + ({FIRST_DAY}) AS INT) AS day, \
             CAST(moment & {minutes} AS INT) AS minute, purchase, sold, returned, store & {names} AS store, staff & {names} AS staff \
             FROM firsts)"
        );
        Self { with, money: money(subtract) }
    }

    /// The last day with an order.
    pub fn last_day(&self) -> String {
        format!("WITH {} SELECT max(day) AS day FROM orders", self.with)
    }

    /// Each member's money, purchases, days with one, first and last day.
    pub fn members(&self, until: i32) -> String {
        let bought = "CASE WHEN purchase = 1 THEN day END";
        format!(
            "WITH {}, chosen AS (SELECT member, day, purchase, {} AS money FROM orders WHERE member IS NOT NULL AND day <= {until}), \
             steps AS (SELECT member, day, purchase, money, \
             max({bought}) OVER (PARTITION BY member ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS previous FROM chosen) \
             SELECT member, sum(money) AS money, sum(purchase) AS purchases, \
             count(CASE WHEN purchase = 1 AND (previous IS NULL OR previous < day) THEN 1 END) AS days, \
             min({bought}) AS first_day, max({bought}) AS last_day FROM steps GROUP BY member",
            self.with, self.money
        )
    }

    /// By the month of the first purchase and the month: members who bought for the first time, who bought, purchases,
    /// money, what came back, the last day. And how often two purchases were so many days apart. Months are counted from
    /// 1900-01; of the two kinds of rows, the second has no month.
    pub fn months(&self, until: i32) -> String {
        let (unit, mask) = (1_i64 << DAY_BITS, (1_i64 << DAY_BITS) - 1);
        let date = "CAST(day AS DATE)";
        // Month and day in one number that rises with the day: what is told from the first and the last purchase.
        let moment = format!(
            "(CAST(date_part('year', {date}) AS BIGINT) * 12 + CAST(date_part('month', {date}) AS BIGINT) - 22801) * {unit} \
             + (CAST(day AS BIGINT) - ({FIRST_DAY}))"
        );
        let bought = "CASE WHEN purchase = 1 THEN moment END";
        format!(
            "WITH {with}, chosen AS (SELECT member, {moment} AS moment, day, purchase, returned, {money} AS money FROM orders \
             WHERE member IS NOT NULL AND day <= {until}), \
             steps AS (SELECT moment, day, purchase, returned, money, \
             max({bought}) OVER (PARTITION BY member ORDER BY moment ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS previous, \
             min({bought}) OVER (PARTITION BY member ORDER BY moment RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS beginning FROM chosen), \
             marks AS (SELECT day, purchase, returned, money, beginning / {unit} AS cohort, moment / {unit} AS month, \
             CASE WHEN purchase = 1 AND previous IS NULL THEN 1 ELSE 0 END AS newcomer, \
             CASE WHEN purchase = 1 AND (previous IS NULL OR previous / {unit} < moment / {unit}) THEN 1 ELSE 0 END AS buyer, \
             CASE WHEN purchase = 1 THEN (moment & {mask}) - (previous & {mask}) END AS gap FROM steps) \
             SELECT cohort, month, gap, count(*) AS counted, sum(newcomer) AS newcomers, sum(buyer) AS buyers, sum(purchase) AS purchases, \
             sum(money) AS money, sum(returned) AS returned, max(day) AS day \
             FROM marks GROUP BY GROUPING SETS ((cohort, month), (gap))",
            with = self.with,
            money = self.money
        )
    }

    /// Purchases by weekday and hour, seven times twenty-four, Monday first.
    pub fn when(&self, until: i32) -> String {
        format!(
            "WITH {} SELECT {} AS slot, count(*) AS purchases FROM orders \
             WHERE member IS NOT NULL AND purchase = 1 AND minute <> {UNTIMED} AND day <= {until} GROUP BY {}",
            self.with,
            slot(),
            slot()
        )
    }

    /// The days on which each member bought and what was left of it, by member and day.
    pub fn histories(&self, until: i32) -> String {
        format!(
            "WITH {} SELECT member, day, sum(sold - returned) AS money FROM orders \
             WHERE member IS NOT NULL AND purchase = 1 AND day <= {until} GROUP BY member, day ORDER BY member, day",
            self.with
        )
    }

    /// Each member's purchases by weekday and by hour.
    pub fn habits(&self, until: i32) -> String {
        let weekdays = (0..7).map(|at| format!("sum(CASE WHEN weekday = {at} THEN 1 ELSE 0 END) AS w{at}"));
        let hours = (0..24).map(|at| format!("sum(CASE WHEN hour = {at} THEN 1 ELSE 0 END) AS h{at}"));
        let columns: Vec<String> = weekdays.chain(hours).collect();
        format!(
            "WITH {}, visits AS (SELECT member, {} AS weekday, CASE WHEN minute <> {UNTIMED} THEN minute / 60 END AS hour FROM orders \
             WHERE member IS NOT NULL AND purchase = 1 AND day <= {until}) SELECT member, {} FROM visits GROUP BY member",
            self.with,
            weekday(),
            columns.join(", ")
        )
    }

    /// Money of each store or staff; of orders that were laid.
    pub fn places(&self, column: &str, until: i32) -> String {
        format!(
            "WITH {} SELECT {column} - 1 AS place, sum({}) AS money FROM orders WHERE {column} > 0 AND day <= {until} GROUP BY {column}",
            self.with, self.money
        )
    }
}

/// Money of each item, of lines that were laid.
pub fn items(is_wide: bool) -> String {
    let sold = units("sold", is_wide);
    format!("SELECT item, sum({sold}) AS money FROM lines WHERE item IS NOT NULL GROUP BY item")
}

const fn money(subtract: bool) -> &'static str {
    if subtract { "sold - returned" } else { "sold" }
}

fn weekday() -> String {
    "((day % 7) + 10) % 7".to_owned()
}

fn slot() -> String {
    format!("({}) * 24 + minute / 60", weekday())
}

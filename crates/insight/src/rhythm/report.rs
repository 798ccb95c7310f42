//! Rhythm in words.

use super::Rhythm;
use crate::report::{Cell, Plot, Report, Style, Table, Text, lines, says};
use shuke_kernel::Currency;

/// The weekdays.
pub fn weekday(day: usize) -> Text {
    const NAMES: [(&str, &str); 7] =
        [("周一", "Mon"), ("周二", "Tue"), ("周三", "Wed"), ("周四", "Thu"), ("周五", "Fri"), ("周六", "Sat"), ("周日", "Sun")];
    let (zh, en) = NAMES[day % 7];
    says(zh, en)
}

/// The report.
pub fn report(found: &Rhythm, name: &dyn Fn(u32) -> String, as_of: i32, currency: Currency) -> Report {
    let mut findings = vec![says(
        format!("两次消费之间，一半不超过 {} 天，九成不超过 {} 天；再久就该问一声了。", found.median_days, found.ninety_percent_days),
        format!(
            "Half of all visits come within {} days of the last, nine of ten within {}; after that, ask.",
            found.median_days, found.ninety_percent_days
        ),
    )];
    if !found.due.is_empty() {
        findings.push(says(
            format!(
                "{} 位顾客有自己的节奏，其中 {} 位这七天该来，{} 位已经晚了半个周期以上。",
                found.due.len(),
                found.due_this_week,
                found.late
            ),
            format!(
                "{} members have a rhythm of their own; {} are due within seven days, {} are late by more than half an interval.",
                found.due.len(),
                found.due_this_week,
                found.late
            ),
        ));
    }
    let timed: u64 = found.when.iter().flatten().sum();
    if timed > 0 {
        let best = (0..168).max_by_key(|at| (found.when[at / 24][at % 24], 168 - at)).unwrap_or(0);
        findings.push(says(
            format!("人最多的是{} {} 点；联系顾客也挑这个时段前后。", weekday(best / 24).zh, best % 24),
            format!("The busiest hour is {} at {}; reach members around it.", weekday(best / 24).en, best % 24),
        ));
    }
    let list = list_of(found, name, as_of);
    let first = list.first(30, says("晚了的、花得多的在前", "Late ones first, by money"));
    Report {
        kind: "rhythm",
        title: says("消费节奏：该谁来了", "Rhythm: who is due"),
        as_of,
        currency,
        findings,
        next: vec![says(
            "把“晚了”的名单建成回访任务，按他常来的时段联系。",
            "Make follow-up tasks of those who are late, at the hour they like.",
        )],
        warnings: vec![says(
            "来过不到三天的顾客没有自己的间隔；节假日前后的间隔不可信。",
            "Members with fewer than three days have no interval; do not trust one across a holiday.",
        )],
        method: says("间隔按自然日；个人间隔取中位数。", "Gaps in whole days; a member's interval is the median."),
        figures: serde_json::json!({ "rhythm": found, "members_with_interval": found.due.len() }),
        plots: plots(found, timed),
        tables: if first.rows.is_empty() { Vec::new() } else { vec![first] },
        list,
    }
}

fn cumulative(found: &Rhythm) -> Vec<(f64, f64)> {
    let mut below = 0;
    let mut points = Vec::new();
    let far = (found.ninety_percent_days * 2).max(14);
    for (days, count) in found.histogram.iter().enumerate().take(far + 1) {
        below += count;
        points.push((days as f64, below as f64 / found.gaps.max(1) as f64));
    }
    points
}

/// Who is due, late ones first, by money.
fn list_of(found: &Rhythm, name: &dyn Fn(u32) -> String, as_of: i32) -> Table {
    let mut due: Vec<_> = found.due.iter().collect();
    due.sort_by_key(|due| (!due.is_late(as_of), due.due_day < as_of, std::cmp::Reverse(due.money), due.member));
    let mut list = Table::new(
        says("该来的顾客", "Who is due"),
        &[
            ("会员", "member"),
            ("来过天数", "days"),
            ("间隔", "interval days"),
            ("最近一次", "last purchase"),
            ("该来", "due"),
            ("晚了", "late"),
            ("金额", "money"),
            ("常来", "weekday"),
            ("几点", "hour"),
        ],
    );
    for due in due {
        list.rows.push(vec![
            Cell::Name(name(due.member)),
            Cell::Count(i64::from(due.days)),
            Cell::Count(i64::from(due.interval_days)),
            Cell::Day(due.last_day),
            Cell::Day(due.due_day),
            Cell::Count(i64::from(due.is_late(as_of))),
            Cell::Money(due.money),
            Cell::Word(weekday(usize::from(due.weekday))),
            due.hour.map_or(Cell::Nothing, |hour| Cell::Count(i64::from(hour))),
        ]);
    }
    list
}

fn plots(found: &Rhythm, timed: u64) -> Vec<Plot> {
    let mut plots = vec![Plot::Lines {
        title: says("隔多久再来？", "How long until they come again?"),
        axes: (says("天", "days"), says("累计占比", "share so far")),
        lines: vec![lines(says("累计", "so far"), Style::Solid, cumulative(found))],
        band: Vec::new(),
    }];
    if timed > 0 {
        plots.push(Plot::Field {
            title: says("什么时候来？", "When do they come?"),
            rows: (0..7).map(weekday).collect(),
            columns: (0..24).map(|hour| says(hour.to_string(), hour.to_string())).collect(),
            values: found.when.iter().map(|row| row.iter().map(|count| (*count > 0).then_some(*count as f64)).collect()).collect(),
            shares: false,
        });
    }
    plots
}

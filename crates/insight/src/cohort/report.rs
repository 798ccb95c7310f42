//! Cohorts in words.

use super::Cohorts;
use crate::report::{Cell, Plot, Report, Style, Table, lines, says, share};
use shuke_kernel::Currency;

/// Months that the page shows.
const MONTHS_MAX: usize = 24;

fn month(month: i32) -> String {
    format!("{:04}-{:02}", 1970 + month.div_euclid(12), month.rem_euclid(12) + 1)
}

/// The report.
pub fn report(found: &Cohorts, as_of: i32, currency: Currency) -> Report {
    let repeat = found.repeat_members as f64 / found.members.max(1) as f64;
    let mut findings = vec![says(
        format!("{} 位顾客里 {} 买过不止一次。", found.members, share(repeat)),
        format!("Of {} members, {} bought more than once.", found.members, share(repeat)),
    )];
    if let Some(second) = found.retention.get(1) {
        let later = found.retention.get(6).map_or_else(String::new, |later| format!("，六个月后 {}", share(*later)));
        let later_en = found.retention.get(6).map_or_else(String::new, |later| format!(", {} after six months", share(*later)));
        findings.push(says(
            format!("首次消费后的下一个月有 {} 再来{later}。", share(*second)),
            format!("In the month after the first purchase {} come again{later_en}.", share(*second)),
        ));
    }
    findings.extend(levers(found));
    let list = list_of(found);
    let mut warnings = Vec::new();
    if found.last_month_open {
        warnings.push(says(
            "最后一个月还没过完，它的数字会偏低，平均值没有把它算进去。",
            "The last month is not over; its figures are low, and no mean takes them in.",
        ));
    }
    Report {
        kind: "cohorts",
        title: says("复购：新客留下来了吗", "Cohorts: do new members stay"),
        as_of,
        currency,
        findings,
        next: vec![says(
            "首次消费后 30 天内安排一次回访，送一张第二次消费能用的券。",
            "Call within 30 days of the first purchase, with a coupon for the second.",
        )],
        warnings,
        method: says(
            "按首次消费的自然月分群；当月至少买过一次算留存。",
            "Members by the calendar month of the first purchase; a member counts in a month with at least one.",
        ),
        figures: serde_json::json!({ "cohorts": found }),
        plots: plots(found),
        tables: vec![lever_table(found)],
        list,
    }
}

/// The last whole month against the one before.
fn levers(found: &Cohorts) -> Option<crate::report::Text> {
    let whole = found.levers.len() - usize::from(found.last_month_open && !found.levers.is_empty());
    let (then, now) = (found.levers.get(whole.checked_sub(2)?)?, found.levers.get(whole - 1)?);
    let change = |now: f64, then: f64| if then > 0.0 { format!("{:+.0} %", (now / then - 1.0) * 100.0) } else { "–".into() };
    let new = change(now.of.new_members as f64, then.of.new_members as f64);
    let buyers = change(now.of.buyers as f64, then.of.buyers as f64);
    let often = change(now.orders_per_buyer, then.orders_per_buyer);
    let ticket = change(now.money_per_order as f64, then.money_per_order as f64);
    Some(says(
        format!("{} 和上月比：新客 {new}，购买人数 {buyers}，人均次数 {often}，客单价 {ticket}。", month(now.month)),
        format!(
            "{} against the month before: new members {new}, buyers {buyers}, purchases per buyer {often}, money per purchase {ticket}.",
            month(now.month)
        ),
    ))
}

fn lever_table(found: &Cohorts) -> Table {
    let mut table = Table::new(
        says("四个增长抓手", "Four growth levers"),
        &[
            ("月份", "month"),
            ("新客", "new members"),
            ("购买人数", "buyers"),
            ("人均次数", "purchases per buyer"),
            ("客单价", "money per purchase"),
            ("销售额", "money"),
        ],
    );
    for lever in found.levers.iter().rev().take(MONTHS_MAX) {
        table.rows.push(vec![
            Cell::Month(lever.month),
            Cell::Count(lever.of.new_members as i64),
            Cell::Count(lever.of.buyers as i64),
            Cell::Number(lever.orders_per_buyer, 2),
            Cell::Money(lever.money_per_order),
            Cell::Money(lever.of.money),
        ]);
    }
    table
}

/// One row a cohort and month.
fn list_of(found: &Cohorts) -> Table {
    let mut list = Table::new(
        says("同期群", "Cohorts"),
        &[("首购月", "first month"), ("月数", "months since"), ("人数", "members"), ("留存", "retention"), ("金额", "money")],
    );
    for cohort in &found.cohorts {
        for (offset, cell) in cohort.cells.iter().enumerate() {
            list.rows.push(vec![
                Cell::Month(cohort.month),
                Cell::Count(offset as i64),
                Cell::Count(cell.members as i64),
                Cell::Number(cell.members as f64 / cohort.cells[0].members.max(1) as f64, 6),
                Cell::Money(cell.money),
            ]);
        }
    }
    list
}

fn plots(found: &Cohorts) -> Vec<Plot> {
    let shown = &found.cohorts[found.cohorts.len().saturating_sub(MONTHS_MAX)..];
    let wide = shown.iter().map(|cohort| cohort.cells.len()).max().unwrap_or(0).min(MONTHS_MAX);
    let names = shown.iter().map(|cohort| says(month(cohort.month), month(cohort.month))).collect();
    let columns = (0..wide).map(|offset| says(offset.to_string(), offset.to_string())).collect();
    let share_of = |cohort: &super::Cohort, offset: usize| {
        cohort.cells.get(offset).map(|cell| cell.members as f64 / cohort.cells[0].members.max(1) as f64)
    };
    let values =
        shown.iter().map(|cohort| (0..wide).map(|offset| if offset == 0 { None } else { share_of(cohort, offset) }).collect()).collect();
    vec![
        Plot::Field {
            title: says("每批新客后来每月回来百分之几？", "What per cent of each cohort came back?"),
            rows: names,
            columns,
            values,
            shares: true,
        },
        Plot::Lines {
            title: says("平均留存怎么走？", "How does mean retention go?"),
            axes: (says("首购后第几个月", "months since the first purchase"), says("留存", "retention")),
            lines: vec![lines(
                says("平均", "mean"),
                Style::Solid,
                found.retention.iter().enumerate().skip(1).map(|(offset, share)| (offset as f64, *share)).collect(),
            )],
            band: Vec::new(),
        },
    ]
}

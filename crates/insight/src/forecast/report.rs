//! Forecast in words.

use super::Forecast;
use crate::report::{Cell, Format, Plot, Report, Style, Table, lines, says, share};
use shuke_kernel::Currency;

/// The report; `daily` ends on `as_of`.
pub fn report(found: &Forecast, daily: &[i64], as_of: i32, currency: Currency) -> Report {
    let format = Format { chinese: true, plain: false, currency };
    let sum = |n: usize| found.points.iter().take(n).map(|point| point.expected).fold(0, i64::saturating_add);
    let mut findings = vec![says(
        format!("接下来 7 天预计销售 {}，{} 天一共 {}。", format.money(sum(7)), found.points.len(), format.money(sum(usize::MAX))),
        format!(
            "The next 7 days should bring {}, {} days together {}.",
            format.money(sum(7)),
            found.points.len(),
            format.money(sum(usize::MAX))
        ),
    )];
    findings.push(says(
        format!(
            "拿过去试了 {} 次，平均每天差 {}；照搬上周要差 {}。",
            found.trials,
            share(found.error_share),
            share(found.naive_error_share)
        ),
        format!(
            "Tried {} times on the past, it was off by {} of a day's sales; last week's figures would be off by {}.",
            found.trials,
            share(found.error_share),
            share(found.naive_error_share)
        ),
    ));
    let mut warnings = vec![says(
        "预测不知道节假日和促销；大促、春节前后不要照用。",
        "It knows neither holidays nor promotions; do not use it around them.",
    )];
    if !(found.error_share < found.naive_error_share) {
        warnings.push(says(
            "这家店的销售，照搬上周一样准；别为这条曲线改订货。",
            "For this shop, last week's figures do as well; do not change orders for this curve.",
        ));
    }
    let list = list_of(found, as_of);
    Report {
        kind: "forecast",
        title: says("预测：接下来能卖多少", "Forecast: what will be sold"),
        as_of,
        currency,
        findings,
        next: vec![says(
            "按高值备货、按低值排班，每周重算一次。",
            "Stock for the upper line, staff for the lower one, and compute again each week.",
        )],
        warnings,
        method: says(
            "加法 Holt–Winters（阻尼趋势、七天季节）；区间取自它过去的误差。",
            "Additive Holt–Winters with damped trend and a week's season; intervals from its own past errors.",
        ),
        figures: serde_json::json!({ "forecast": found }),
        plots: plots(found, daily, currency),
        tables: vec![list.clone()],
        list,
    }
}

/// One row a day.
fn list_of(found: &Forecast, as_of: i32) -> Table {
    let mut list = Table::new(says("每天", "Days"), &[("日期", "day"), ("预计", "expected"), ("低", "low"), ("高", "high")]);
    for point in &found.points {
        let day = as_of.saturating_add(i32::try_from(point.ahead).unwrap_or(0));
        list.rows.push(vec![Cell::Day(day), Cell::Money(point.expected), Cell::Money(point.low), Cell::Money(point.high)]);
    }
    list
}

/// What is to come, and how right the last forecast was.
fn plots(found: &Forecast, daily: &[i64], currency: Currency) -> Vec<Plot> {
    let major = currency.minor_per_major() as f64;
    let start = daily.len().saturating_sub(56);
    let past: Vec<(f64, f64)> = daily[start..]
        .iter()
        .enumerate()
        .map(|(at, value)| (at as f64 + start as f64 + 1.0 - daily.len() as f64, *value as f64 / major))
        .collect();
    let future = found.points.iter().map(|point| (point.ahead as f64, point.expected as f64 / major)).collect();
    let band = found.points.iter().map(|point| (point.ahead as f64, point.low as f64 / major, point.high as f64 / major)).collect();
    let trial = |pick: &dyn Fn(&(usize, f64, f64)) -> f64| found.last_trial.iter().map(|of| (of.0 as f64, pick(of) / major)).collect();
    let axes = (says("距今天数", "days from now"), says("销售额", "sales"));
    vec![
        Plot::Lines {
            title: says("接下来能卖多少？", "What will be sold?"),
            axes: axes.clone(),
            lines: vec![
                lines(says("实际", "actual"), Style::Solid, past),
                lines(says("预计（九成把握的范围）", "expected, nine of ten within"), Style::Dashed, future),
            ],
            band,
        },
        Plot::Lines {
            title: says("上一次预测准不准？", "How right was the last one?"),
            axes,
            lines: vec![
                lines(says("当时预计", "expected then"), Style::Dashed, trial(&|of| of.1)),
                lines(says("后来实际", "what happened"), Style::Solid, trial(&|of| of.2)),
            ],
            band: Vec::new(),
        },
    ]
}

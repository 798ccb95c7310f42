//! Demand in words.

use super::{Demand, Method};
use crate::orders::NONE;
use crate::report::{Cell, Plot, Report, Table, Text, says, share};
use shuke_kernel::Currency;

/// Series that the page shows.
const ROWS: usize = 20;

/// The report.
pub fn report(found: &Demand, store: &dyn Fn(u32) -> String, item: &dyn Fn(u32) -> String, as_of: i32, currency: Currency) -> Report {
    let errors = Errors::of(found);
    let list = list_of(found, store, item);
    Report {
        kind: "demand",
        title: says("需求：每样货要备多少", "Demand: how much of each product"),
        as_of,
        currency,
        findings: findings(found, &errors),
        next: vec![says(
            "补货量 = 高值 − 现有库存；低值以下的不用急着补。",
            "Order the upper figure less what is on hand; below the lower one there is no hurry.",
        )],
        warnings: warnings(found),
        method: says(
            "天天卖的用阻尼 Holt–Winters；隔三差五卖的用 Croston 法（Syntetos–Boylan 修正）；区间取自它自己过去的误差。",
            "Damped Holt–Winters for what sells daily, Croston with the Syntetos–Boylan correction for what sells now and then; intervals from their own past errors.",
        ),
        figures: serde_json::json!({ "demand": found, "series": found.series.len(), "error_share": errors.ours,
            "naive_error_share": errors.naive, "better": errors.better }),
        plots: vec![bars(found, item)],
        tables: vec![list.first(ROWS, list.title.clone())],
        list,
    }
}

/// Past errors of all series, each by how much it sold.
struct Errors {
    ours: f64,
    naive: f64,
    better: usize,
}

impl Errors {
    fn of(found: &Demand) -> Self {
        let all: f64 = found.series.iter().map(|series| series.before).sum();
        let mean = |pick: fn(&super::Series) -> f64| {
            let sum: f64 = found.series.iter().map(|series| pick(series) * series.before).sum();
            if all > 0.0 { sum / all } else { 0.0 }
        };
        let better = found.series.iter().filter(|series| series.error_share < series.naive_error_share).count();
        Self { ours: mean(|series| series.error_share), naive: mean(|series| series.naive_error_share), better }
    }
}

fn findings(found: &Demand, errors: &Errors) -> Vec<Text> {
    let (days, series) = (found.days, found.series.len());
    let pieces = found.series.iter().map(|series| series.expected).sum::<f64>();
    let (ours, naive, better) = (share(errors.ours), share(errors.naive), errors.better);
    vec![
        says(
            format!("接下来 {days} 天，{series} 种货（按门店分开算）一共要卖约 {pieces:.0} 件。"),
            format!("In the next {days} days, {series} products (by store) should sell about {pieces:.0} pieces together."),
        ),
        says(
            format!("拿过去试过：平均差 {ours}，照搬前 {days} 天要差 {naive}；{series} 种货里 {better} 种算得更准。"),
            format!(
                "Tried on the past, it is off by {ours} on average, repeating the {days} days before by {naive}; it does better for {better} of {series}."
            ),
        ),
    ]
}

fn warnings(found: &Demand) -> Vec<Text> {
    let mut warnings = vec![says(
        "断货的日子看起来像没人要；促销、节日不在里面。",
        "Days out of stock look like no demand; promotions and holidays are not in it.",
    )];
    let (short, beyond) = (found.too_short, found.beyond);
    if short + beyond > 0 {
        warnings.push(says(
            format!("{short} 种货卖得太少或太新，没有算；{beyond} 种排在后面，也没有算。"),
            format!("{short} products are too new or sell too little, {beyond} lie beyond the largest: they were left out."),
        ));
    }
    warnings
}

fn bars(found: &Demand, item: &dyn Fn(u32) -> String) -> Plot {
    let bar = |series: &super::Series| (says(item(series.item), item(series.item)), series.expected, format!("{:.0}", series.expected));
    Plot::Bars {
        title: says(format!("接下来 {} 天哪些卖得最多？", found.days), format!("What sells most in the next {} days?", found.days)),
        axis: says("件", "pieces"),
        bars: found.series.iter().take(10).map(bar).collect(),
    }
}

/// One row a product and store.
fn list_of(found: &Demand, store: &dyn Fn(u32) -> String, item: &dyn Fn(u32) -> String) -> Table {
    let head = [
        ("门店", "store"),
        ("商品", "item"),
        ("预计件数", "expected pieces"),
        ("低", "low"),
        ("高", "high"),
        ("前一段卖了", "before"),
        ("算法", "method"),
        ("过去的误差", "past error"),
        ("照搬的误差", "naive error"),
        ("试了几次", "trials"),
    ];
    let mut list = Table::new(says("每样货", "Products"), &head);
    for series in &found.series {
        let end = |pick: fn((f64, f64)) -> f64| series.interval.map_or(Cell::Nothing, |interval| Cell::Number(pick(interval), 1));
        list.rows.push(vec![
            if series.store == NONE { Cell::Nothing } else { Cell::Name(store(series.store)) },
            Cell::Name(item(series.item)),
            Cell::Number(series.expected, 1),
            end(|interval| interval.0),
            end(|interval| interval.1),
            Cell::Number(series.before, 1),
            Cell::Word(match series.method {
                Method::Steady => says("天天卖", "steady"),
                Method::NowAndThen => says("隔三差五", "now and then"),
            }),
            Cell::Share(series.error_share),
            Cell::Share(series.naive_error_share),
            Cell::Count(i64::try_from(series.trials).unwrap_or(i64::MAX)),
        ]);
    }
    list
}

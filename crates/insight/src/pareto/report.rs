//! Pareto in words.

use super::{Drift, Pareto};
use crate::report::{Cell, Plot, Report, Style, Table, Text, lines, says, share};
use shuke_kernel::Currency;

/// The report over members, goods, staff or stores (`what`).
pub fn report(
    found: &Pareto,
    drift: Option<Drift>,
    what: &Text,
    money: &[i64],
    name: &dyn Fn(u32) -> String,
    as_of: i32,
    currency: Currency,
) -> Report {
    let eighty = found.for_eighty as f64 / found.count.max(1) as f64;
    let mut findings = vec![
        says(
            format!("{} 个{}里，前 20 %（{} 个）贡献了 {}。", found.count, what.zh, found.top_count, share(found.top_share)),
            format!("Of {} {}, the best 20 % ({}) bring {}.", found.count, what.en, found.top_count, share(found.top_share)),
        ),
        says(
            format!("八成销售额只靠 {} 个，占 {}。", found.for_eighty, share(eighty)),
            format!("{} of them, {}, make 80 % of the money.", found.for_eighty, share(eighty)),
        ),
    ];
    if let Some(drift) = drift {
        let since = crate::orders::dates::iso(drift.since);
        findings.push(says(
            format!("和 {since} 的前 20 % 比，{} 个还在，{} 个掉出，{} 个新进。", drift.stayed, drift.then - drift.stayed, drift.came),
            format!(
                "Against the best 20 % of {since}: {} stayed, {} fell out, {} are new.",
                drift.stayed,
                drift.then - drift.stayed,
                drift.came
            ),
        ));
    }
    let list = list_of(found, what, money, name);
    let top = list.first(20, says("最靠前的二十个", "The first twenty"));
    Report {
        kind: "pareto",
        title: says("二八：谁撑起了生意", "Pareto: who carries the business"),
        as_of,
        currency,
        findings,
        next: vec![says(
            "把前 20 % 存成人群，单独维护；掉出名单的先打电话。",
            "Save the best 20 % as a segment and look after them; call first those who fell out.",
        )],
        warnings: Vec::new(),
        method: says(
            "洛伦兹曲线（Lorenz 1905）；退货多于购买的按零算。",
            "Lorenz curve (1905); who returned more than was bought counts as nothing.",
        ),
        figures: serde_json::json!({ "of": what.en, "pareto": found, "drift": drift }),
        plots: vec![Plot::Lines {
            title: says("多少人撑起多少销售额？", "How many make how much?"),
            axes: (says("人数占比（从高到低）", "share of them, best first"), says("金额占比", "share of money")),
            lines: vec![
                lines(says("实际", "as it is"), Style::Solid, found.curve.clone()),
                lines(says("人人一样", "all alike"), Style::Dotted, vec![(0.0, 0.0), (1.0, 1.0)]),
                lines(says("80 %", "80 %"), Style::Dashed, vec![(0.0, 0.8), (eighty, 0.8), (eighty, 0.0)]),
            ],
            band: Vec::new(),
        }],
        tables: vec![top],
        list,
    }
}

/// Best first, with shares.
fn list_of(found: &Pareto, what: &Text, money: &[i64], name: &dyn Fn(u32) -> String) -> Table {
    let mut list = Table::new(
        what.clone(),
        &[("名称", "name"), ("金额", "money"), ("占比", "share"), ("累计", "cumulative"), ("前 20 %", "in the best fifth")],
    );
    let mut running = 0_i64;
    for (at, number) in found.order.iter().enumerate() {
        let own = money[*number as usize];
        running = running.saturating_add(own.max(0));
        list.rows.push(vec![
            Cell::Name(name(*number)),
            Cell::Money(own),
            Cell::Number(own as f64 / found.total as f64, 6),
            Cell::Number(running as f64 / found.total as f64, 6),
            Cell::Count(i64::from(at < found.top_count)),
        ]);
    }
    list
}

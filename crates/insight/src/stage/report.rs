//! Stages in words.

use super::{Stage, Stages};
use crate::report::{Cell, Format, Plot, Report, Style, Table, Text, lines, says, share};
use crate::summary::Summary;
use shuke_kernel::Currency;

impl Stage {
    /// Its name.
    pub fn name(self) -> Text {
        match self {
            Self::Active => says("活跃", "active"),
            Self::Marginal => says("边缘", "marginal"),
            Self::Dormant => says("沉睡", "dormant"),
            Self::Lost => says("流失", "lost"),
        }
    }
}

/// The report. `alive` is each member's chance to be there still, where a model could be fitted.
pub fn report(found: &Stages, alive: Option<&[f64]>, summary: &Summary, name: &dyn Fn(u32) -> String, currency: Currency) -> Report {
    let now = found.now.members;
    let all: u64 = now.iter().sum();
    let part = |stage: Stage| now[stage as usize] as f64 / all.max(1) as f64;
    let table = table_of(found, alive, summary);
    let mut tables = vec![table];
    let mut findings = vec![says(
        format!(
            "{all} 位顾客：活跃 {}，边缘 {}，沉睡 {}，流失 {}。",
            share(part(Stage::Active)),
            share(part(Stage::Marginal)),
            share(part(Stage::Dormant)),
            share(part(Stage::Lost))
        ),
        format!(
            "{all} members: {} active, {} marginal, {} dormant, {} lost.",
            share(part(Stage::Active)),
            share(part(Stage::Marginal)),
            share(part(Stage::Dormant)),
            share(part(Stage::Lost))
        ),
    )];
    if let Some(moves) = &found.moves {
        let slipped = moves[0][1] + moves[0][2] + moves[0][3];
        let back = moves[1][0] + moves[2][0] + moves[3][0];
        let since = crate::orders::dates::iso(found.moved_since);
        findings.push(says(
            format!("{since} 以来，{slipped} 位活跃客滑了下去，{back} 位老客被叫了回来，新来 {} 位。", moves[4].iter().sum::<u64>()),
            format!("Since {since}, {slipped} active members slipped, {back} came back, {} are new.", moves[4].iter().sum::<u64>()),
        ));
        tables.push(flow(moves));
    }
    let waking = alive.map(|alive| sleepers(found, alive)).unwrap_or_default();
    if !waking.is_empty() {
        findings.push(says(
            format!("边缘和沉睡客里有 {} 位的存活概率还在一半以上，最值得叫回来。", waking.len()),
            format!("{} marginal or dormant members are still more likely there than not: the ones to call.", waking.len()),
        ));
    }
    let list = list_of(found, alive, summary, name);
    let format = Format { chinese: true, plain: false, currency };
    Report {
        kind: "stages",
        title: says("顾客阶段：谁在流失", "Stages: who is leaving"),
        as_of: found.now.day,
        currency,
        findings,
        next: vec![says(
            "给边缘客一个回来的理由：导出名单，按存活概率从高到低打电话。",
            "Give the marginal ones a reason to come back: export the list and call from the highest chance down.",
        )],
        warnings: vec![says(
            "阶段是约定的时间段，不等于真的流失；来得勤的顾客，没到期也可能已经走了，看存活概率。",
            "A band is a convention; somebody who came weekly may be gone long before it ends: look at the chance to be there.",
        )],
        method: method(found),
        figures: serde_json::json!({ "stages": found, "likely_there_though_away": waking.len() }),
        plots: plots(found, &format),
        tables,
        list,
    }
}

fn sleepers(found: &Stages, alive: &[f64]) -> Vec<usize> {
    let away = |stage: &Option<Stage>| matches!(stage, Some(Stage::Marginal | Stage::Dormant));
    found.of_member.iter().enumerate().filter(|(member, stage)| away(stage) && alive[*member] > 0.5).map(|(member, _)| member).collect()
}

fn flow(moves: &[[u64; 4]; 5]) -> Table {
    let mut head = vec![("那时 → 现在", "then → now")];
    head.extend([("活跃", "active"), ("边缘", "marginal"), ("沉睡", "dormant"), ("流失", "lost")]);
    let mut table = Table::new(says("从哪里到哪里", "Who moved where"), &head);
    for (from, row) in moves.iter().enumerate() {
        let name = Stage::ALL.get(from).map_or_else(|| says("还没来", "not there yet"), |stage| stage.name());
        table.rows.push(std::iter::once(Cell::Word(name)).chain(row.iter().map(|count| Cell::Count(*count as i64))).collect());
    }
    table
}

fn plots(found: &Stages, format: &Format) -> Vec<Plot> {
    let bars = Stage::ALL.map(|stage| {
        let count = found.now.members[stage as usize];
        (stage.name(), count as f64, format.cell(&Cell::Count(count as i64)))
    });
    let mut plots = vec![Plot::Bars {
        title: says("现在各阶段有多少人？", "How many are in each stage?"),
        axis: says("人数", "members"),
        bars: bars.to_vec(),
    }];
    if found.history.len() > 2 {
        let styles = [Style::Solid, Style::Dashed, Style::Dotted, Style::Solid];
        let line = |stage: Stage| {
            let months = |day: i32| f64::from(day - found.now.day) / 30.4375;
            lines(
                stage.name(),
                styles[stage as usize],
                found.history.iter().map(|s| (months(s.day), s.members[stage as usize] as f64)).collect(),
            )
        };
        plots.push(Plot::Lines {
            title: says("近 12 个月谁在流失？", "Who left in the last twelve months?"),
            axes: (says("距今月数", "months from now"), says("人数", "members")),
            lines: Stage::ALL.map(line).to_vec(),
            band: Vec::new(),
        });
    }
    plots
}

/// One row a member.
fn list_of(found: &Stages, alive: Option<&[f64]>, summary: &Summary, name: &dyn Fn(u32) -> String) -> Table {
    let mut list = Table::new(
        says("会员", "Members"),
        &[
            ("会员", "member"),
            ("阶段", "stage"),
            ("最近一次", "last purchase"),
            ("次数", "orders"),
            ("金额", "money"),
            ("存活概率", "chance to be there"),
        ],
    );
    for (member, stage) in found.of_member.iter().enumerate().filter_map(|(member, stage)| Some((member, (*stage)?))) {
        let of = &summary.members[member];
        list.rows.push(vec![
            Cell::Name(name(u32::try_from(member).unwrap_or(u32::MAX))),
            Cell::Word(stage.name()),
            Cell::Day(of.last_day),
            Cell::Count(i64::from(of.orders)),
            Cell::Money(of.money),
            alive.map_or(Cell::Nothing, |alive| Cell::Number(alive[member], 4)),
        ]);
    }
    list
}

/// The stages with their money and chances.
fn table_of(found: &Stages, alive: Option<&[f64]>, summary: &Summary) -> Table {
    let now = found.now.members;
    let all: u64 = now.iter().sum();
    let part = |stage: Stage| now[stage as usize] as f64 / all.max(1) as f64;
    let mut table = Table::new(
        says("各阶段", "Stages"),
        &[
            ("阶段", "stage"),
            ("人数", "members"),
            ("占比", "share"),
            ("历来消费额", "money so far"),
            ("平均存活概率", "mean chance to be there"),
        ],
    );
    for stage in Stage::ALL {
        let of = || found.of_member.iter().enumerate().filter(move |(_, own)| **own == Some(stage)).map(|(member, _)| member);
        let money = of().map(|member| summary.members[member].money).fold(0, i64::saturating_add);
        let mean = alive.map(|alive| of().map(|member| alive[member]).sum::<f64>() / now[stage as usize].max(1) as f64);
        table.rows.push(vec![
            Cell::Word(stage.name()),
            Cell::Count(now[stage as usize] as i64),
            Cell::Share(part(stage)),
            Cell::Money(money),
            mean.filter(|_| now[stage as usize] > 0).map_or(Cell::Nothing, Cell::Share),
        ]);
    }
    table
}

fn method(found: &Stages) -> Text {
    says(
        format!(
            "最近一次消费至今 {}、{}、{} 个月为界；存活概率来自 BG/NBD 或 Pareto/NBD。",
            found.bands.active_months, found.bands.marginal_months, found.bands.dormant_months
        ),
        format!(
            "Bands end {}, {} and {} months after the last purchase; chances from BG/NBD or Pareto/NBD.",
            found.bands.active_months, found.bands.marginal_months, found.bands.dormant_months
        ),
    )
}

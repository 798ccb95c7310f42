//! Churn in words.

use super::Churn;
use crate::attribute::{Contrast, Group};
use crate::report::{Cell, Plot, Report, Style, Table, Text, lines, says, share};
use crate::survival::Step;
use crate::uplift::of_shares;
use shuke_kernel::Currency;

/// Rows of the tables; the list has all.
const ROWS: usize = 12;

/// The report.
pub fn report(found: &Churn, groups: &[Group], as_of: i32, currency: Currency) -> Report {
    let gone_share = found.gone as f64 / found.could.max(1) as f64;
    let mut findings = vec![says(
        format!(
            "{} 位早到能看出结果的会员里，{} 位已经 {} 个月没来（{}），算流失。",
            found.could,
            found.gone,
            found.months,
            share(gone_share)
        ),
        format!(
            "Of {} members who joined long enough ago, {} have not come for {} months ({}) and count as gone.",
            found.could,
            found.gone,
            found.months,
            share(gone_share)
        ),
    )];
    findings.extend(striking(found, groups));
    findings.push(median(found));
    let list = list_of(&found.contrasts, groups);
    Report {
        kind: "churn",
        title: says("流失：走的人有什么共同点", "Churn: what those who left had in common"),
        as_of,
        currency,
        findings,
        next: vec![says(
            "先去流失最重的那一类里问几位：为什么不来了。问到原因再改，一个月后再看这一页。",
            "Ask a few of the worst-hit group why they stay away; change that, and look again in a month.",
        )],
        warnings: warnings(found),
        method: says(
            format!(
                "连续 {} 个月没买算流失；共同点用提升度、Newcombe 区间、Fisher 或卡方检验，多重比较按 Benjamini–Hochberg 校正；留存曲线为 Kaplan–Meier，分组比较用 log-rank。",
                found.months
            ),
            format!(
                "Gone is {} months without a purchase; lift with Newcombe's interval, Fisher's or the χ² test, Benjamini–Hochberg over all of them; Kaplan–Meier curves with the log-rank test.",
                found.months
            ),
        ),
        figures: serde_json::json!({ "churn": { "months": found.months, "shortened": found.shortened, "members": found.members,
            "could_have_left": found.could, "left": found.gone, "median_days": found.median_days,
            "attributes": groups.iter().map(|group| &group.name.en).collect::<Vec<_>>(), "compared": found.compared } }),
        plots: plots(found, groups),
        tables: vec![list.first(ROWS, list.title.clone()), tests_of(found, groups)],
        list,
    }
}

/// The attribute that stands out most, for leaving and for staying; or that none does.
fn striking(found: &Churn, groups: &[Group]) -> Vec<Text> {
    let real = || found.contrasts.iter().filter(|contrast| contrast.is_found());
    let said = |contrast: &Contrast, zh: &str, en: &str| {
        let (name, value) = (&groups[contrast.group].name, &groups[contrast.group].values[contrast.value]);
        let (own, lift) = (share(contrast.share_of_value()), contrast.lift);
        says(
            format!("{zh}：{}“{}”，流失 {own}，是平均的 {lift:.2} 倍（{} 位）。", name.zh, value.zh, contrast.inside + contrast.outside),
            format!(
                "{en}: {} “{}”: {own} left, {lift:.2} times the average ({} members).",
                name.en,
                value.en,
                contrast.inside + contrast.outside
            ),
        )
    };
    let mut texts = Vec::new();
    texts.extend(real().find(|contrast| contrast.lift > 1.0).map(|contrast| said(contrast, "走得最多的", "Most left")));
    texts.extend(real().find(|contrast| contrast.lift < 1.0).map(|contrast| said(contrast, "留得最好的", "Most stayed")));
    if texts.is_empty() {
        texts.push(says(
            "看了这些特征，没有哪一项能说明谁会走；差别都在碰巧的范围里。",
            "None of these attributes tells who leaves; the differences are what luck gives.",
        ));
    }
    texts
}

fn median(found: &Churn) -> Text {
    match found.median_days {
        Some(days) => says(
            format!("一半的会员在第一次来之后 {days} 天内流失（含判定流失要等的 {} 天）。", found.gone_days),
            format!(
                "Half of the members are gone within {days} days of their first visit ({} of them the wait until that is said).",
                found.gone_days
            ),
        ),
        None => says("看到现在，还留着的会员超过一半。", "So far, more than half of the members are still there."),
    }
}

fn warnings(found: &Churn) -> Vec<Text> {
    let mut warnings = vec![says(
        "共同点不等于原因：某店流失多，可能是那里的客人本来就不同。",
        "What they have in common is not why they left: a store that loses more may have another public.",
    )];
    if found.shortened {
        warnings.push(says(
            format!("数据太短，只能按 {} 个月没来算流失；季节性的生意会把没到季的客人也算进去。", found.months),
            format!("The file is short, so gone means {} months; who only comes in season is counted, too.", found.months),
        ));
    }
    if found.gone < 30 {
        warnings.push(says("流失的不到 30 位，下面的差别先别当真。", "Fewer than 30 left: do not take the differences for real yet."));
    }
    warnings
}

/// One row a value.
fn list_of(contrasts: &[Contrast], groups: &[Group]) -> Table {
    let head = [
        ("特征", "attribute"),
        ("取值", "value"),
        ("人数", "members"),
        ("流失率", "left"),
        ("其余人的流失率", "left of the others"),
        ("提升度", "lift"),
        ("差别", "difference"),
        ("差别低", "low"),
        ("差别高", "high"),
        ("碰巧的可能 q", "q"),
    ];
    let mut list = Table::new(says("走的人有什么共同点？", "What did those who left have in common?"), &head);
    for contrast in contrasts {
        let held = contrast.inside + contrast.outside;
        let others = contrast.set + contrast.rest - held;
        let Ok(test) = of_shares(contrast.inside, held, contrast.set - contrast.inside, others) else { continue };
        list.rows.push(vec![
            Cell::Word(groups[contrast.group].name.clone()),
            Cell::Word(groups[contrast.group].values[contrast.value].clone()),
            Cell::Count(i64::try_from(held).unwrap_or(i64::MAX)),
            Cell::Share(test.treated),
            Cell::Share(test.held_out),
            Cell::Number(contrast.lift, 2),
            Cell::Share(test.difference),
            Cell::Share(test.interval.0),
            Cell::Share(test.interval.1),
            Cell::Number(contrast.q, 4),
        ]);
    }
    list
}

/// One row an attribute.
fn tests_of(found: &Churn, groups: &[Group]) -> Table {
    let head = [("特征", "attribute"), ("比较的组", "groups"), ("χ²", "chi squared"), ("碰巧的可能 p", "p"), ("校正后 q", "q")];
    let mut table =
        Table::new(says("哪些特征让会员留得久短不同？（log-rank）", "By which attribute do members stay longer? (log-rank)"), &head);
    for compared in &found.compared {
        table.rows.push(vec![
            Cell::Word(groups[compared.group].name.clone()),
            Cell::Count(i64::try_from(compared.values.len()).unwrap_or(0)),
            Cell::Number(compared.test.chi_squared, 2),
            Cell::Number(compared.test.p, 4),
            Cell::Number(compared.q, 4),
        ]);
    }
    table
}

/// A curve as the corners of its steps.
fn corners(steps: &[Step]) -> Vec<(f64, f64)> {
    let mut points = vec![(0.0, 100.0)];
    for step in steps {
        let before = points.last().map_or(100.0, |point| point.1);
        points.push((f64::from(step.time), before));
        points.push((f64::from(step.time), step.survival * 100.0));
    }
    // A page needs no more points than it has dots.
    let every = points.len().div_ceil(800).max(1);
    points.into_iter().step_by(every).collect()
}

fn plots(found: &Churn, groups: &[Group]) -> Vec<Plot> {
    let axes = (says("第一次来之后的天数", "days since the first visit"), says("还在的会员 %", "% still there"));
    let every = found.curve.len().div_ceil(400).max(1);
    let band =
        found.curve.iter().step_by(every).map(|step| (f64::from(step.time), step.interval.0 * 100.0, step.interval.1 * 100.0)).collect();
    let mut plots = vec![Plot::Lines {
        title: says("会员能留多久？", "How long do members stay?"),
        axes: axes.clone(),
        lines: vec![lines(says("全部会员", "all members"), Style::Solid, corners(&found.curve))],
        band,
    }];
    if let Some(first) = found.compared.first() {
        let name = &groups[first.group].name;
        let styles = [Style::Solid, Style::Dashed, Style::Dotted, Style::Points];
        let drawn = found
            .curves
            .iter()
            .zip(styles)
            .map(|((value, steps), style)| lines(groups[first.group].values[*value].clone(), style, corners(steps)));
        plots.push(Plot::Lines {
            title: says(format!("按{}分，谁留得久？", name.zh), format!("Who stays longer, by {}?", name.en)),
            axes,
            lines: drawn.collect(),
            band: Vec::new(),
        });
    }
    plots
}

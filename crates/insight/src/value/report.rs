//! Value in words.

use super::analysis::{Options, Value};
use crate::report::{Cell, Format, Plot, Report, Style, Table, Text, lines, says, share};
use shuke_kernel::Currency;

fn doubt(code: &str) -> Text {
    match code {
        "drop_out_not_identified" => says(
            "数据里看不出有人流失：加上流失的模型并不比没有流失的拟合得更好，存活概率在这里没有意义。",
            "The data show no drop-out: models with it fit no better than without, and the chance to be there means nothing here.",
        ),
        "no_hold_out" => says("历史太短，没法留一段来检验。", "The history is too short for a hold-out check."),
        "hold_out_differs" => says(
            "留出检验不过：后来实际来的次数和预计差了四分之一以上，这家店的数据不适合这个模型。",
            "The hold-out check fails: what happened differs from what was expected by more than a quarter; the model does not fit this shop.",
        ),
        "spend_goes_with_frequency" => says(
            "来得勤的花得也不一样多，“次数 × 金额”会偏。",
            "How much is spent goes with how often, so that the product of the two is biased.",
        ),
        "spend_not_identified" => says("金额模型定不下来，改用平均金额。", "The spend model is not identified; the mean is used."),
        _ => says("观察期不到半年，季节还看不出来。", "Less than half a year was seen: seasons do not show yet."),
    }
}

fn models(found: &Value) -> Table {
    let mut table = Table::new(
        says("模型", "Models"),
        &[("模型", "model"), ("参数", "parameters"), ("标准误", "standard errors"), ("对数似然", "log-likelihood"), ("用了", "used")],
    );
    let rows = [
        ("BG/NBD", "bg_nbd", Some(&found.bg_nbd)),
        ("Pareto/NBD", "pareto_nbd", Some(&found.pareto_nbd)),
        ("NBD", "nbd", Some(&found.nbd)),
    ];
    for (name, code, estimate) in rows.into_iter().chain([("Gamma-Gamma", "gamma_gamma", found.gamma_gamma.as_ref())]) {
        let Some(estimate) = estimate else { continue };
        let drops = code == "bg_nbd" || code == "pareto_nbd";
        let unknown = estimate.at_bound || (drops && !found.drop_out_identified);
        let told = if unknown {
            "–".to_owned()
        } else {
            estimate.names.iter().zip(&estimate.parameters).map(|(name, value)| format!("{name} {value:.4}")).collect::<Vec<_>>().join(", ")
        };
        let errors = match &estimate.standard_errors {
            Some(errors) if !unknown => errors.iter().map(|error| format!("{error:.4}")).collect::<Vec<_>>().join(", "),
            _ => "–".to_owned(),
        };
        let used = found.used == code || code == "gamma_gamma";
        table.rows.push(vec![
            Cell::Name(name.to_owned()),
            Cell::Name(told),
            Cell::Name(errors),
            Cell::Number(estimate.log_likelihood, 4),
            Cell::Word(if used { says("是", "yes") } else { says("", "") }),
        ]);
    }
    table
}

/// The report.
pub fn report(found: &Value, options: &Options, name: &dyn Fn(u32) -> String, currency: Currency) -> Report {
    let format = Format { chinese: true, plain: false, currency };
    let mut findings = vec![
        says(
            format!(
                "{} 位顾客里估计还有 {:.0} 位在，未来 {:.0} 周会来 {:.0} 次。",
                found.members, found.alive, options.weeks, found.expected
            ),
            format!(
                "Of {} members about {:.0} are still there; they should come {:.0} times in {:.0} weeks.",
                found.members, found.alive, found.expected, options.weeks
            ),
        ),
        says(
            format!(
                "未来 {} 个月，这些老顾客值 {}（每月折现 {}）。",
                options.months,
                format.money(found.value),
                share(options.monthly_discount)
            ),
            format!(
                "Over {} months they are worth {} (discounted {} a month).",
                options.months,
                format.money(found.value),
                share(options.monthly_discount)
            ),
        ),
    ];
    let mut by_value: Vec<&super::analysis::Prediction> = found.predictions.iter().collect();
    by_value.sort_by_key(|p| (std::cmp::Reverse(p.value), p.member));
    let tenth = by_value.len().div_ceil(10);
    let top = by_value.iter().take(tenth).map(|p| p.value).fold(0, i64::saturating_add);
    if found.value > 0 {
        findings.push(says(
            format!("其中最值钱的一成顾客占 {}。", share(top as f64 / found.value as f64)),
            format!("The best tenth of them make {} of it.", share(top as f64 / found.value as f64)),
        ));
    }
    if let Some(check) = &found.holdout {
        findings.push(says(
            format!("拿后三分之一的时间检验：预计 {:.0} 次，实际 {:.0} 次。", check.expected, check.actual),
            format!("Checked on the last third of the time: {:.0} visits expected, {:.0} happened.", check.expected, check.actual),
        ));
    }
    let list = list_of(&by_value, name);
    let first = list.first(20, says("最值钱的二十位", "The twenty most valuable"));
    Report {
        kind: "clv",
        title: says("客户价值：谁还会来，值多少", "Value: who will come again, and what it is worth"),
        as_of: options.as_of,
        currency,
        findings,
        next: vec![says(
            "价值高、存活概率掉到一半以下的，先去留人。",
            "Begin with those of high value whose chance has fallen below one half.",
        )],
        warnings: found.doubts.iter().map(|code| doubt(code)).collect(),
        method: says(
            "BG/NBD（Fader、Hardie、Lee 2005）、Pareto/NBD（Schmittlein 等 1987）、Gamma-Gamma（Fader、Hardie 2013），极大似然；取拟合更好的一个。",
            "BG/NBD (Fader, Hardie, Lee 2005), Pareto/NBD (Schmittlein and others 1987), Gamma-Gamma (Fader, Hardie 2013) by maximum likelihood; the better fit is used.",
        ),
        figures: serde_json::json!({ "value": found }),
        plots: plots(found),
        tables: vec![models(found), first],
        list,
    }
}

fn plots(found: &Value) -> Vec<Plot> {
    let mut counts = [0.0_f64; 10];
    found.predictions.iter().for_each(|p| counts[((p.alive * 10.0) as usize).min(9)] += 1.0);
    let bars = counts.iter().enumerate().map(|(at, count)| {
        let name = format!("{}–{} %", at * 10, at * 10 + 10);
        (says(name.clone(), name), *count, format!("{count:.0}"))
    });
    let mut plots = vec![Plot::Bars {
        title: says("还在的可能性有多大？", "How likely are they still there?"),
        axis: says("人数", "members"),
        bars: bars.collect(),
    }];
    if let Some(check) = &found.holdout {
        let line = |pick: &dyn Fn(&(u32, f64, f64)) -> f64| check.tracking.iter().map(|point| (f64::from(point.0), pick(point))).collect();
        let split = check.tracking.len() as f64 - check.weeks;
        let top = check.tracking.last().map_or(0.0, |point| point.1.max(point.2));
        plots.push(Plot::Lines {
            title: says("模型跟得上实际吗？", "Does the model keep up?"),
            axes: (says("周", "weeks"), says("累计复购次数", "repeat purchases so far")),
            lines: vec![
                lines(says("实际", "actual"), Style::Solid, line(&|point| point.2)),
                lines(says("模型", "model"), Style::Dashed, line(&|point| point.1)),
                lines(says("从这里起是检验", "checked from here"), Style::Dotted, vec![(split, 0.0), (split, top)]),
            ],
            band: Vec::new(),
        });
        let by = |pick: &dyn Fn(&super::holdout::Calibration) -> f64| {
            check.calibration.iter().map(|group| (f64::from(group.repeats), pick(group))).collect()
        };
        plots.push(Plot::Lines {
            title: says("来得越多，预计越准吗？", "Is it right for light and heavy buyers?"),
            axes: (
                says("检验前的复购次数（最后一组以上合并）", "repeats before the check, the last group and above"),
                says("检验期平均次数", "mean purchases in the check"),
            ),
            lines: vec![
                lines(says("实际", "actual"), Style::Solid, by(&|group| group.actual)),
                lines(says("模型", "model"), Style::Dashed, by(&|group| group.expected)),
            ],
            band: Vec::new(),
        });
    }
    plots
}

/// One row a member, the most valuable first.
fn list_of(by_value: &[&super::analysis::Prediction], name: &dyn Fn(u32) -> String) -> Table {
    let mut list = Table::new(
        says("会员", "Members"),
        &[
            ("会员", "member"),
            ("复购次数", "repeats"),
            ("存活概率", "chance to be there"),
            ("预计次数", "expected purchases"),
            ("每次金额", "spend"),
            ("价值", "value"),
        ],
    );
    for p in by_value {
        list.rows.push(vec![
            Cell::Name(name(p.member)),
            Cell::Count(i64::from(p.repeats)),
            Cell::Number(p.alive, 6),
            Cell::Number(p.expected, 6),
            Cell::Money(p.spend),
            Cell::Money(p.value),
        ]);
    }
    list
}

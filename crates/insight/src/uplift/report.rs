//! Uplift in words.

use super::trial::{Compared, Trial};
use crate::orders::dates;
use crate::report::{Cell, Format, Plot, Report, Table, Text, says, share};
use shuke_kernel::Currency;

/// The report.
pub fn report(found: &Trial, currency: Currency) -> Report {
    let format = Format { chinese: true, plain: false, currency };
    let list = list_of(found);
    Report {
        kind: "uplift",
        title: says("活动效果：比不做多了多少", "Uplift: what the campaign added"),
        as_of: found.until,
        currency,
        findings: vec![spend(found, &format), buyers(found), visits(found)],
        next: vec![next(found)],
        warnings: warnings(found),
        method: says(
            "人数之差用 Newcombe 区间，格子小时用 Fisher 精确检验；人均之差用 Welch 区间，每边不到 30 人时用 Pitman 置换检验及其区间。",
            "Shares by Newcombe's interval and, where a cell is small, Fisher's exact test; means by Welch's interval, below 30 members a side by Pitman's permutation test and its interval.",
        ),
        figures: serde_json::json!({ "uplift": found, "from": dates::iso(found.from), "until": dates::iso(found.until) }),
        plots: vec![bars(found, &format)],
        tables: vec![list.clone()],
        list,
    }
}

/// Whether the interval leaves nothing out: then nothing can be said.
fn is_open(interval: Option<(f64, f64)>) -> bool {
    interval.is_none_or(|(low, high)| low <= 0.0 && high >= 0.0)
}

fn spend(found: &Trial, format: &Format) -> Text {
    let of = &found.spend;
    let money = |minor: f64| format.money(minor.round() as i64);
    let members = of.treated.members as f64;
    let Some((low, high)) = of.interval() else {
        return says(
            format!("人太少：人均多花 {}，但算不出可信的范围。", money(of.welch.difference)),
            format!("Too few members: {} more a member, but no interval can be given.", money(of.welch.difference)),
        );
    };
    let (zh, en) = if is_open(of.interval()) {
        ("还看不出活动让人多花了钱", "It can't be said that the campaign made members spend more")
    } else if low > 0.0 {
        ("活动确实让人多花了钱", "The campaign did make members spend more")
    } else {
        ("活动让人少花了钱", "The campaign made members spend less")
    };
    says(
        format!(
            "{zh}：人均 {}（{} 到 {}），{} 位一共 {}（{} 到 {}）。",
            money(of.welch.difference),
            money(low),
            money(high),
            of.treated.members,
            money(of.welch.difference * members),
            money(low * members),
            money(high * members)
        ),
        format!(
            "{en}: {} a member ({} to {}), {} for all {} ({} to {}).",
            money(of.welch.difference),
            money(low),
            money(high),
            money(of.welch.difference * members),
            of.treated.members,
            money(low * members),
            money(high * members)
        ),
    )
}

fn buyers(found: &Trial) -> Text {
    let of = &found.buyers;
    says(
        format!(
            "买过的：实验组 {}，对照组 {}，差 {}（{} 到 {}）。",
            share(of.treated),
            share(of.held_out),
            share(of.difference),
            share(of.interval.0),
            share(of.interval.1)
        ),
        format!(
            "Buyers: {} of the treated, {} of those held out; a difference of {} ({} to {}).",
            share(of.treated),
            share(of.held_out),
            share(of.difference),
            share(of.interval.0),
            share(of.interval.1)
        ),
    )
}

fn visits(found: &Trial) -> Text {
    let of = &found.visits;
    let (zh, en) = match of.interval() {
        Some((low, high)) => (format!("（{low:.2} 到 {high:.2}）"), format!(" ({low:.2} to {high:.2})")),
        None => (String::new(), String::new()),
    };
    says(
        format!("来店：实验组人均 {:.2} 次，对照组 {:.2} 次，差 {:.2}{zh}。", of.treated.mean, of.held_out.mean, of.welch.difference),
        format!(
            "Visits: {:.2} a treated member, {:.2} held out; a difference of {:.2}{en}.",
            of.treated.mean, of.held_out.mean, of.welch.difference
        ),
    )
}

fn next(found: &Trial) -> Text {
    match found.spend.interval() {
        Some((low, _)) if low > 0.0 => says(
            "拿一共多花的钱的低值减去活动成本，还有剩就接着做，仍留一组不做。",
            "Take the campaign's cost off the lower figure; if something is left, go on, and still hold a group out.",
        ),
        Some((_, high)) if high < 0.0 => says("停下来，先弄清为什么。", "Stop, and find out why first."),
        _ => says(
            "多收几周数据，或下次对照组留多一点（例如两成），再下结论。",
            "Wait some weeks, or hold out more next time (one in five, say), before you conclude.",
        ),
    }
}

fn warnings(found: &Trial) -> Vec<Text> {
    let mut warnings = vec![says(
        "对照组必须是事先抽签留出来的；拿“没收到的人”当对照，比的是谁收得到。",
        "Those held out must have been drawn by lot beforehand; comparing with who was not reached shows who can be reached.",
    )];
    if found.before.p() < 0.01 {
        warnings.push(says(
            "活动之前两组花的钱就不一样，多半不是抽签分的组；上面的数字别信。",
            "The two sides spent differently before the campaign already: they were hardly drawn by lot, so do not trust these figures.",
        ));
    }
    if found.without_orders > 0 {
        warnings.push(says(
            format!("{} 位在文件里没有订单，按没来算。", found.without_orders),
            format!("{} members have no order in the file and count as not having come.", found.without_orders),
        ));
    }
    if let Some(exact) = found.spend.exact {
        warnings.push(says(
            format!("有一边不到 30 人，人均之差用置换检验算（{} 种分法）。", exact.choices),
            format!("One side has fewer than 30 members; means were compared by permutation ({} choices).", exact.choices),
        ));
    }
    warnings
}

fn bars(found: &Trial, format: &Format) -> Plot {
    let bar = |zh: &str, en: &str, value: f64| (says(zh, en), value.max(0.0), format.money(value.round() as i64));
    Plot::Bars {
        title: says("人均花了多少？", "What did a member spend?"),
        axis: says("人均消费", "spend a member"),
        bars: vec![
            bar("活动前 实验组", "before, treated", found.before.treated.mean),
            bar("活动前 对照组", "before, held out", found.before.held_out.mean),
            bar("活动中 实验组", "during, treated", found.spend.treated.mean),
            bar("活动中 对照组", "during, held out", found.spend.held_out.mean),
        ],
    }
}

/// One row a figure.
fn list_of(found: &Trial) -> Table {
    let head = [
        ("", "figure"),
        ("实验组", "treated"),
        ("对照组", "held out"),
        ("差别", "difference"),
        ("低", "low"),
        ("高", "high"),
        ("碰巧的可能 p", "p"),
        ("精确算法", "exact"),
    ];
    let mut list = Table::new(says("两组差在哪里？", "Where do both sides differ?"), &head);
    let yes = |exact: bool| Cell::Word(if exact { says("是", "yes") } else { says("否", "no") });
    let buyers = &found.buyers;
    list.rows.push(vec![
        Cell::Word(says("买过的人", "buyers")),
        Cell::Share(buyers.treated),
        Cell::Share(buyers.held_out),
        Cell::Share(buyers.difference),
        Cell::Share(buyers.interval.0),
        Cell::Share(buyers.interval.1),
        Cell::Number(buyers.p, 4),
        yes(buyers.exact),
    ]);
    let mut mean = |name: Text, of: &Compared, cell: &dyn Fn(f64) -> Cell| {
        let end = |pick: fn((f64, f64)) -> f64| of.interval().map_or(Cell::Nothing, |interval| cell(pick(interval)));
        list.rows.push(vec![
            Cell::Word(name),
            cell(of.treated.mean),
            cell(of.held_out.mean),
            cell(of.welch.difference),
            end(|interval| interval.0),
            end(|interval| interval.1),
            Cell::Number(of.p(), 4),
            yes(of.exact.is_some()),
        ]);
    };
    mean(says("人均来店", "visits"), &found.visits, &|value| Cell::Number(value, 3));
    mean(says("人均消费", "spend"), &found.spend, &|value| Cell::Money(value.round() as i64));
    mean(says("活动前人均消费", "spend before"), &found.before, &|value| Cell::Money(value.round() as i64));
    list
}

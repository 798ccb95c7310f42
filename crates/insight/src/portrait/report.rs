//! Portrait in words.

use super::{Portrait, Size};
use crate::attribute::{Contrast, Group};
use crate::report::{Cell, Format, Plot, Report, Table, Text, says, share};
use crate::summary::Summary;
use crate::uplift::of_shares;
use shuke_kernel::Currency;

/// Values that the page shows.
const ROWS: usize = 15;

/// What the list needs of the members of the group.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Who is in it.
    pub chosen: &'a [bool],
    /// Everybody's size within the store.
    pub sizes: &'a [Size],
    /// Members of the list who have no orders.
    pub unknown: usize,
}

/// The report.
pub fn report(
    found: &Portrait,
    groups: &[Group],
    listed: Listed<'_>,
    summary: &Summary,
    name: &dyn Fn(u32) -> String,
    as_of: i32,
    currency: Currency,
) -> Report {
    let format = Format { chinese: true, plain: false, currency };
    let mut findings = vec![headline(found, &format)];
    findings.extend(found.contrasts.iter().filter(|c| c.is_found() && c.lift > 1.0).take(3).map(|c| said(c, groups)));
    if findings.len() == 1 {
        findings.push(says(
            "看了这些特征，这群人和别的会员没有明显不同。",
            "In these attributes the group does not differ from the other members.",
        ));
    }
    let mut warnings = vec![says(
        "这群人是按什么挑出来的，在那一项上自然不一样，不算发现。",
        "The group differs by construction in whatever it was chosen by; that is no finding.",
    )];
    if listed.unknown > 0 {
        warnings.push(says(
            format!("名单里有 {} 位在这个文件里没有订单，没有算。", listed.unknown),
            format!("{} members of the list have no orders in this file and were left out.", listed.unknown),
        ));
    }
    if found.members < 30 {
        warnings.push(says("这群人不到 30 位，只当线索看。", "The group has fewer than 30 members: take it as a hint only."));
    }
    let values = values_of(&found.contrasts, groups);
    Report {
        kind: "portrait",
        title: says("画像：这群人是什么样的", "Portrait: what this group is like"),
        as_of,
        currency,
        findings,
        next: vec![says(
            "照最突出的那一条去找还不在名单里的会员，他们最像这群人。",
            "Look for members outside the list who share the most striking of these: they are most like it.",
        )],
        warnings,
        method: says(
            "占比之差用 Newcombe 区间，检验用 Fisher 或卡方，多重比较按 Benjamini–Hochberg 校正；均值之差用 Welch 区间；大小客户按门店内累计金额（前一半、最后一成）。",
            "Differences of shares by Newcombe's interval, Fisher's or the χ² test with Benjamini–Hochberg; of means by Welch's; sizes by cumulated money within the store (first half, last tenth).",
        ),
        figures: serde_json::json!({ "portrait": { "members": found.members, "others": found.others, "figures": found.figures, "unknown": listed.unknown } }),
        plots: vec![bars(found, groups)],
        tables: vec![figures_of(found), values.first(ROWS, values.title.clone()), values],
        list: members_of(listed, summary, name, as_of),
    }
}

fn headline(found: &Portrait, format: &Format) -> Text {
    let (visits, money) = (&found.figures[0], &found.figures[1]);
    let major = |minor: f64| format.money(minor.round() as i64);
    says(
        format!(
            "这群人共 {} 位：平均来 {:.1} 次、花 {}；其他 {} 位会员平均来 {:.1} 次、花 {}。",
            found.members,
            visits.group,
            major(money.group),
            found.others,
            visits.others,
            major(money.others)
        ),
        format!(
            "{} members, who came {:.1} times and spent {} on average; the {} others came {:.1} times and spent {}.",
            found.members,
            visits.group,
            major(money.group),
            found.others,
            visits.others,
            major(money.others)
        ),
    )
}

fn said(contrast: &Contrast, groups: &[Group]) -> Text {
    let (name, value) = (&groups[contrast.group].name, &groups[contrast.group].values[contrast.value]);
    let (own, rest) = (share(contrast.share_of_set()), share(contrast.share_of_rest()));
    says(
        format!("{}“{}”的占 {own}，别的会员里只占 {rest}。", name.zh, value.zh),
        format!("{} “{}”: {own} of them, {rest} of the others.", name.en, value.en),
    )
}

fn figures_of(found: &Portrait) -> Table {
    let head = [("", "figure"), ("这群人", "group"), ("其他会员", "others"), ("差别", "difference"), ("低", "low"), ("高", "high")];
    let mut table = Table::new(says("花多少、来多勤？", "How much, how often?"), &head);
    for figure in &found.figures {
        let cell = |value: f64| if figure.money { Cell::Money(value.round() as i64) } else { Cell::Number(value, 2) };
        let of = &figure.difference;
        table.rows.push(vec![
            Cell::Word(figure.name.clone()),
            cell(figure.group),
            cell(figure.others),
            cell(of.difference),
            cell(of.interval.0),
            cell(of.interval.1),
        ]);
    }
    table
}

fn values_of(contrasts: &[Contrast], groups: &[Group]) -> Table {
    let head = [
        ("特征", "attribute"),
        ("取值", "value"),
        ("这群人里", "group"),
        ("其他会员里", "others"),
        ("提升度", "lift"),
        ("差别低", "low"),
        ("差别高", "high"),
        ("碰巧的可能 q", "q"),
    ];
    let mut table = Table::new(says("和别人哪里不同？", "Where do they differ from the others?"), &head);
    for contrast in contrasts {
        let Ok(test) = of_shares(contrast.inside, contrast.set, contrast.outside, contrast.rest) else { continue };
        table.rows.push(vec![
            Cell::Word(groups[contrast.group].name.clone()),
            Cell::Word(groups[contrast.group].values[contrast.value].clone()),
            Cell::Share(test.treated),
            Cell::Share(test.held_out),
            Cell::Number(contrast.lift, 2),
            Cell::Share(test.interval.0),
            Cell::Share(test.interval.1),
            Cell::Number(contrast.q, 4),
        ]);
    }
    table
}

fn bars(found: &Portrait, groups: &[Group]) -> Plot {
    let striking = found.contrasts.iter().filter(|contrast| contrast.inside > 0).take(10);
    Plot::Bars {
        title: says("和别人比，哪些特征多几倍？", "How many times more often than among all?"),
        axis: says("提升度（1 为一样）", "lift (1 is the same)"),
        bars: striking
            .map(|contrast| {
                let (name, value) = (&groups[contrast.group].name, &groups[contrast.group].values[contrast.value]);
                let label = says(format!("{} {}", name.zh, value.zh), format!("{} {}", name.en, value.en));
                (label, contrast.lift, format!("{:.2}", contrast.lift))
            })
            .collect(),
    }
}

/// One row a member of the group.
fn members_of(listed: Listed<'_>, summary: &Summary, name: &dyn Fn(u32) -> String, as_of: i32) -> Table {
    let head =
        [("会员", "member"), ("大小", "size"), ("来过", "purchases"), ("一共花了", "money"), ("上次", "last day"), ("几天没来", "days")];
    let mut list = Table::new(says("这群人", "The group"), &head);
    for (number, member) in summary.buyers().filter(|(number, _)| listed.chosen.get(*number as usize).copied().unwrap_or(false)) {
        let size = match listed.sizes.get(number as usize) {
            Some(Size::Large) => says("大客户", "large"),
            Some(Size::Small) => says("小客户", "small"),
            _ => says("一般客户", "general"),
        };
        list.rows.push(vec![
            Cell::Name(name(number)),
            Cell::Word(size),
            Cell::Count(i64::from(member.orders)),
            Cell::Money(member.money),
            Cell::Day(member.last_day),
            Cell::Count(i64::from(as_of.saturating_sub(member.last_day))),
        ]);
    }
    list
}

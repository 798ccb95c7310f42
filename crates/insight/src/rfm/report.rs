//! RFM in words.

use super::{Cell as ValueCell, Method, Rfm};
use crate::report::{Cell, Plot, Report, Table, Text, says, share};
use crate::summary::Summary;
use shuke_kernel::Currency;

impl ValueCell {
    /// Its name.
    pub fn name(self) -> Text {
        match self {
            Self::KeyValue => says("重要价值", "key: value"),
            Self::KeyDevelop => says("重要发展", "key: develop"),
            Self::KeyKeep => says("重要保持", "key: keep"),
            Self::KeyWinBack => says("重要挽留", "key: win back"),
            Self::GeneralValue => says("一般价值", "general: value"),
            Self::GeneralDevelop => says("一般发展", "general: develop"),
            Self::GeneralKeep => says("一般保持", "general: keep"),
            Self::GeneralWinBack => says("一般挽留", "general: win back"),
        }
    }
    fn advice(self) -> Text {
        match self {
            Self::KeyValue => says("专人服务，新品先告诉他们，别用折扣打扰", "serve in person, show new goods first, no discounts"),
            Self::KeyDevelop => {
                says("按上次买的推下一步需要，多来一次就好，客单价别降", "offer the next need; one more visit, the same basket")
            }
            Self::KeyKeep => says("发短期有效的唤醒券，约回店", "a wake-up coupon that ends soon"),
            Self::KeyWinBack => says("先打电话问清为什么不来，再谈挽回", "ask why they stay away before anything else"),
            Self::GeneralValue => says("常来、花得少：做搭配和满减，抬客单价", "they come often: bundles and thresholds"),
            Self::GeneralDevelop => says("新客居多：第二次消费给个理由", "mostly new: a reason for the second visit"),
            Self::GeneralKeep => says("大促时群发提醒即可", "a reminder at large promotions"),
            Self::GeneralWinBack => says("不必花钱，留在名单里", "spend nothing, keep them on the list"),
        }
    }
}

fn cut_name(method: Method) -> Text {
    match method {
        Method::Mean => says("平均值", "the mean"),
        Method::Median => says("中位数", "the median"),
        Method::Quantile(points) => {
            says(format!("{:.0} % 分位", f64::from(points) / 100.0), format!("the {:.0} % quantile", f64::from(points) / 100.0))
        }
        Method::Fixed(..) => says("给定的值", "given values"),
    }
}

/// The report. `before` is the same some time ago, where it is known.
pub fn report(
    found: &Rfm,
    before: Option<&Rfm>,
    method: Method,
    summary: &Summary,
    name: &dyn Fn(u32) -> String,
    currency: Currency,
) -> Report {
    let members: u64 = found.totals.iter().map(|total| total.members).sum();
    let money: i64 = found.totals.iter().map(|total| total.money).fold(0, i64::saturating_add);
    let part = |money_of: i64| if money > 0 { money_of as f64 / money as f64 } else { 0.0 };
    let format = crate::report::Format { chinese: true, plain: false, currency };
    let cells = cells_of(found, before);
    let key = &found.totals[ValueCell::KeyValue as usize];
    let lost = &found.totals[ValueCell::KeyWinBack as usize];
    let keep = &found.totals[ValueCell::KeyKeep as usize];
    let (days, orders, cut) = (found.cuts.recency_days, found.cuts.orders, format.money(found.cuts.money.round() as i64));
    let list = list_of(found, summary, name);
    Report {
        kind: "rfm",
        title: says("RFM：谁值得花心思", "RFM: who is worth the effort"),
        as_of: found.as_of,
        currency,
        findings: vec![
            says(
                format!("{members} 位顾客里，{} 位“重要价值”客带来 {} 的消费额。", key.members, share(part(key.money))),
                format!("Of {members} members, {} of key value bring {} of the money.", key.members, share(part(key.money))),
            ),
            says(
                format!(
                    "{} 位“重要保持”、{} 位“重要挽留”客花得多、却很久没来，一共占 {}。",
                    keep.members,
                    lost.members,
                    share(part(keep.money + lost.money))
                ),
                format!(
                    "{} key members to keep and {} to win back spent much and have been away; together {}.",
                    keep.members,
                    lost.members,
                    share(part(keep.money + lost.money))
                ),
            ),
            says(
                format!("分界用{}：{days:.0} 天内来过算近，{orders:.1} 次以上算勤，{cut} 以上算多。", cut_name(method).zh),
                format!("Cut at {}: recent within {days:.0} days, often from {orders:.1} purchases, much from {cut}.", cut_name(method).en),
            ),
        ],
        next: vec![says(
            "先从“重要保持”下手：导出名单，建一个人群，发一张短期券，三天后回访。",
            "Begin with those to keep: export the list, make a segment, send a coupon that ends soon, call after three days.",
        )],
        warnings: skewed(found, summary),
        method: says(
            "五等分打分（Hughes 1994），并列按会员号先后；八类按近度、频次、金额与分界值比较。",
            "Quintile scores (Hughes 1994), ties by the member's number; cells by comparing each measure with its cut.",
        ),
        figures: serde_json::json!({ "cuts": found.cuts, "method": method, "cells": found.totals, "grid": found.grid }),
        plots: plots(found),
        tables: vec![cells],
        list,
    }
}

fn skewed(found: &Rfm, summary: &Summary) -> Vec<Text> {
    let above = found.members.iter().filter(|m| summary.members[**m as usize].money as f64 >= found.cuts.money).count();
    if above * 5 >= found.members.len() {
        return Vec::new();
    }
    vec![says(
        "少数大客户把平均值抬得很高，八成以上的人都算“花得少”；分界换成中位数（--cut median）再看一次。",
        "A few large customers pull the mean up, so that more than four fifths count as spending little; look again with the median as the cut (--cut median).",
    )]
}

/// One row a member.
fn list_of(found: &Rfm, summary: &Summary, name: &dyn Fn(u32) -> String) -> Table {
    let mut list = Table::new(
        says("会员", "Members"),
        &[
            ("会员", "member"),
            ("最近一次", "last purchase"),
            ("天数", "days"),
            ("次数", "orders"),
            ("金额", "money"),
            ("R", "r"),
            ("F", "f"),
            ("M", "m"),
            ("类别", "cell"),
        ],
    );
    for (at, number) in found.members.iter().enumerate() {
        let member = &summary.members[*number as usize];
        let score = |part: usize| Cell::Count(i64::from(found.scores[at][part]));
        list.rows.push(vec![
            Cell::Name(name(*number)),
            Cell::Day(member.last_day),
            Cell::Count(i64::from(found.as_of) - i64::from(member.last_day)),
            Cell::Count(i64::from(member.orders)),
            Cell::Money(member.money),
            score(0),
            score(1),
            score(2),
            Cell::Word(found.cells[at].name()),
        ]);
    }
    list
}

/// The eight cells, against `before`.
fn cells_of(found: &Rfm, before: Option<&Rfm>) -> Table {
    let members: u64 = found.totals.iter().map(|total| total.members).sum();
    let money: i64 = found.totals.iter().map(|total| total.money).fold(0, i64::saturating_add);
    let part = |money_of: i64| if money > 0 { money_of as f64 / money as f64 } else { 0.0 };
    let mut cells = Table::new(
        says("八类顾客", "The eight cells"),
        &[
            ("类别", "cell"),
            ("人数", "members"),
            ("占比", "share"),
            ("消费额", "money"),
            ("占比", "share of money"),
            ("较 90 天前", "change in 90 days"),
            ("怎么做", "what to do"),
        ],
    );
    for total in &found.totals {
        let then = before.and_then(|before| before.totals.iter().find(|other| other.cell == total.cell)).map(|other| other.members);
        let change = then.map_or(Cell::Nothing, |then| Cell::Count(total.members as i64 - then as i64));
        cells.rows.push(vec![
            Cell::Word(total.cell.name()),
            Cell::Count(total.members as i64),
            Cell::Share(total.members as f64 / members.max(1) as f64),
            Cell::Money(total.money),
            Cell::Share(part(total.money)),
            change,
            Cell::Word(total.cell.advice()),
        ]);
    }
    cells
}

fn plots(found: &Rfm) -> Vec<Plot> {
    let axis = says("人数", "members");
    let bars = found.totals.iter().map(|total| (total.cell.name(), total.members as f64, total.members.to_string())).collect();
    let fives = |zh: &str, en: &str| (1..=5).map(|score| says(format!("{zh}{score}"), format!("{en}{score}"))).collect::<Vec<_>>();
    vec![
        Plot::Bars { title: says("哪一类顾客最多？", "Which cell holds most members?"), axis, bars },
        Plot::Field {
            title: says("近度和频次怎么分布？", "How do recency and frequency go together?"),
            rows: fives("R", "R"),
            columns: fives("F", "F"),
            values: found.grid.iter().map(|row| row.iter().map(|count| Some(*count as f64)).collect()).collect(),
            shares: false,
        },
    ]
}

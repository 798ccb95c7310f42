//! Anomalies in words.

use super::{Anomalies, Reason};
use crate::orders::{NONE, Orders, dates};
use crate::report::{Cell, Format, Plot, Report, Table, Text, says, share};
use shuke_kernel::Currency;

fn figure(name: &str) -> Text {
    match name {
        "orders" => says("消费次数", "number of purchases"),
        "money" => says("消费总额", "money"),
        "money_per_order" => says("客单价", "money per purchase"),
        "returned_share" => says("退货比例", "share given back"),
        _ => says("每单件数", "lines per purchase"),
    }
}

fn words(reason: &Reason, format: &Format) -> (Text, Text) {
    match reason {
        Reason::StaffReturns { share: own, usual } => (
            says("员工退货多", "staff with many returns"),
            says(
                format!("经手的单里 {} 有退货，全店 {}", share(*own), share(*usual)),
                format!("{} of the orders have returns, {} over all", share(*own), share(*usual)),
            ),
        ),
        Reason::ReturnsMuch { share: own, money } => (
            says("退得多", "returns much"),
            says(
                format!("退了 {}，是买的 {}", format.money(*money), share(*own)),
                format!("gave back {}, {} of what was bought", format.money(*money), share(*own)),
            ),
        ),
        Reason::ManyInADay { orders, day } => (
            says("一天多次", "many in a day"),
            says(
                format!("{} 一天 {orders} 单，会员卡是不是被借用了", dates::iso(*day)),
                format!("{orders} purchases on {}: is the card shared", dates::iso(*day)),
            ),
        ),
        Reason::Unusual { score, figure: name, distance } => (
            says("与众不同", "unusual"),
            says(
                format!("{}离一般水平 {distance:.1} 个标准差（分数 {score:.2}）", figure(name).zh),
                format!("{} is {distance:.1} deviations from the usual (score {score:.2})", figure(name).en),
            ),
        ),
    }
}

/// The report.
pub fn report(found: &Anomalies, orders: &Orders, as_of: i32, currency: Currency) -> Report {
    let format = Format { chinese: true, plain: false, currency };
    let mut list = Table::new(says("提醒", "Alerts"), &[("是谁", "who"), ("什么", "kind"), ("为什么", "reason"), ("金额", "money")]);
    let mut kinds: Vec<(Text, usize)> = Vec::new();
    for alert in &found.alerts {
        let (kind, reason) = words(&alert.reason, &format);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((kind.clone(), 1)),
        }
        let who = if alert.member == NONE { orders.staff.text(alert.staff) } else { orders.members.text(alert.member) };
        let money = if alert.member == NONE { Cell::Nothing } else { Cell::Money(alert.money) };
        list.rows.push(vec![Cell::Name(who), Cell::Word(kind), Cell::Word(reason), money]);
    }
    let told = |pick: &dyn Fn(&Text) -> String, joint: &str| {
        kinds.iter().map(|(kind, count)| format!("{} {count}", pick(kind))).collect::<Vec<_>>().join(joint)
    };
    let finding = if kinds.is_empty() {
        says(format!("看了 {} 位顾客，没有需要问的。", found.members), format!("{} members looked at, nothing to ask.", found.members))
    } else {
        says(
            format!("看了 {} 位顾客：{}。", found.members, told(&|kind| kind.zh.clone(), "，")),
            format!("{} members looked at: {}.", found.members, told(&|kind| kind.en.clone(), ", ")),
        )
    };
    let bars = kinds.iter().map(|(kind, count)| (kind.clone(), *count as f64, count.to_string())).collect();
    Report {
        kind: "anomalies",
        title: says("异常：哪些单子该问一问", "Anomalies: what to ask about"),
        as_of,
        currency,
        findings: vec![finding],
        next: vec![says("从上往下一条条核对小票；确认没事的不用再看。", "Go down the list with the receipts at hand.")],
        warnings: vec![says(
            "提醒只是疑问，不是结论：批发客和骗子一样“与众不同”。",
            "An alert is a question, not a verdict: a wholesale customer is as unusual as a thief.",
        )],
        method: says(
            "先用明白的规则，再用孤立森林（Liu、Ting、Zhou 2008；100 棵树，每棵 256 人）。",
            "Plain rules first, then an isolation forest (Liu, Ting, Zhou 2008; 100 trees of 256 members).",
        ),
        figures: serde_json::json!({ "members": found.members, "alerts": found.alerts.len() }),
        plots: vec![Plot::Bars {
            title: says("哪种提醒最多？", "Which alerts are most frequent?"), axis: says("条数", "alerts"), bars
        }],
        tables: vec![list.clone()],
        list,
    }
}

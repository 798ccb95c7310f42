//! Price sensitivity in words.

use super::{Elasticity, Prices, Sensitivity};
use crate::report::{Cell, Plot, Report, Style, Table, Text, lines, says, share};
use shuke_kernel::Currency;

/// What is said of a member.
fn word(sensitivity: Sensitivity) -> Text {
    match sensitivity {
        Sensitivity::Sensitive => says("爱买折扣", "sensitive"),
        Sensitivity::NotSensitive => says("不在意价格", "not sensitive"),
        Sensitivity::Unknown => says("还看不出", "not known yet"),
    }
}

/// The report.
pub fn report(found: &Prices, member: &dyn Fn(u32) -> String, item: &dyn Fn(u32) -> String, as_of: i32, currency: Currency) -> Report {
    let [sensitive, not, unknown] = found.members;
    let mut findings = vec![
        says(
            format!(
                "{} 是打折卖出的（{} 行里 {} 行）。",
                share(found.discounted as f64 / found.lines.max(1) as f64),
                found.lines,
                found.discounted
            ),
            format!(
                "{} of the lines were sold at a discount ({} of {}).",
                share(found.discounted as f64 / found.lines.max(1) as f64),
                found.discounted,
                found.lines
            ),
        ),
        says(
            format!("{sensitive} 位会员明显爱买折扣，{not} 位明显不在意价格，{unknown} 位买得还少、看不出来。"),
            format!(
                "{sensitive} members clearly buy at discounts, {not} clearly do not mind the price, of {unknown} it can't be said yet."
            ),
        ),
    ];
    findings.push(slope(found.elasticity.as_ref()));
    let list = list_of(found, member);
    Report {
        kind: "prices",
        title: says("价格：谁等打折，降价值不值", "Prices: who waits for discounts, and what a lower price brings"),
        as_of,
        currency,
        findings,
        next: vec![says(
            "给不在意价格的会员发新品和服务，不发折扣券；折扣券留给明显爱买折扣的。",
            "Send news and service to those who do not mind the price, and keep coupons for those who do.",
        )],
        warnings: warnings(found),
        method: says(
            "会员按折扣行占比的 Wilson 区间与全店比较；弹性为商品内每周 ln 销量对 ln 价格的斜率（固定效应），标准误按商品聚类。",
            "Members by Wilson's interval of their share of discounted lines against the shop's; elasticity is the within-item slope of ln pieces on ln price a week, errors clustered by item.",
        ),
        figures: serde_json::json!({ "prices": found }),
        plots: vec![bars(found), curve(found)],
        tables: vec![items_of(found, item)],
        list,
    }
}

fn slope(elasticity: Option<&Elasticity>) -> Text {
    match elasticity {
        Some(of) if of.interval.1 < -1.0 => says(
            format!(
                "价格降 1 %，销量大约多 {:.2} %（{:.2} 到 {:.2}）：降价能多卖钱，但要先看毛利。",
                -of.slope, -of.interval.1, -of.interval.0
            ),
            format!(
                "One percent off brings about {:.2} % more pieces ({:.2} to {:.2}): lower prices bring more money, if the margin bears them.",
                -of.slope, -of.interval.1, -of.interval.0
            ),
        ),
        Some(of) if of.interval.0 > -1.0 => says(
            format!("价格降 1 %，销量只多 {:.2} %（{:.2} 到 {:.2}）：降价收回来的钱更少。", -of.slope, -of.interval.1, -of.interval.0),
            format!(
                "One percent off brings only {:.2} % more pieces ({:.2} to {:.2}): lower prices bring less money.",
                -of.slope, -of.interval.1, -of.interval.0
            ),
        ),
        Some(of) => says(
            format!(
                "价格降 1 %，销量大约多 {:.2} %（{:.2} 到 {:.2}），降价多卖还是少卖钱还说不准。",
                -of.slope, -of.interval.1, -of.interval.0
            ),
            format!(
                "One percent off brings about {:.2} % more pieces ({:.2} to {:.2}); whether it brings more money can't be said.",
                -of.slope, -of.interval.1, -of.interval.0
            ),
        ),
        None => says("改过价的商品太少，看不出降价能多卖多少。", "Too few goods changed their price to say what a lower one would bring."),
    }
}

fn warnings(found: &Prices) -> Vec<Text> {
    let mut warnings = vec![says(
        "换季清仓时销量和价格一起降，量大优惠时买得多价格才低；这两种情况弹性不能信。",
        "At the end of a season demand falls with the price, and large quantities get lower prices: trust no elasticity there.",
    )];
    if !found.listed {
        warnings.push(says(
            "文件里没有原价，拿每种商品当季最常卖的价格来比；长期打折的商品会被当成没打折。有原价列更准。",
            "The file has no list price; each item's most frequent price of the quarter stands for it, so that a lasting discount is not seen. Add a column with the list price.",
        ));
    }
    warnings
}

fn bars(found: &Prices) -> Plot {
    let kinds = [Sensitivity::Sensitive, Sensitivity::NotSensitive, Sensitivity::Unknown];
    Plot::Bars {
        title: says("有多少会员在意价格？", "How many members mind the price?"),
        axis: says("会员", "members"),
        bars: kinds.into_iter().zip(found.members).map(|(kind, members)| (word(kind), members as f64, members.to_string())).collect(),
    }
}

/// How the share of discounted lines is spread over members with enough of them.
fn curve(found: &Prices) -> Plot {
    let mut shares: Vec<f64> =
        found.habits.iter().filter(|habit| habit.lines >= 5).map(|habit| habit.discounted as f64 / habit.lines as f64 * 100.0).collect();
    shares.sort_unstable_by(f64::total_cmp);
    let every = shares.len().div_ceil(200).max(1);
    let all = shares.len().max(1) as f64;
    let points = shares.iter().enumerate().step_by(every).map(|(at, share)| ((at as f64 + 1.0) / all * 100.0, *share)).collect();
    Plot::Lines {
        title: says("折扣占会员购买的多少？", "How much of what members buy is at a discount?"),
        axes: (says("会员（从少到多）%", "members, from least, %"), says("打折行 %", "discounted lines, %")),
        lines: vec![lines(says("买过五行以上的会员", "members with five lines or more"), Style::Solid, points)],
        band: Vec::new(),
    }
}

/// The items that react most to their price.
fn items_of(found: &Prices, item: &dyn Fn(u32) -> String) -> Table {
    let head = [("商品", "item"), ("弹性", "elasticity"), ("低", "low"), ("高", "high"), ("周数", "weeks")];
    let mut table = Table::new(says("哪些商品降价最管用？", "Which goods react most to their price?"), &head);
    for (number, of) in found.items.iter().filter(|(_, of)| of.interval.1 < 0.0).take(50) {
        table.rows.push(vec![
            Cell::Name(item(*number)),
            Cell::Number(of.slope, 2),
            Cell::Number(of.interval.0, 2),
            Cell::Number(of.interval.1, 2),
            Cell::Count(i64::try_from(of.weeks).unwrap_or(0)),
        ]);
    }
    table
}

/// One row a member.
fn list_of(found: &Prices, member: &dyn Fn(u32) -> String) -> Table {
    let head = [
        ("会员", "member"),
        ("价格敏感", "sensitivity"),
        ("行数", "lines"),
        ("打折行", "discounted lines"),
        ("占比", "share"),
        ("低", "low"),
        ("高", "high"),
        ("省下", "saved"),
        ("原价合计", "list amount"),
    ];
    let mut list = Table::new(says("每位会员", "Members"), &head);
    let count = |n: u64| Cell::Count(i64::try_from(n).unwrap_or(i64::MAX));
    for habit in &found.habits {
        list.rows.push(vec![
            Cell::Name(member(habit.member)),
            Cell::Word(word(habit.sensitivity)),
            count(habit.lines),
            count(habit.discounted),
            Cell::Share(habit.discounted as f64 / habit.lines.max(1) as f64),
            Cell::Share(habit.interval.0),
            Cell::Share(habit.interval.1),
            Cell::Money(habit.saved),
            Cell::Money(habit.list),
        ]);
    }
    list
}

//! Next in words.

use super::ages::{Ages, Coming};
use super::recommend::{Recommended, Trial};
use super::replenish::{self, Lasting, Need};
use crate::report::{Cell, Plot, Report, Table, Text, says, share};
use shuke_kernel::Currency;

/// All that was found.
#[derive(Debug)]
pub struct Found {
    /// Days that are looked ahead.
    pub days: i32,
    /// Items with a rhythm.
    pub items: Vec<Lasting>,
    /// Needs of these days.
    pub needs: Vec<Need>,
    /// How right such needs were.
    pub needs_trial: replenish::Trial,
    /// Recommendations.
    pub recommended: Vec<Recommended>,
    /// How right they were.
    pub trial: Trial,
    /// By the child's age, where that is known: the rates, the needs, and what the column is called.
    pub ages: Option<(Ages, Vec<Coming>, String)>,
}

/// Rows of the tables; the list has all.
const ROWS: usize = 15;

/// The report.
pub fn report(found: &Found, member: &dyn Fn(u32) -> String, item: &dyn Fn(u32) -> String, as_of: i32, currency: Currency) -> Report {
    let mut findings = vec![due(found), recommended(found)];
    findings.extend(found.ages.as_ref().map(|(ages, coming, name)| by_age(ages, coming, name)));
    let mut tables = vec![lasting_of(found, item)];
    tables.extend(found.ages.as_ref().map(|(ages, ..)| ages_of(ages, item)));
    Report {
        kind: "next",
        title: says("下一单：该补什么，会喜欢什么", "Next: what members will need, and what they may like"),
        as_of,
        currency,
        findings,
        next: vec![says(
            "导出名单，按“到期日”提前三天提醒补货；推荐的商品只在本来就要联系时顺带提一句。",
            "Take the list and remind three days before an item is due; mention what is recommended when you are in touch anyway.",
        )],
        warnings: warnings(found),
        method: says(
            "补货：对数间隔的单因素随机效应，会员均值用最佳线性无偏预测；推荐：按先后次序的条件概率（Deshpande–Karypis 2004），在最后几周上与最热门商品比过；月龄：分月龄购买率与 Wilson 区间。",
            "Replenishment: one-way random effects of ln intervals with best linear unbiased prediction; recommendations: conditional probability in the order of time (Deshpande and Karypis 2004), tried against the most popular on the last weeks; ages: age-specific rates with Wilson's interval.",
        ),
        figures: figures(found),
        plots: vec![bars(found)],
        tables,
        list: list_of(found, member, item, as_of),
    }
}

fn figures(found: &Found) -> serde_json::Value {
    serde_json::json!({ "next": {
        "days": found.days, "items_with_rhythm": found.items.len(), "due": found.needs.len(), "due_trial": found.needs_trial,
        "recommended": found.recommended.len(), "hit_rate": found.trial.hit_rate(), "popular_hit_rate": found.trial.popular_rate(),
        "difference": found.trial.interval(), "trial": found.trial,
        "children": found.ages.as_ref().map(|(ages, ..)| ages.members), "coming": found.ages.as_ref().map(|(_, coming, _)| coming.len()),
    } })
}

fn due(found: &Found) -> Text {
    let trial = &found.needs_trial;
    let (hit, base) = (share(trial.came as f64 / trial.due.max(1) as f64), share(trial.bought as f64 / trial.pairs.max(1) as f64));
    if found.items.is_empty() {
        return says("没有哪种商品是按固定间隔回来买的。", "No item is bought again at a steady interval.");
    }
    says(
        format!(
            "{} 种商品有补货节奏，接下来 {} 天有 {} 份该补。拿最近 {} 天试过：说该补的，{hit} 真的来买了；不看到期日只有 {base}。",
            found.items.len(),
            found.days,
            found.needs.len(),
            found.days
        ),
        format!(
            "{} items are bought again in a rhythm, {} needs fall due within {} days. Tried on the last {} days: {hit} of what was due was bought, {base} without looking at dates.",
            found.items.len(),
            found.needs.len(),
            found.days,
            found.days
        ),
    )
}

fn recommended(found: &Found) -> Text {
    let (ours, popular) = (share(found.trial.hit_rate()), share(found.trial.popular_rate()));
    if found.trial.members == 0 {
        return says(
            "最近没有会员买过对她来说新的商品，推荐没法检验。",
            "No member bought anything new lately, so recommendations could not be tried.",
        );
    }
    says(
        format!("推荐十样新商品，{} 位会员里 {ours} 随后买了其中一样；推最热门的十样是 {popular}。", found.trial.members),
        format!(
            "Of {} members, {ours} then bought one of ten recommended items that were new to them; of the ten most popular, {popular}.",
            found.trial.members
        ),
    )
}

fn by_age(ages: &Ages, coming: &[Coming], name: &str) -> Text {
    says(
        format!("按“{name}”看，{} 位会员的孩子月龄已知，其中 {} 份需求快到阶段了。", ages.members, coming.len()),
        format!("By “{name}”, the child's age is known of {} members; {} needs come with the next months.", ages.members, coming.len()),
    )
}

fn warnings(found: &Found) -> Vec<Text> {
    let mut warnings = Vec::new();
    let (low, high) = found.trial.interval();
    if found.trial.members > 0 && low <= 0.0 {
        warnings.push(says(
            format!("推荐不比推最热门的好（差 {} 到 {}）：先推最热门的。", share(low), share(high)),
            format!(
                "Recommendations are no better than the most popular goods (difference {} to {}): take those.",
                share(low),
                share(high)
            ),
        ));
    }
    if found.needs_trial.due < 30 {
        warnings.push(says("能检验的补货不到 30 份，到期日先当参考。", "Fewer than 30 needs could be tried: take the dates as a hint."));
    }
    warnings.push(says("跨春节、大促的间隔会偏长或偏短。", "Intervals across a holiday or a sale are too long or too short."));
    warnings
}

fn bars(found: &Found) -> Plot {
    let bar = |zh: &str, en: &str, part: usize, of: usize| {
        let value = part as f64 / of.max(1) as f64;
        (says(zh, en), value * 100.0, share(value))
    };
    Plot::Bars {
        title: says("说得准不准？", "How right is it?"),
        axis: says("随后真的买了 %", "then bought, %"),
        bars: vec![
            bar("到期的补货", "due needs", found.needs_trial.came, found.needs_trial.due),
            bar("所有买过两次的", "all bought twice", found.needs_trial.bought, found.needs_trial.pairs),
            bar("推荐十样", "ten recommended", found.trial.hits, found.trial.members),
            bar("最热门十样", "ten most popular", found.trial.popular_hits, found.trial.members),
        ],
    }
}

fn count(n: usize) -> Cell {
    Cell::Count(i64::try_from(n).unwrap_or(i64::MAX))
}

fn lasting_of(found: &Found, item: &dyn Fn(u32) -> String) -> Table {
    let head =
        [("商品", "item"), ("回购会员", "members"), ("间隔数", "intervals"), ("一般能用几天", "days"), ("八成在", "from"), ("到", "to")];
    let mut table = Table::new(says("哪些商品会用完再来？", "Which goods are bought again when they are used up?"), &head);
    let mut items = found.items.clone();
    items.sort_by_key(|of| (std::cmp::Reverse(of.members), of.item));
    for of in items.iter().take(ROWS) {
        let spread = 1.2816 * (of.between + of.within).sqrt();
        table.rows.push(vec![
            Cell::Name(item(of.item)),
            count(of.members),
            count(of.intervals),
            Cell::Number(of.mean.exp(), 0),
            Cell::Number((of.mean - spread).exp(), 0),
            Cell::Number((of.mean + spread).exp(), 0),
        ]);
    }
    table
}

fn ages_of(ages: &Ages, item: &dyn Fn(u32) -> String) -> Table {
    let head = [
        ("商品", "item"),
        ("会员", "members"),
        ("一成早于（月龄）", "a tenth before"),
        ("一半早于", "half before"),
        ("九成早于", "nine tenths before"),
    ];
    let mut table = Table::new(says("孩子多大时开始买？（月龄）", "At which age (months) do they begin with it?"), &head);
    for of in ages.items.iter().take(60) {
        let month = |month: i32| Cell::Count(i64::from(month));
        table.rows.push(vec![Cell::Name(item(of.item)), count(of.members), month(of.months.0), month(of.months.1), month(of.months.2)]);
    }
    table
}

/// One row a member and item, of all three kinds.
fn list_of(found: &Found, member: &dyn Fn(u32) -> String, item: &dyn Fn(u32) -> String, as_of: i32) -> Table {
    let head = [
        ("会员", "member"),
        ("为什么", "kind"),
        ("商品", "item"),
        ("到期日", "due day"),
        ("最早", "from"),
        ("最晚", "to"),
        ("上次", "last day"),
        ("分数", "score"),
        ("因为买过", "because of"),
    ];
    let mut list = Table::new(says("每位会员的下一单", "Each member's next"), &head);
    for need in &found.needs {
        let early = need.window.0.max(as_of.min(need.window.1));
        list.rows.push(vec![
            Cell::Name(member(need.member)),
            Cell::Word(says("该补货", "due")),
            Cell::Name(item(need.item)),
            Cell::Day(need.due_day),
            Cell::Day(early),
            Cell::Day(need.window.1),
            Cell::Day(need.last_day),
            Cell::Number(need.interval_days, 1),
            Cell::Nothing,
        ]);
    }
    let none = || [Cell::Nothing, Cell::Nothing, Cell::Nothing, Cell::Nothing];
    for of in &found.recommended {
        let mut row = vec![Cell::Name(member(of.member)), Cell::Word(says("可能喜欢", "recommended")), Cell::Name(item(of.item))];
        row.extend(none());
        row.extend([Cell::Number(of.score, 4), Cell::Name(item(of.because))]);
        list.rows.push(row);
    }
    for of in found.ages.iter().flat_map(|(_, coming, _)| coming) {
        let mut row = vec![Cell::Name(member(of.member)), Cell::Word(says("到月龄了", "age")), Cell::Name(item(of.item))];
        row.extend(none());
        row.extend([Cell::Number(of.lift, 2), Cell::Word(says(format!("{} 个月", of.age), format!("{} months old", of.age)))]);
        list.rows.push(row);
    }
    list
}

//! Baskets in words.

use super::{Rule, Sets};
use crate::report::{Cell, Plot, Report, Table, says, share};
use shuke_kernel::Currency;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Baskets.
    pub baskets: usize,
    /// Fewest baskets of a set.
    pub least: u32,
    /// Least confidence.
    pub confidence: f64,
    /// Closed sets among the frequent ones.
    pub closed: usize,
    /// Maximal ones.
    pub maximal: usize,
}

/// The report.
pub fn report(sets: &Sets, rules: &[Rule], asked: &Asked, name: &dyn Fn(u32) -> String, as_of: i32, currency: Currency) -> Report {
    let joined = |items: &[u32]| items.iter().map(|item| name(*item)).collect::<Vec<_>>().join(" + ");
    let list = list_of(rules, name);
    let mut findings = vec![says(
        format!("{} 张小票里，{} 个组合出现过 {} 次以上，能说成 {} 条规则。", asked.baskets, sets.len(), asked.least, rules.len()),
        format!("In {} baskets, {} sets occur {} times or more; they make {} rules.", asked.baskets, sets.len(), asked.least, rules.len()),
    )];
    if let Some(best) = rules.first() {
        let (left, right, lift) = (joined(&best.left), name(best.right), best.lift);
        findings.push(says(
            format!("买了“{left}”的人 {} 也买“{right}”，是平常的 {lift:.1} 倍。", share(best.confidence)),
            format!("{} of those who buy {left} also buy {right}, {lift:.1} times as often as usual.", share(best.confidence)),
        ));
    }
    let mut next = Vec::new();
    if let Some(most) = rules.iter().max_by(|a, b| a.leverage.total_cmp(&b.leverage)) {
        let (left, right) = (joined(&most.left), name(most.right));
        next.push(says(
            format!("陈列：把“{right}”摆到“{left}”旁边；收银台：有人买“{left}”就提一句“{right}”；套餐：两样一起卖。"),
            format!("Shelf: {right} beside {left}; till: who buys {left} hears of {right}; bundle: both together."),
        ));
    }
    let first = list.first(25, says("提升度最高的", "By lift"));
    let bars = rules.iter().take(12).map(|rule| {
        let text = format!("{} → {}", joined(&rule.left), name(rule.right));
        let short: String = text.chars().take(26).collect();
        (says(short.clone(), short), rule.lift, format!("{:.1}", rule.lift))
    });
    let plots = vec![Plot::Bars {
        title: says("哪些东西总是一起买？", "What is always bought together?"),
        axis: says("提升度", "lift"),
        bars: bars.collect(),
    }];
    Report {
        kind: "basket",
        title: says("搭配：什么总一起买", "Baskets: what goes together"),
        as_of,
        currency,
        findings,
        next,
        warnings: vec![says(
            "次数少的规则别当真；一起促销过的商品，提升度也会高。",
            "Do not trust a rule of few baskets; goods that were promoted together have a high lift, too.",
        )],
        method: says(
            "频繁模式增长（Han、Pei、Yin 2000）；右边只有一样的规则。",
            "Pattern growth (Han, Pei, Yin 2000); rules with one item on the right.",
        ),
        figures: serde_json::json!({
            "baskets": asked.baskets, "least_baskets": asked.least, "least_confidence": asked.confidence,
            "frequent": sets.len(), "closed": asked.closed, "maximal": asked.maximal, "rules": rules.len(),
        }),
        plots,
        tables: vec![first],
        list,
    }
}

/// One row a rule.
fn list_of(rules: &[Rule], name: &dyn Fn(u32) -> String) -> Table {
    let joined = |items: &[u32]| items.iter().map(|item| name(*item)).collect::<Vec<_>>().join(" + ");
    let mut list = Table::new(
        says("规则", "Rules"),
        &[
            ("买了", "left"),
            ("也买", "right"),
            ("单数", "baskets"),
            ("支持度", "support"),
            ("置信度", "confidence"),
            ("提升度", "lift"),
            ("杠杆", "leverage"),
            ("确信度", "conviction"),
        ],
    );
    for rule in rules {
        list.rows.push(vec![
            Cell::Name(joined(&rule.left)),
            Cell::Name(name(rule.right)),
            Cell::Count(i64::from(rule.count)),
            Cell::Number(rule.support, 6),
            Cell::Number(rule.confidence, 6),
            Cell::Number(rule.lift, 6),
            Cell::Number(rule.leverage, 6),
            rule.conviction.map_or(Cell::Nothing, |conviction| Cell::Number(conviction, 6)),
        ]);
    }
    list
}

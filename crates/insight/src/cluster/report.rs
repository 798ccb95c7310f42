//! Clusters in words.

use super::Clustering;
use crate::report::{Cell, Plot, Report, Table, Text, says};
use crate::summary::Summary;
use shuke_kernel::Currency;

/// A name from what sets a middle apart: recency, frequency, money in deviations from the mean.
fn named(centre: &[f64; 3]) -> Text {
    let [away, often, much] = *centre;
    let who = match (often + much) / 2.0 {
        level if level > 1.0 => says("大客户", "large"),
        level if level > 0.2 => says("常客", "regular"),
        level if level > -0.5 => says("散客", "occasional"),
        _ => says("浅尝客", "one-time"),
    };
    let when = match away {
        level if level < -0.7 => says("刚来过的", "just here"),
        level if level < 0.4 => says("近期的", "recent"),
        _ => says("许久没来的", "long away"),
    };
    says(format!("{}{}", when.zh, who.zh), format!("{}, {}", who.en, when.en))
}

/// Names, no two alike: the smaller of two groups with one name gets a number.
fn names(centres: &[[f64; 3]]) -> Vec<Text> {
    let mut names: Vec<Text> = Vec::new();
    for centre in centres {
        let mut name = named(centre);
        let base = name.clone();
        let mut number = 2;
        while names.contains(&name) {
            name = says(format!("{} {number}", base.zh), format!("{} {number}", base.en));
            number += 1;
        }
        names.push(name);
    }
    names
}

/// The report over members (`numbers`, parallel to the groups); `tried` are k with silhouette and inertia.
pub fn report(
    found: &Clustering<3>,
    tried: &[(usize, f64, f64)],
    numbers: &[u32],
    summary: &Summary,
    name: &dyn Fn(u32) -> String,
    as_of: i32,
    currency: Currency,
) -> Report {
    let names = names(&found.centres);
    let k = found.centres.len();
    let best = tried.iter().find(|(of, ..)| *of == k).map_or(0.0, |(_, silhouette, _)| *silhouette);
    let table = table_of(found, &names, numbers, summary, as_of);
    let list = list_of(found, &names, numbers, summary, name, as_of);
    let mut warnings = Vec::new();
    if best < 0.25 {
        warnings.push(says(
            "轮廓系数低于 0.25：顾客之间没有明显的分界，分群只是把一团人切成几块。",
            "The silhouette is below 0.25: there are no real groups, only a cloud cut in pieces.",
        ));
    }
    let bars = names.iter().zip(&found.sizes).map(|(name, size)| (name.clone(), *size as f64, size.to_string())).collect();
    let scores = tried
        .iter()
        .map(|(k, silhouette, _)| (says(format!("{k} 群"), format!("{k} groups")), *silhouette, format!("{silhouette:.3}")))
        .collect();
    Report {
        kind: "clusters",
        title: says("分群：顾客有几种", "Clusters: what kinds of members there are"),
        as_of,
        currency,
        findings: vec![says(
            format!(
                "分成 {k} 群（轮廓系数 {best:.2}）：{}。",
                names.iter().zip(&found.sizes).map(|(name, size)| format!("{} {size} 人", name.zh)).collect::<Vec<_>>().join("，")
            ),
            format!(
                "{k} groups (silhouette {best:.2}): {}.",
                names.iter().zip(&found.sizes).map(|(name, size)| format!("{} {size}", name.en)).collect::<Vec<_>>().join("; ")
            ),
        )],
        next: vec![says("把每一群存成人群，各用各的话术。", "Save each group as a segment and speak to it in its own way.")],
        warnings,
        method: says(
            "近度、频次、金额取对数并标准化后做 k-means（k-means++ 起点 25 次），群数由轮廓系数定。",
            "k-means (25 k-means++ starts) on scaled logarithms of recency, frequency and money; k by the silhouette.",
        ),
        figures: serde_json::json!({
            "k": k, "inertia": found.inertia, "silhouette": best, "sizes": found.sizes, "centres": found.centres,
            "names": names, "tried": tried,
        }),
        plots: vec![
            Plot::Bars { title: says("各群有多少人？", "How large is each group?"), axis: says("人数", "members"), bars },
            Plot::Bars { title: says("分几群合适？", "How many groups?"), axis: says("轮廓系数", "silhouette"), bars: scores },
        ],
        tables: vec![table],
        list,
    }
}

/// One row a member.
fn list_of(found: &Clustering<3>, names: &[Text], numbers: &[u32], summary: &Summary, name: &dyn Fn(u32) -> String, as_of: i32) -> Table {
    let mut list = Table::new(
        says("会员", "Members"),
        &[("会员", "member"), ("群", "group"), ("天数", "days"), ("次数", "orders"), ("金额", "money")],
    );
    for (number, group) in numbers.iter().zip(&found.group) {
        let member = &summary.members[*number as usize];
        list.rows.push(vec![
            Cell::Name(name(*number)),
            Cell::Word(names[*group as usize].clone()),
            Cell::Count(i64::from(as_of) - i64::from(member.last_day)),
            Cell::Count(i64::from(member.orders)),
            Cell::Money(member.money),
        ]);
    }
    list
}

/// One row a group.
fn table_of(found: &Clustering<3>, names: &[Text], numbers: &[u32], summary: &Summary, as_of: i32) -> Table {
    let mut table = Table::new(
        says("各群", "Groups"),
        &[
            ("群", "group"),
            ("人数", "members"),
            ("平均多少天没来", "mean days away"),
            ("平均次数", "mean orders"),
            ("人均金额", "mean money"),
            ("总金额", "money"),
        ],
    );
    for group in 0..found.centres.len() {
        let members: Vec<&crate::summary::Member> = numbers
            .iter()
            .zip(&found.group)
            .filter(|(_, own)| **own as usize == group)
            .map(|(m, _)| &summary.members[*m as usize])
            .collect();
        let n = members.len().max(1) as f64;
        let money = members.iter().map(|m| m.money).fold(0, i64::saturating_add);
        table.rows.push(vec![
            Cell::Word(names[group].clone()),
            Cell::Count(members.len() as i64),
            Cell::Number(members.iter().map(|m| f64::from(as_of) - f64::from(m.last_day)).sum::<f64>() / n, 1),
            Cell::Number(members.iter().map(|m| f64::from(m.orders)).sum::<f64>() / n, 1),
            Cell::Money((money as f64 / n).round() as i64),
            Cell::Money(money),
        ]);
    }
    table
}

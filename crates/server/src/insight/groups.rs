//! Members in what was found: their groups, and their names.
//!
//! In what is kept, a member is [`MARK`] and a number of the lake. Nothing else that people write can hold the
//! mark, so that it is found again wherever it stands: in a table, in a sentence, in a plot.

use super::body::{RunGroup, Words};
use super::ops;
use crate::lake;
use shuke_db::Tx;
use shuke_http::AppInner;
use shuke_insight::report::{Cell, Report, Table, table};
use shuke_kernel::{Error, MerchantId, Result};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{Read as _, Write as _};

/// Stands before a number of the lake.
pub(super) const MARK: char = '\u{1}';
/// The same in JSON.
const MARK_JSON: &str = "\\u0001";
/// Members that one statement looks up.
const BATCH: usize = 500;

/// The number of a cell that names a member.
fn number_of(cell: &Cell) -> Option<i64> {
    let Cell::Name(name) = cell else { return None };
    name.strip_prefix(MARK)?.parse().ok()
}

/// A word as a key: lower case, underscores.
fn key(text: &str) -> String {
    let words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("_").chars().take(80).collect()
}

fn says(zh: &str, en: &str) -> (String, Words) {
    (key(en), Words { zh: zh.to_owned(), en: en.to_owned() })
}

/// The chance to be there, in bands.
fn alive(chance: f64) -> (String, Words) {
    match chance {
        c if c >= 0.8 => says("还在（八成以上）", "there, 80 % and above"),
        c if c >= 0.5 => says("多半还在（五到八成）", "likely there, 50 to 80 %"),
        c if c >= 0.2 => says("可能走了（两到五成）", "at risk, 20 to 50 %"),
        _ => says("多半走了（不到两成）", "likely gone, below 20 %"),
    }
}

/// Groups of one run that are kept, the largest.
const GROUPS_MAX: usize = 200;

/// The groups of a row of the list: the first word in it, with the item where the word says why a member needs one;
/// else what its figures say.
fn groups_of(list: &Table, row: &[Cell]) -> Vec<(String, Words)> {
    let column = |name: &str| list.head.iter().position(|head| head.en == name).and_then(|at| row.get(at));
    if let Some(Cell::Count(late)) = column("late") {
        return vec![if *late > 0 { says("晚了", "late") } else { says("快到了", "due soon") }];
    }
    if let Some(Cell::Count(best)) = column("in the best fifth") {
        return vec![if *best > 0 { says("前 20 %", "best fifth") } else { says("其余 80 %", "the other four fifths") }];
    }
    if let Some(Cell::Word(word)) = row.iter().find(|cell| matches!(cell, Cell::Word(_))) {
        let mut found = vec![(key(&word.en), Words { zh: word.zh.clone(), en: word.en.clone() })];
        if let (Some(Cell::Word(_)), Some(Cell::Name(item))) = (column("kind"), column("item")) {
            found.push(says(&format!("{}：{item}", word.zh), &format!("{}: {item}", word.en)));
        }
        return found;
    }
    match column("chance to be there") {
        Some(Cell::Share(chance) | Cell::Number(chance, _)) if chance.is_finite() => vec![alive(*chance)],
        _ => Vec::new(),
    }
}

/// The groups of a report's list, the largest first, and which member is in which.
pub(super) fn groups(report: &Report) -> (Vec<RunGroup>, Vec<(i64, usize)>) {
    let mut found: Vec<(RunGroup, Vec<i64>)> = Vec::new();
    let mut places: HashMap<Words, usize> = HashMap::new();
    let mut keys: HashSet<String> = HashSet::new();
    let mut seen: HashSet<(i64, usize)> = HashSet::new();
    for row in report.list.rows.iter() {
        let Some(number) = row.iter().find_map(number_of) else { continue };
        for (key, name) in groups_of(&report.list, &row) {
            let place = *places.entry(name).or_insert_with_key(|name| {
                // Names that differ in marks only have one key.
                let key = if keys.contains(&key) { format!("{key}_{}", found.len()) } else { key };
                keys.insert(key.clone());
                found.push((RunGroup { key, name: name.clone(), members: 0 }, Vec::new()));
                found.len() - 1
            });
            if seen.insert((number, place)) {
                found[place].0.members += 1;
                found[place].1.push(number);
            }
        }
    }
    found.sort_by_key(|(group, _)| (std::cmp::Reverse(group.members), group.key.clone()));
    found.truncate(GROUPS_MAX);
    let members = found.iter().enumerate().flat_map(|(place, (_, members))| members.iter().map(move |number| (*number, place)));
    let members = members.collect();
    (found.into_iter().map(|(group, _)| group).collect(), members)
}

/// The long list and its groups as they lie in the lake's store: gzip of CSV, members by their marks, with the
/// group's key in a column before the others.
pub(super) fn kept_list(report: &Report, groups: &[RunGroup], members: &[(i64, usize)]) -> Result<Vec<u8>> {
    let failed = |error: std::io::Error| Error::internal(format!("a list in memory: {error}"));
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for (number, place) in members {
        writeln!(out, "{number},{}", groups[*place].key).map_err(failed)?;
    }
    out.write_all(b"\n").map_err(failed)?;
    out.write_all(&table::csv(report)?).map_err(failed)?;
    out.finish().map_err(failed)
}

/// A kept list, unpacked: its groups, and its CSV.
async fn unpacked(app: &AppInner, name: &str) -> Result<(String, String)> {
    let packed = app.slot::<lake::Place>().shelf().get(name).await?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_string(&mut text)
        .map_err(|error| Error::internal(format!("the list {name}: {error}")))?;
    // An empty line parts them; the groups are none where the list begins with it.
    match text.strip_prefix('\n') {
        Some(rest) => Ok((String::new(), rest.to_owned())),
        None => {
            let (groups, list) = text.split_once("\n\n").ok_or_else(|| Error::internal(format!("the list {name} has no end of groups")))?;
            Ok((groups.to_owned(), list.to_owned()))
        }
    }
}

/// The numbers of a group's members, in the list's order.
pub(super) async fn members_of(app: &AppInner, name: &str, group: &str) -> Result<Vec<i64>> {
    let (groups, _) = unpacked(app, name).await?;
    let own = |line: &str| line.split_once(',').filter(|(_, key)| *key == group).and_then(|(number, _)| number.parse().ok());
    Ok(groups.lines().filter_map(own).collect())
}

/// The long list for people: members by their own numbers.
pub(super) async fn named_list(app: &AppInner, merchant: MerchantId, name: &str) -> Result<Vec<u8>> {
    let (_, list) = unpacked(app, name).await?;
    let text = app.db.read(&(merchant, &list), |tx, (merchant, list)| Box::pin(written(tx, *merchant, list, "\u{1}"))).await?;
    Ok(text.into_bytes())
}

/// A report's JSON with members by their own numbers.
pub(super) async fn named(tx: &mut Tx, merchant: MerchantId, json: &str) -> Result<String> {
    written(tx, merchant, json, MARK_JSON).await
}

/// Writes a member's own number for each mark.
async fn written(tx: &mut Tx, merchant: MerchantId, text: &str, mark: &str) -> Result<String> {
    let wanted: Vec<i64> =
        text.split(mark).skip(1).filter_map(leading).map(|(number, _)| number).collect::<BTreeSet<_>>().into_iter().collect();
    let mut names: HashMap<i64, String> = HashMap::new();
    for batch in wanted.chunks(BATCH) {
        names.extend(lake::ops::member_numbers(tx, merchant, batch).await?);
    }
    let mut parts = text.split(mark);
    let mut out = parts.next().unwrap_or_default().to_owned();
    out.reserve(text.len());
    let nobody = ops::nobody().zh;
    for part in parts {
        match leading(part) {
            Some((number, rest)) => {
                out.push_str(names.get(&number).unwrap_or(&nobody));
                out.push_str(rest);
            }
            None => out.push_str(part),
        }
    }
    Ok(out)
}

fn leading(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text.get(..end)?.parse().ok()?, text.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_insight::report::says as both;
    use shuke_kernel::Currency;

    fn report(list: Table) -> Report {
        Report {
            kind: "rfm",
            title: both("", ""),
            as_of: 0,
            currency: Currency::CNY,
            findings: Vec::new(),
            next: Vec::new(),
            warnings: Vec::new(),
            method: both("", ""),
            figures: serde_json::Value::Null,
            plots: Vec::new(),
            tables: Vec::new(),
            list,
        }
    }

    fn member(number: i64) -> Cell {
        Cell::Name(format!("{MARK}{number}"))
    }

    #[test]
    fn members_fall_into_the_groups_of_their_rows() {
        let mut list = Table::new(both("会员", "Members"), &[("会员", "member"), ("类别", "cell")]);
        let word = |zh: &str, en: &str| Cell::Word(both(zh, en));
        list.rows = vec![
            vec![member(7), word("重要价值", "Key value")],
            vec![member(3), word("一般", "General")],
            vec![member(9), word("一般", "General")],
            vec![Cell::Name("9".into()), word("一般", "General")],
        ]
        .into();
        let (found, members) = groups(&report(list));
        assert_eq!(found.iter().map(|group| (group.key.as_str(), group.members)).collect::<Vec<_>>(), [("general", 2), ("key_value", 1)]);
        assert_eq!(members, [(3, 0), (9, 0), (7, 1)]);
    }

    #[test]
    fn figures_make_groups_where_there_is_no_word() {
        let bands = |chance| {
            let mut list = Table::new(both("", ""), &[("会员", "member"), ("存活概率", "chance to be there")]);
            list.rows = vec![vec![member(1), Cell::Number(chance, 6)]].into();
            groups(&report(list)).0.first().map(|group| group.key.clone())
        };
        assert_eq!(bands(0.8).as_deref(), Some("there_80_and_above"));
        assert_eq!(bands(0.19).as_deref(), Some("likely_gone_below_20"));
        assert_eq!(bands(f64::NAN), None);
        let mut late = Table::new(both("", ""), &[("会员", "member"), ("晚了", "late"), ("常来", "weekday")]);
        late.rows = vec![vec![member(1), Cell::Count(1), Cell::Word(both("周一", "Monday"))]].into();
        assert_eq!(groups(&report(late)).0[0].key, "late", "a weekday is no group");
    }

    #[test]
    fn a_member_who_needs_two_things_is_in_the_groups_of_both_once() {
        let head = [("会员", "member"), ("为什么", "kind"), ("商品", "item")];
        let mut list = Table::new(both("", ""), &head);
        let row = |number, item: &str| vec![member(number), Cell::Word(both("该补货", "due")), Cell::Name(item.into())];
        list.rows = vec![row(1, "奶粉"), row(1, "湿巾"), row(2, "奶粉"), row(2, "奶粉"), row(3, "奶-粉"), row(4, "奶 粉")].into();
        let (found, members) = groups(&report(list));
        let told: Vec<(&str, i64)> = found.iter().map(|group| (group.name.zh.as_str(), group.members)).collect();
        assert_eq!((told[0], told[1], told.len()), (("该补货", 4), ("该补货：奶粉", 2), 5));
        let keys: HashSet<&str> = found.iter().map(|group| group.key.as_str()).collect();
        assert_eq!((keys.len(), members.len()), (5, 9), "names that differ in a mark only have keys of their own");
    }

    #[test]
    fn a_mark_ends_where_its_number_ends() {
        assert_eq!(leading("12\",3"), Some((12, "\",3")));
        assert_eq!(leading("x"), None);
    }
}

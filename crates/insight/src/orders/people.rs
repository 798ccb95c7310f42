//! What a shop knows of its members beside their orders: a table with one member a row, CSV as [`super::csv`] reads it.
//!
//! Every column but the member's becomes an attribute by what it holds: days (a baby's birthday), numbers, or
//! kinds (a city, a source). Free text (names, phones, notes) is left out and named, so that nobody is
//! described by what only she has.

use super::columns::{Column, Columns};
use super::decimal::Decimal;
use super::names::{Names, decode};
use super::{NONE, Source, csv, dates};
use ::csv::ByteRecord;
use shuke_kernel::{Error, Result};
use std::path::Path;

/// What an attribute holds of each member, by the member's number in the orders.
#[derive(Clone, Debug)]
pub enum Values {
    /// One of some kinds: their names, and each member's place among them ([`NONE`] where nothing is known).
    Kinds(Vec<String>, Vec<u32>),
    /// A number.
    Numbers(Vec<Option<f64>>),
    /// A day.
    Days(Vec<Option<i32>>),
}

/// A column of the table.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its header.
    pub name: String,
    /// What it holds.
    pub values: Values,
}

/// The table.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// Columns of free text that were left out.
    pub left_out: Vec<String>,
    /// Rows of members who have orders.
    pub known: usize,
    /// Rows of members without any.
    pub unknown: usize,
}

/// Most kinds of an attribute.
const KINDS_MAX: usize = 60;
/// Most columns that are looked at.
const COLUMNS_MAX: usize = 200;

/// Rows of a table: header, and each row's cells.
struct Sheet {
    header: Vec<String>,
    member: usize,
    rows: Vec<Vec<Vec<u8>>>,
}

fn sheet(source: &Source, path: &Path) -> Result<Sheet> {
    let mut of = Source::new(path);
    of.named = source.named.iter().filter(|(column, _)| *column == Column::Member).cloned().collect();
    if of.is_parquet() {
        return Err(Error::invalid("file_unreadable", format!("{}: a table of members is read from CSV", path.display())));
    }
    let (mut reader, header) = csv::open(&of)?;
    // The orders may call the member's column differently than this table does.
    let columns = Columns::guess(&header, &of.named).or_else(|_| Columns::guess(&header, &[]))?;
    columns.need(&[Column::Member])?;
    let member = columns.at(Column::Member).unwrap_or(0);
    let (mut record, mut rows) = (ByteRecord::new(), Vec::new());
    while csv::next(&of, &mut reader, &mut record)? {
        let cells: Vec<Vec<u8>> =
            (0..header.len().min(COLUMNS_MAX)).map(|at| decode(record.get(at).unwrap_or_default()).trim().as_bytes().to_vec()).collect();
        if cells.get(member).is_some_and(|cell| !csv::known(cell).is_empty()) {
            rows.push(cells);
        }
    }
    if rows.is_empty() {
        return Err(Error::invalid("file_empty", format!("{} holds no member", path.display())));
    }
    Ok(Sheet { header, member, rows })
}

/// Reads the table of members. Of a member who stands there twice the last row counts.
///
/// Errors: `file_unreadable`, `file_empty`, `column_missing`.
pub fn read(source: &Source, path: &Path, members: &Names) -> Result<People> {
    let sheet = sheet(source, path)?;
    let numbers: Vec<u32> = sheet.rows.iter().map(|row| members.find(&row[sheet.member]).unwrap_or(NONE)).collect();
    let unknown = numbers.iter().filter(|number| **number == NONE).count();
    let mut people = People { known: numbers.len() - unknown, unknown, ..People::default() };
    for at in (0..sheet.header.len().min(COLUMNS_MAX)).filter(|at| *at != sheet.member) {
        let mut names = Names::default();
        let (mut of, mut gaps) = (vec![NONE; members.len()], false);
        for (row, number) in sheet.rows.iter().zip(&numbers).filter(|(_, number)| **number != NONE) {
            if row[at].is_empty() {
                gaps = true;
            } else {
                of[*number as usize] = names.number(&row[at]).unwrap_or(NONE);
            }
        }
        let name = sheet.header[at].clone();
        match values(&names, of, source) {
            Some(values) => people.attributes.push(Attribute { name, values }),
            // Where all are alike there is nothing to tell apart, and nothing to say about it.
            None if names.is_empty() || (names.len() == 1 && !gaps) => {}
            None => people.left_out.push(name),
        }
    }
    Ok(people)
}

/// What a column holds; none for free text and for a column without two kinds.
fn values(names: &Names, of: Vec<u32>, source: &Source) -> Option<Values> {
    let count = u32::try_from(names.len()).ok()?;
    let day_first = source.day_first.unwrap_or_else(|| (0..count).any(|n| dates::tells(names.bytes(n)) == Some(true)));
    // A lone number is a day only where it is written as one: 20260115, but neither a phone nor a card.
    let dated = |text: &[u8]| text.len() == 8 || !text.iter().all(u8::is_ascii_digit);
    let day = |text: &[u8]| dates::parse(text, day_first, &source.zone).filter(|_| dated(text)).map(|(day, _)| day);
    let days: Vec<Option<i32>> = (0..count).map(|n| day(names.bytes(n))).collect();
    let numbers: Vec<Option<f64>> = (0..count).map(|n| Decimal::parse(names.bytes(n)).map(as_number)).collect();
    let most = |found: usize| found > 0 && found * 20 >= names.len() * 19;
    let pick = |number: u32| (number != NONE).then_some(number as usize);
    if most(days.iter().flatten().count()) && !most(numbers.iter().flatten().filter(|n| n.abs() < 1e6).count()) {
        return Some(Values::Days(of.into_iter().map(|n| days[pick(n)?]).collect()));
    }
    if most(numbers.iter().flatten().count()) && names.len() > 8 {
        // A number that nearly everybody has for herself and that is long is a phone or a card, not a quantity.
        let long = numbers.iter().flatten().filter(|n| n.abs() >= 1e9).count();
        return (long * 2 < names.len()).then(|| Values::Numbers(of.into_iter().map(|n| numbers[pick(n)?]).collect()));
    }
    let held = of.iter().filter(|n| **n != NONE).count();
    let kinds = names.len() <= KINDS_MAX && (names.len() <= 12 || names.len() * 5 <= held);
    (kinds && names.len() > 1).then(|| Values::Kinds((0..count).map(|n| names.text(n)).collect(), of))
}

fn as_number(decimal: Decimal) -> f64 {
    decimal.mantissa as f64 / 10_f64.powi(i32::try_from(decimal.scale).unwrap_or(0))
}

/// The members that a list names; how many it names who have no orders.
///
/// Errors: as of [`read`].
pub fn list(source: &Source, path: &Path, members: &Names) -> Result<(Vec<bool>, usize)> {
    let sheet = sheet(source, path)?;
    let (mut chosen, mut unknown) = (vec![false; members.len()], Names::default());
    for row in &sheet.rows {
        match members.find(&row[sheet.member]) {
            Some(number) => chosen[number as usize] = true,
            None => {
                unknown.number(&row[sheet.member]);
            }
        }
    }
    Ok((chosen, unknown.len()))
}

/// A member of a trial: her number (none for one without orders) and whether she was treated.
pub type Side = (Option<u32>, bool);

const TREATED: [&str; 14] =
    ["treated", "treatment", "test", "t", "1", "yes", "true", "sent", "实验组", "实验", "触达", "触达组", "已发送", "是"];
const HELD_OUT: [&str; 17] = [
    "held",
    "heldout",
    "held_out",
    "held-out",
    "holdout",
    "hold-out",
    "control",
    "c",
    "0",
    "no",
    "false",
    "对照组",
    "对照",
    "留白",
    "留白组",
    "空白组",
    "否",
];

/// Reads who was treated and who was held out: a member's column, and one that says which.
///
/// Errors: as of [`read`], `groups_unknown`.
pub fn sides(source: &Source, path: &Path, members: &Names) -> Result<Vec<Side>> {
    let sheet = sheet(source, path)?;
    let named = ["group", "arm", "side", "组", "组别", "分组", "实验组"];
    let other = (0..sheet.header.len()).filter(|at| *at != sheet.member);
    let at = other.clone().find(|at| named.contains(&sheet.header[*at].to_lowercase().as_str())).or_else(|| other.clone().next());
    let Some(at) = at else {
        return Err(Error::invalid("groups_unknown", "the trial needs two columns: member, and group with treated or held_out"));
    };
    let mut seen = Names::default();
    let mut sides: Vec<Side> = Vec::new();
    for row in &sheet.rows {
        let word = String::from_utf8_lossy(&row[at]).to_lowercase();
        let treated = match (TREATED.contains(&word.as_str()), HELD_OUT.contains(&word.as_str())) {
            (true, _) => true,
            (_, true) => false,
            _ => {
                return Err(Error::invalid("groups_unknown", format!("{word:?} is no group; write treated (实验组) or held_out (对照组)")));
            }
        };
        let number = seen.number(&row[sheet.member]).unwrap_or(NONE) as usize;
        if number == sides.len() {
            sides.push((members.find(&row[sheet.member]), treated));
        } else if sides.get(number).is_some_and(|(_, before)| *before != treated) {
            let who = decode(&row[sheet.member]).into_owned();
            return Err(Error::invalid("groups_unknown", format!("member {who} stands in both groups; a trial has each member once")));
        }
    }
    Ok(sides)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> Names {
        let mut names = Names::default();
        (0..40).for_each(|i| {
            names.number(format!("m{i}").as_bytes());
        });
        names
    }

    fn file(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("members.csv");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn columns_are_what_they_hold() {
        let rows: String = (0..42)
            .map(|i| {
                let (city, vip) = (["北京", "上海"][i % 2], if i == 3 { "是" } else { "" });
                format!("m{i},张{i},1390000{i:04},{city},{},2026-0{}-1{},个人,{vip}\n", i * 3, i % 9 + 1, i % 8)
            })
            .collect();
        let (_folder, path) = file(&format!("会员号,姓名,联系电话,城市,年龄,宝宝生日,类型,贵宾\n{rows}m0,,,广州,,,个人,\n"));
        let people = read(&Source::new("orders.csv"), &path, &members()).unwrap();
        assert_eq!((people.known, people.unknown), (41, 2));
        assert_eq!(people.left_out, ["姓名", "联系电话", "贵宾"], "and nothing of a kind that all have");
        let names: Vec<&str> = people.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
        assert_eq!(names, ["城市", "年龄", "宝宝生日"]);
        let Values::Kinds(kinds, of) = &people.attributes[0].values else { panic!("{:?}", people.attributes[0]) };
        assert_eq!((kinds[of[0] as usize].as_str(), kinds[of[1] as usize].as_str()), ("广州", "上海"));
        assert!(matches!(&people.attributes[1].values, Values::Numbers(of) if of[2] == Some(6.0)));
        assert!(matches!(&people.attributes[2].values, Values::Days(of) if of[1] == dates::day_of(2026, 2, 11)));
    }

    #[test]
    fn a_list_and_the_sides_of_a_trial() {
        let (_folder, path) = file("member\nm1\nm3\nzz\nzz\n");
        let (chosen, unknown) = list(&Source::new("orders.csv"), &path, &members()).unwrap();
        assert_eq!((chosen.iter().filter(|c| **c).count(), chosen[3], unknown), (2, true, 1));
        let (_folder, path) = file("会员,分组\nm1,实验组\nzz,对照组\nm1,实验组\n");
        let found = sides(&Source::new("orders.csv"), &path, &members()).unwrap();
        assert_eq!(found, [(Some(1), true), (None, false)]);
        let code = |text: &str| {
            let (_folder, path) = file(text);
            sides(&Source::new("orders.csv"), &path, &members()).unwrap_err().code()
        };
        assert_eq!(code("member,group\nm1,maybe\n"), "groups_unknown");
        assert_eq!(code("member,group\nm1,treated\nm1,control\n"), "groups_unknown");
        assert_eq!(code("member\nm1\n"), "groups_unknown");
        assert_eq!(code("a,b\n1,2\n"), "column_missing");
        assert_eq!(code("member,group\n,\n"), "file_empty");
    }
}

//! The parts of a report.

use super::rows::Rows;
use crate::orders::dates;
use serde::Serialize;
use shuke_kernel::{Currency, Money};

/// A sentence in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A sentence in both languages.
pub fn says(zh: impl Into<String>, en: impl Into<String>) -> Text {
    Text { zh: zh.into(), en: en.into() }
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A name, as it is.
    Name(String),
    /// A word in both languages.
    Word(Text),
    /// A count.
    Count(i64),
    /// Minor units.
    Money(i64),
    /// A share, shown in percent.
    Share(f64),
    /// A number, with so many decimals.
    Number(f64, usize),
    /// A day.
    Day(i32),
    /// A month, counted from 1970-01.
    Month(i32),
    /// Nothing.
    Nothing,
}

/// Which language cells are written in, and in which currency.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Chinese, else English.
    pub chinese: bool,
    /// Thousands separators and signs for people; plain numbers for programs.
    pub plain: bool,
    /// The currency.
    pub currency: Currency,
}

impl Format {
    /// A sentence.
    pub fn text<'a>(&self, text: &'a Text) -> &'a str {
        if self.chinese { &text.zh } else { &text.en }
    }
    /// A cell.
    pub fn cell(&self, cell: &Cell) -> String {
        match cell {
            Cell::Name(name) => name.clone(),
            Cell::Word(text) => self.text(text).to_owned(),
            Cell::Count(count) if self.plain => count.to_string(),
            Cell::Count(count) => thousands(*count),
            Cell::Money(minor) => self.money(*minor),
            Cell::Share(share) if self.plain => format!("{share:.6}"),
            Cell::Share(part) => share(*part),
            Cell::Number(number, decimals) => {
                if number.is_finite() {
                    format!("{number:.*}", *decimals)
                } else {
                    String::new()
                }
            }
            Cell::Day(day) => dates::iso(*day),
            Cell::Month(month) => format!("{:04}-{:02}", 1970 + month.div_euclid(12), month.rem_euclid(12) + 1),
            Cell::Nothing => String::new(),
        }
    }
    /// Minor units as major ones.
    pub fn money(&self, minor: i64) -> String {
        if self.plain { self.currency.format(Money(minor)) } else { self.currency.show(Money(minor)) }
    }
}

/// 1234567 as 1,234,567.
pub fn thousands(count: i64) -> String {
    let digits = shuke_kernel::grouped(&count.unsigned_abs().to_string());
    if count < 0 { format!("-{digits}") } else { digits }
}

/// 0.7459 as 74.6 %.
pub fn share(share: f64) -> String {
    if share.is_finite() { format!("{:.1} %", share * 100.0) } else { "–".to_owned() }
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// What it is.
    pub title: Text,
    /// The columns' names.
    pub head: Vec<Text>,
    /// The rows.
    pub rows: Rows,
}

impl Table {
    /// A table without rows.
    pub fn new(title: Text, head: &[(&str, &str)]) -> Self {
        Self { title, head: head.iter().map(|(zh, en)| says(*zh, *en)).collect(), rows: Rows::default() }
    }

    /// Its first rows, as a table of their own.
    pub fn first(&self, rows: usize, title: Text) -> Self {
        Self { title, head: self.head.clone(), rows: self.rows.iter().take(rows).collect() }
    }
}

/// How a line is drawn, so that lines differ without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Whole and thick.
    Solid,
    /// Dashes.
    Dashed,
    /// Dots.
    Dotted,
    /// Points only.
    Points,
}

/// A line of a plot.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is.
    pub name: Text,
    /// How it is drawn.
    pub style: Style,
    /// Its points.
    pub points: Vec<(f64, f64)>,
}

/// A line.
pub fn lines(name: Text, style: Style, points: Vec<(f64, f64)>) -> Line {
    Line { name, style, points }
}

/// A plot; its title is the question that it answers.
#[derive(Clone, Debug)]
pub enum Plot {
    /// Lines over a common axis.
    Lines {
        /// The question.
        title: Text,
        /// The axes, across and up.
        axes: (Text, Text),
        /// The lines.
        lines: Vec<Line>,
        /// An area between two lines: across, low, high.
        band: Vec<(f64, f64, f64)>,
    },
    /// Bars side by side.
    Bars {
        /// The question.
        title: Text,
        /// What is counted.
        axis: Text,
        /// Name, value, and the value as it is written.
        bars: Vec<(Text, f64, String)>,
    },
    /// A field of numbers, dark where high.
    Field {
        /// The question.
        title: Text,
        /// Names of the rows.
        rows: Vec<Text>,
        /// Names of the columns.
        columns: Vec<Text>,
        /// Values by row; none where there is nothing.
        values: Vec<Vec<Option<f64>>>,
        /// Whether they are shares.
        shares: bool,
    },
}

/// What an analysis found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The analysis, as the command calls it.
    pub kind: &'static str,
    /// Its title.
    pub title: Text,
    /// The day as of which it is true.
    pub as_of: i32,
    /// The currency.
    pub currency: Currency,
    /// What was found, most important first.
    pub findings: Vec<Text>,
    /// What to do about it.
    pub next: Vec<Text>,
    /// When not to trust it.
    pub warnings: Vec<Text>,
    /// How it was computed, with the source.
    pub method: Text,
    /// Figures for programs.
    pub figures: serde_json::Value,
    /// Plots.
    pub plots: Vec<Plot>,
    /// Tables.
    pub tables: Vec<Table>,
    /// The long list: one row a member, rule or day. It goes into the file that is asked for.
    pub list: Table,
}

/// The report as one JSON document. `with_list` adds the long list.
pub fn json(report: &Report, with_list: bool) -> serde_json::Value {
    let format = Format { chinese: false, plain: true, currency: report.currency };
    let list = |table: &Table| -> serde_json::Value {
        let keys: Vec<String> = table.head.iter().map(|name| key(&name.en)).collect();
        let row = |cells: Vec<Cell>| -> serde_json::Map<String, serde_json::Value> {
            keys.iter().cloned().zip(cells.iter().map(|cell| value(cell, &format))).collect()
        };
        table.rows.iter().map(row).collect()
    };
    let mut document = serde_json::json!({
        "analysis": report.kind,
        "title": report.title,
        "as_of": dates::iso(report.as_of),
        "currency": report.currency.code(),
        "findings": report.findings,
        "next": report.next,
        "warnings": report.warnings,
        "method": report.method,
        "figures": report.figures,
    });
    if with_list && let Some(map) = document.as_object_mut() {
        map.insert("list".into(), list(&report.list));
    }
    document
}

/// A header as a key: lower case, underscores.
pub(super) fn key(name: &str) -> String {
    let words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("_")
}

fn value(cell: &Cell, format: &Format) -> serde_json::Value {
    match cell {
        Cell::Count(count) | Cell::Money(count) => (*count).into(),
        Cell::Share(number) | Cell::Number(number, _) => serde_json::Number::from_f64(*number).map_or(serde_json::Value::Null, Into::into),
        Cell::Nothing => serde_json::Value::Null,
        other => format.cell(other).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_written_for_people_and_for_programs() {
        let people = Format { chinese: true, plain: false, currency: Currency::CNY };
        let programs = Format { plain: true, ..people };
        assert_eq!(people.cell(&Cell::Count(-1_234_567)), "-1,234,567");
        assert_eq!(people.cell(&Cell::Money(-123_456)), "-¥1,234.56");
        assert_eq!(programs.cell(&Cell::Money(-123_456)), "-1234.56");
        assert_eq!(programs.cell(&Cell::Money(5)), "0.05");
        assert_eq!(people.cell(&Cell::Share(0.7459)), "74.6 %");
        assert_eq!(people.cell(&Cell::Month(0)), "1970-01");
        assert_eq!(people.cell(&Cell::Number(f64::NAN, 2)), "");
        assert_eq!(key("Last purchase (day)"), "last_purchase_day");
    }
}

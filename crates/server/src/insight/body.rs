//! A report as it is kept and sent.

use serde::{Deserialize, Serialize};
use shuke_insight::orders::dates;
use shuke_insight::report::{self as found, Report};
use shuke_kernel::{Currency, Date, Result, time};
use utoipa::ToSchema;

/// Rows of the long list that the report itself shows.
const LIST_ROWS_SHOWN: usize = 100;
/// Rows of a table that are kept.
const TABLE_ROWS_MAX: usize = 500;

/// A sentence in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum ReportCell {
    /// A name, as it is.
    Name(String),
    /// A word in both languages.
    Word(Words),
    /// A count.
    Count(i64),
    /// Minor units.
    Money(i64),
    /// A share, 1 is the whole.
    Share(f64),
    /// A number.
    Number(f64),
    /// A local day, `2026-11-22`.
    Day(String),
    /// A month, `2026-11`.
    Month(String),
    /// Nothing.
    Nothing,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReportTable {
    /// What it is.
    pub title: Words,
    /// The columns' names.
    pub head: Vec<Words>,
    /// The rows, each with a cell a column.
    pub rows: Vec<Vec<ReportCell>>,
}

/// How a line is drawn, so that lines differ without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineStyle {
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlotLine {
    /// What it is.
    pub name: Words,
    /// How it is drawn.
    pub style: LineStyle,
    /// Its points: across, up.
    pub points: Vec<PlotPoint>,
}

/// A point of a line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlotPoint {
    /// Across.
    pub x: f64,
    /// Up.
    pub y: f64,
}

/// A place of an area between two lines.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlotBand {
    /// Across.
    pub x: f64,
    /// The lower line.
    pub low: f64,
    /// The upper line.
    pub high: f64,
}

/// A bar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlotBar {
    /// What it is.
    pub name: Words,
    /// How high it is.
    pub value: f64,
    /// The value as it is written for people.
    pub shown: String,
}

/// A plot; its title is the question that it answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReportPlot {
    /// Lines over a common axis.
    Lines {
        /// The question.
        title: Words,
        /// The axis across.
        x: Words,
        /// The axis up.
        y: Words,
        /// The lines.
        lines: Vec<PlotLine>,
        /// An area between two lines.
        band: Vec<PlotBand>,
    },
    /// Bars side by side.
    Bars {
        /// The question.
        title: Words,
        /// What is counted.
        axis: Words,
        /// The bars.
        bars: Vec<PlotBar>,
    },
    /// A field of numbers, dark where high.
    Field {
        /// The question.
        title: Words,
        /// Names of the rows.
        rows: Vec<Words>,
        /// Names of the columns.
        columns: Vec<Words>,
        /// Values by row; null where there is nothing.
        values: Vec<Vec<Option<f64>>>,
        /// Whether they are shares.
        shares: bool,
    },
}

/// A group of members that a run found and that can be saved as a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunGroup {
    /// Its key, for `POST …/saves`.
    pub key: String,
    /// What it is called.
    pub name: Words,
    /// How many members.
    pub members: i64,
}

/// What an analysis found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RunReport {
    /// Its title.
    pub title: Words,
    /// The local day as of which it is true.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// The currency of every amount.
    pub currency: String,
    /// What was found in plain words, most important first.
    pub findings: Vec<Words>,
    /// What to do about it.
    pub next: Vec<Words>,
    /// When not to trust it.
    pub warnings: Vec<Words>,
    /// How it was computed, with the paper and its equations.
    pub method: Words,
    /// Figures for programs; their names depend on the analysis.
    pub figures: serde_json::Value,
    /// Plots.
    pub plots: Vec<ReportPlot>,
    /// Tables.
    pub tables: Vec<ReportTable>,
    /// The first rows of the long list; the whole is taken out as CSV.
    pub list: ReportTable,
    /// Groups of members that can be saved as a tag.
    pub groups: Vec<RunGroup>,
}

/// A sentence as it is sent.
pub(super) fn words(text: &found::Text) -> Words {
    Words { zh: text.zh.clone(), en: text.en.clone() }
}

fn all(texts: &[found::Text]) -> Vec<Words> {
    texts.iter().map(words).collect()
}

/// What is no finite number has no JSON: nothing.
fn finite(number: f64, cell: impl FnOnce(f64) -> ReportCell) -> ReportCell {
    if number.is_finite() { cell(number) } else { ReportCell::Nothing }
}

fn cell(cell: &found::Cell, currency: Currency) -> ReportCell {
    let written = || found::Format { chinese: true, plain: true, currency }.cell(cell);
    match cell {
        found::Cell::Name(name) => ReportCell::Name(name.clone()),
        found::Cell::Word(text) => ReportCell::Word(words(text)),
        found::Cell::Count(count) => ReportCell::Count(*count),
        found::Cell::Money(minor) => ReportCell::Money(*minor),
        found::Cell::Share(share) => finite(*share, ReportCell::Share),
        found::Cell::Number(number, _) => finite(*number, ReportCell::Number),
        found::Cell::Day(_) => ReportCell::Day(written()),
        found::Cell::Month(_) => ReportCell::Month(written()),
        found::Cell::Nothing => ReportCell::Nothing,
    }
}

fn table(table: &found::Table, rows: usize, currency: Currency) -> ReportTable {
    let row = |cells: Vec<found::Cell>| cells.iter().map(|one| cell(one, currency)).collect();
    ReportTable { title: words(&table.title), head: all(&table.head), rows: table.rows.iter().take(rows).map(row).collect() }
}

fn plot(plot: &found::Plot) -> ReportPlot {
    match plot {
        found::Plot::Lines { title, axes, lines, band } => ReportPlot::Lines {
            title: words(title),
            x: words(&axes.0),
            y: words(&axes.1),
            lines: lines.iter().map(line).collect(),
            band: band
                .iter()
                .filter(|(x, low, high)| x.is_finite() && low.is_finite() && high.is_finite())
                .map(|(x, low, high)| PlotBand { x: *x, low: *low, high: *high })
                .collect(),
        },
        found::Plot::Bars { title, axis, bars } => ReportPlot::Bars {
            title: words(title),
            axis: words(axis),
            bars: bars
                .iter()
                .filter(|(_, value, _)| value.is_finite())
                .map(|(name, value, shown)| PlotBar { name: words(name), value: *value, shown: shown.clone() })
                .collect(),
        },
        found::Plot::Field { title, rows, columns, values, shares } => ReportPlot::Field {
            title: words(title),
            rows: all(rows),
            columns: all(columns),
            values: values.iter().map(|row| row.iter().map(|value| value.filter(|value| value.is_finite())).collect()).collect(),
            shares: *shares,
        },
    }
}

fn line(line: &found::Line) -> PlotLine {
    let style = match line.style {
        found::Style::Solid => LineStyle::Solid,
        found::Style::Dashed => LineStyle::Dashed,
        found::Style::Dotted => LineStyle::Dotted,
        found::Style::Points => LineStyle::Points,
    };
    let points = line.points.iter().filter(|(x, y)| x.is_finite() && y.is_finite()).map(|(x, y)| PlotPoint { x: *x, y: *y });
    PlotLine { name: words(&line.name), style, points: points.collect() }
}

impl RunReport {
    /// A report as it is kept, with the groups of its list.
    pub(super) fn of(report: &Report, groups: Vec<RunGroup>) -> Result<Self> {
        Ok(Self {
            title: words(&report.title),
            as_of: time::parse_date(&dates::iso(report.as_of))?,
            currency: report.currency.code().to_owned(),
            findings: all(&report.findings),
            next: all(&report.next),
            warnings: all(&report.warnings),
            method: words(&report.method),
            figures: report.figures.clone(),
            plots: report.plots.iter().map(plot).collect(),
            tables: report.tables.iter().map(|one| table(one, TABLE_ROWS_MAX, report.currency)).collect(),
            list: table(&report.list, LIST_ROWS_SHOWN, report.currency),
            groups,
        })
    }

    /// The page that can be mailed.
    pub(super) fn page(&self, kind: &'static str) -> Result<String> {
        Ok(found::html::page(&self.unkept(kind)?))
    }

    fn unkept(&self, kind: &'static str) -> Result<Report> {
        Ok(Report {
            kind,
            title: text(&self.title),
            as_of: day(&self.as_of.to_string()),
            currency: Currency::parse(&self.currency)?,
            findings: texts(&self.findings),
            next: texts(&self.next),
            warnings: texts(&self.warnings),
            method: text(&self.method),
            figures: self.figures.clone(),
            plots: self.plots.iter().map(unkept_plot).collect(),
            tables: self.tables.iter().map(unkept_table).collect(),
            list: unkept_table(&self.list),
        })
    }
}

fn text(words: &Words) -> found::Text {
    found::says(words.zh.clone(), words.en.clone())
}

fn texts(words: &[Words]) -> Vec<found::Text> {
    words.iter().map(text).collect()
}

fn day(text: &str) -> i32 {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    dates::day_of(i32::try_from(part(0, 4)).unwrap_or(0), part(5, 7), part(8, 10)).unwrap_or(0)
}

fn month(text: &str) -> i32 {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<i32>().ok()).unwrap_or(0);
    (part(0, 4) - 1970) * 12 + part(5, 7) - 1
}

fn unkept_table(table: &ReportTable) -> found::Table {
    let cell = |cell: &ReportCell| match cell {
        ReportCell::Name(name) => found::Cell::Name(name.clone()),
        ReportCell::Word(words) => found::Cell::Word(text(words)),
        ReportCell::Count(count) => found::Cell::Count(*count),
        ReportCell::Money(minor) => found::Cell::Money(*minor),
        ReportCell::Share(share) => found::Cell::Share(*share),
        ReportCell::Number(number) => found::Cell::Number(*number, if number.fract() == 0.0 { 0 } else { 3 }),
        ReportCell::Day(text) => found::Cell::Day(day(text)),
        ReportCell::Month(text) => found::Cell::Month(month(text)),
        ReportCell::Nothing => found::Cell::Nothing,
    };
    found::Table {
        title: text(&table.title),
        head: texts(&table.head),
        rows: table.rows.iter().map(|row| row.iter().map(cell).collect()).collect(),
    }
}

fn unkept_plot(plot: &ReportPlot) -> found::Plot {
    match plot {
        ReportPlot::Lines { title, x, y, lines, band } => found::Plot::Lines {
            title: text(title),
            axes: (text(x), text(y)),
            lines: lines.iter().map(unkept_line).collect(),
            band: band.iter().map(|band| (band.x, band.low, band.high)).collect(),
        },
        ReportPlot::Bars { title, axis, bars } => found::Plot::Bars {
            title: text(title),
            axis: text(axis),
            bars: bars.iter().map(|bar| (text(&bar.name), bar.value, bar.shown.clone())).collect(),
        },
        ReportPlot::Field { title, rows, columns, values, shares } => {
            found::Plot::Field { title: text(title), rows: texts(rows), columns: texts(columns), values: values.clone(), shares: *shares }
        }
    }
}

fn unkept_line(line: &PlotLine) -> found::Line {
    let style = match line.style {
        LineStyle::Solid => found::Style::Solid,
        LineStyle::Dashed => found::Style::Dashed,
        LineStyle::Dotted => found::Style::Dotted,
        LineStyle::Points => found::Style::Points,
    };
    found::lines(text(&line.name), style, line.points.iter().map(|point| (point.x, point.y)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_found() {
        let mut list = found::Table::new(found::says("会员", "Members"), &[("会员", "member"), ("天", "day"), ("月", "month")]);
        list.rows = vec![vec![found::Cell::Name("a".into()), found::Cell::Day(20_000), found::Cell::Month(683)]; 150].into();
        let report = Report {
            kind: "rfm",
            title: found::says("题", "title"),
            as_of: 20_779,
            currency: Currency::CNY,
            findings: vec![found::says("甲", "a")],
            next: Vec::new(),
            warnings: Vec::new(),
            method: found::says("法", "m"),
            figures: serde_json::json!({ "members": 3 }),
            plots: vec![found::Plot::Lines {
                title: found::says("问", "q"),
                axes: (found::says("横", "x"), found::says("纵", "y")),
                lines: vec![found::lines(found::says("线", "l"), found::Style::Dashed, vec![(0.0, 1.0), (1.0, f64::NAN)])],
                band: vec![(0.0, f64::INFINITY, 1.0)],
            }],
            tables: vec![list.clone()],
            list: list.clone(),
        };
        let kept = RunReport::of(&report, Vec::new()).unwrap();
        let read: RunReport = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
        assert_eq!(read, kept);
        assert_eq!((kept.list.rows.len(), kept.as_of.to_string().as_str()), (100, "2026-11-22"));
        let back = read.unkept("rfm").unwrap();
        assert_eq!(
            (back.tables[0].rows.len(), back.tables[0].rows.iter().next(), back.as_of),
            (150, list.rows.iter().next(), report.as_of)
        );
        assert!(read.page("rfm").unwrap().contains("<title>题</title>"));
    }
}

//! A report for a terminal.

use super::model::{Format, Report};
use std::fmt::Write as _;

/// Rows of a table that a terminal shows.
const ROWS_MAX: usize = 15;

/// The report as text: findings in both languages, tables in one.
pub fn write(report: &Report) -> String {
    let format = Format { chinese: true, plain: false, currency: report.currency };
    let mut out = String::new();
    let _ = writeln!(out, "{} {}  ({})\n", report.title.zh, report.title.en, crate::orders::dates::iso(report.as_of));
    for text in &report.findings {
        let _ = writeln!(out, "- {}\n  {}", text.zh, text.en);
    }
    for (mark, texts) in [("→", &report.next), ("!", &report.warnings)] {
        for text in texts {
            let _ = writeln!(out, "{mark} {}\n  {}", text.zh, text.en);
        }
    }
    for table in &report.tables {
        let head: Vec<String> = table.head.iter().map(|name| format.text(name).to_owned()).collect();
        let rows: Vec<Vec<String>> =
            table.rows.iter().take(ROWS_MAX).map(|row| row.iter().map(|cell| format.cell(cell)).collect()).collect();
        let widths: Vec<usize> = (0..head.len())
            .map(|at| rows.iter().chain([&head]).map(|row| row.get(at).map_or(0, |cell| width(cell))).max().unwrap_or(0))
            .collect();
        let _ = writeln!(out, "\n{} {}", table.title.zh, table.title.en);
        for row in std::iter::once(&head).chain(&rows) {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, wide)| format!("{}{cell}", " ".repeat(wide.saturating_sub(width(cell))))).collect();
            let _ = writeln!(out, "  {}", cells.join("  "));
        }
        if table.rows.len() > ROWS_MAX {
            let _ = writeln!(out, "  … {}", table.rows.len() - ROWS_MAX);
        }
    }
    let _ = writeln!(out, "\n{}\n{}", report.method.zh, report.method.en);
    out
}

/// Columns that a text takes: Chinese characters take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if ('\u{1100}'..='\u{FFEF}').contains(&c) { 2 } else { 1 }).sum()
}

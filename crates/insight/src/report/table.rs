//! The long list as CSV, for a spreadsheet or a program.

use super::model::{Format, Report, key};
use shuke_kernel::{Error, Result};

/// The list with a header of English keys; UTF-8 with its mark, so that a spreadsheet reads the names right. What a spreadsheet would take for a formula is written as text.
///
/// Errors: `internal` where memory can't be written to, which does not happen.
pub fn csv(report: &Report) -> Result<Vec<u8>> {
    let format = Format { chinese: false, plain: true, currency: report.currency };
    let failed = |error: csv::Error| Error::internal(error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::from("\u{feff}"));
    writer.write_record(report.list.head.iter().map(|name| key(&name.en))).map_err(failed)?;
    for row in report.list.rows.iter() {
        writer.write_record(row.iter().map(|cell| escaped(format.cell(cell), cell))).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::internal(error.to_string()))
}

fn escaped(text: String, cell: &super::Cell) -> String {
    let name = matches!(cell, super::Cell::Name(_));
    if name && text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err() { format!("'{text}") } else { text }
}

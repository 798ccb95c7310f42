//! Reads the files that shops bring: CSV, TSV, their gzip, and XLSX, as people's programs write them.
//!
//! A [`Source`] is opened from a path and gives one [`Row`] after another. It tells the format from the
//! file's first bytes, the encoding from its text (UTF-8, UTF-16 with a byte order mark, GB18030 and so
//! GBK), the separator from its first lines, and finds the header below a title line. [`header`] finds
//! which column means what; [`values`], [`dates`] and [`phone`] read cells; [`report`] writes the rows
//! that could not be used, with line and reason.
//!
//! Invariants:
//! - A file of any size is read in bounded memory: a record is at most [`RECORD_BYTES_MAX`], an XLSX is
//!   measured before it is unpacked.
//! - Every row that holds anything is given out exactly once, whole or with a [`Fault`]; a file that
//!   ends in the middle is an error, never a short import.
//! - Row numbers depend on the file alone, so that a restart can go on at [`Source::skip_to`].
//!
//! What it deliberately does not do: it guesses no value, opens no old `.xls` (the format cannot be
//! streamed), and computes no formula (a formula cell gives its last computed value).

mod balances;
mod bytes;
pub mod dates;
pub mod decimal;
mod decode;
pub(crate) mod fields;
pub mod ground;
pub mod header;
pub mod ids;
mod members;
mod orders;
mod people;
pub mod phone;
mod products;
pub mod report;
mod row;
pub mod run;
mod sheet;
mod store;
mod task;
mod text;
mod unpack;
pub mod values;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;

pub use bytes::Progress;
pub use header::{Kind, Mapping};
pub use report::BadRows;
pub use row::{Fault, Row};
pub use run::RowFault;
pub use unpack::judge;

use shuke_kernel::{Error, Result};
use std::collections::VecDeque;
use std::path::Path;

/// How many rows of a run's file have been dealt with.
pub(crate) async fn position(tx: &mut shuke_db::Tx, cx: &shuke_kernel::Cx, run: shuke_kernel::Uuid) -> Result<i64> {
    let found = store::find(tx, cx, run).await?;
    Ok(found.map_or(0, |found| i64::try_from(found.position).unwrap_or(i64::MAX)))
}

/// The longest cell that is taken, in characters.
pub const CELL_CHARS_MAX: usize = 10_000;
/// The most columns that a table may have.
pub const COLUMNS_MAX: usize = 512;
/// The longest record of a text file, in bytes of UTF-8.
pub const RECORD_BYTES_MAX: usize = 1 << 20;
/// How far down the header is looked for.
const TITLE_ROWS_MAX: usize = 10;

/// What the caller knows better than the file's own signs.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The encoding's name as the web uses it (`gbk`, `windows-1252`), instead of looking at the text.
    pub encoding: Option<String>,
    /// The sheet of a workbook, instead of its first visible one.
    pub sheet: Option<String>,
}

enum Table {
    Text(text::TextTable),
    Sheet(sheet::SheetTable),
}

impl Table {
    /// The next row that holds anything; false at the end.
    fn read(&mut self, row: &mut Row) -> Result<bool> {
        loop {
            let more = match self {
                Self::Text(table) => table.read(row)?,
                Self::Sheet(table) => table.read(row)?,
            };
            if !more || row.fault().is_some() || row.cells().any(|cell| !cell.is_empty()) {
                return Ok(more);
            }
        }
    }
}

/// An open file: its header, and its rows one after another.
pub struct Source {
    table: Table,
    header: Vec<String>,
    ahead: VecDeque<Row>,
    number: u64,
    progress: Progress,
}

impl Source {
    /// Opens a file and reads its header.
    ///
    /// Errors, all of kind invalid: `file_unreadable`, `file_empty`, `file_damaged`,
    /// `format_unsupported`, `encoding_unknown`, `header_malformed`, `workbook_too_large`.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, &Options::default())
    }

    /// Opens a file as [`Self::open`] does, with what the caller knows about it. Also errs with
    /// `sheet_unknown`.
    pub fn open_with(path: &Path, options: &Options) -> Result<Self> {
        let (opened, progress) = bytes::open(path)?;
        let table = match opened {
            bytes::Opened::Text(reader) => Table::Text(text::TextTable::new(reader, options.encoding.as_deref())?),
            bytes::Opened::Workbook(reader) => {
                unpack::measure(path)?;
                Table::Sheet(sheet::SheetTable::new(reader, options.sheet.clone())?)
            }
        };
        let mut source = Self { table, header: Vec::new(), ahead: VecDeque::new(), number: 0, progress };
        source.read_header()?;
        Ok(source)
    }

    /// The header is the first row with two cells or more, since a title line has one; a table of one
    /// column has none, and then it is the first row.
    fn read_header(&mut self) -> Result<()> {
        let mut row = Row::default();
        while self.ahead.len() < TITLE_ROWS_MAX && self.table.read(&mut row)? {
            row.deliver(0, row.len());
            if let Some(fault) = row.fault() {
                let detail = format!("line {}, where the header should be: {}", row.line(), fault.detail);
                return Err(Error::invalid("header_malformed", detail));
            }
            let filled = row.cells().filter(|cell| !cell.is_empty()).count();
            self.ahead.push_back(std::mem::take(&mut row));
            if filled >= 2 {
                self.ahead.drain(..self.ahead.len() - 1);
                break;
            }
        }
        let header = self.ahead.pop_front().ok_or_else(|| Error::invalid("file_empty", "the file holds no rows"))?;
        self.header = header.cells().map(str::to_owned).collect();
        let named = self.header.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        self.header.truncate(named);
        if let Table::Text(table) = &mut self.table {
            table.expect_width(named);
        }
        Ok(())
    }

    /// The column names, as the file writes them.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// What the file turned out to be so far, for people to read: text is ASCII until it proves otherwise.
    pub fn format(&self) -> String {
        match &self.table {
            Table::Text(table) => table.format(),
            Table::Sheet(table) => table.format().to_owned(),
        }
    }

    /// Reads the next row into `row`; false at the end. A row with [`Row::fault`] is for the report.
    ///
    /// Errors: `file_unreadable`, `file_damaged` where the rest of the file cannot be read.
    pub fn read(&mut self, row: &mut Row) -> Result<bool> {
        match self.ahead.pop_front() {
            Some(early) => *row = early,
            None => {
                if !self.table.read(row)? {
                    return Ok(false);
                }
            }
        }
        self.number += 1;
        row.deliver(self.number, self.header.len());
        Ok(true)
    }

    /// The next rows without taking them, for a preview or to learn how the file writes its dates.
    pub fn sample(&mut self, rows_max: usize) -> Result<&[Row]> {
        let mut row = Row::default();
        while self.ahead.len() < rows_max && self.table.read(&mut row)? {
            self.ahead.push_back(std::mem::take(&mut row));
        }
        Ok(self.ahead.make_contiguous())
    }

    /// How many rows have been read; the number of the last one.
    pub const fn position(&self) -> u64 {
        self.number
    }

    /// Reads on until `position`, so that the next row is the one after it: a restart.
    pub fn skip_to(&mut self, position: u64) -> Result<()> {
        let mut row = Row::default();
        while self.number < position && self.read(&mut row)? {}
        Ok(())
    }

    /// How much of the file has been read, to draw a bar from; it may be read from another thread.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }
}

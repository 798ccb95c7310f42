//! The rows that could not be used, in a CSV file that people can open, mend and import again.
//!
//! Each row has its line, the reason's code and text, and then its own cells under their own names. A
//! cell that a spreadsheet program would run as a formula gets an apostrophe in front, which our reader
//! takes off again ([`Row::cell`]).

use super::Row;
use shuke_kernel::{Error, Result};
use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// What is kept of a cell, in characters.
const SHOWN_CHARS_MAX: usize = 1_000;

/// Writes unusable rows. No file appears while there are none.
pub struct BadRows {
    path: PathBuf,
    header: Vec<String>,
    writer: Option<csv::Writer<BufWriter<File>>>,
    append: bool,
    count: u64,
}

impl BadRows {
    /// Writes beside the input: `members.csv` gets `members.csv.bad.csv`. A restart (`append`) goes on in
    /// the same file; otherwise the report of an earlier run is removed.
    pub fn beside(input: &Path, header: &[String], append: bool) -> Result<Self> {
        let mut name = input.file_name().unwrap_or_default().to_owned();
        name.push(".bad.csv");
        let path = input.with_file_name(name);
        if !append && path.exists() {
            std::fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
        }
        Ok(Self::at(&path, header, append))
    }

    /// Writes to a path that the caller chose.
    pub fn at(path: &Path, header: &[String], append: bool) -> Self {
        Self { path: path.to_owned(), header: header.to_owned(), writer: None, append, count: 0 }
    }

    /// Adds a row and why it could not be used: the reader's [`Row::fault`] or the caller's own reason.
    ///
    /// Errors: `report_unwritable`.
    pub fn add(&mut self, row: &Row, code: &str, detail: &str) -> Result<()> {
        self.count += 1;
        let line = row.line().to_string();
        let cells: Vec<Cow<'_, str>> = (0..row.len()).map(|column| shown(row.raw(column))).collect();
        let reason = [line.as_str(), code, detail];
        let record = reason.into_iter().chain(cells.iter().map(AsRef::as_ref));
        let path = self.path.clone();
        self.writer()?.write_record(record).map_err(|error| unwritable(&path, &error.into()))
    }

    /// How many rows were added in this run.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Writes what is still in memory: call it before a restart point is recorded.
    pub fn flush(&mut self) -> Result<()> {
        match &mut self.writer {
            Some(writer) => writer.flush().map_err(|error| unwritable(&self.path, &error)),
            None => Ok(()),
        }
    }

    /// Ends the report; gives its path where there is one.
    pub fn finish(mut self) -> Result<Option<PathBuf>> {
        self.flush()?;
        Ok(self.writer.is_some().then_some(self.path))
    }

    fn writer(&mut self) -> Result<&mut csv::Writer<BufWriter<File>>> {
        if self.writer.is_none() {
            let opened = self.open().map_err(|error| unwritable(&self.path, &error))?;
            self.writer = Some(opened);
        }
        self.writer.as_mut().ok_or_else(|| Error::internal("the report was opened and is not there"))
    }

    fn open(&self) -> std::io::Result<csv::Writer<BufWriter<File>>> {
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(self.append).truncate(!self.append);
        let mut file = options.open(&self.path)?;
        let fresh = file.metadata()?.len() == 0;
        if fresh {
            // The mark by which Excel knows that the text is UTF-8.
            file.write_all("\u{FEFF}".as_bytes())?;
        }
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(file));
        if fresh {
            let names = self.header.iter().map(|name| shown(name)).collect::<Vec<_>>();
            let own = ["line", "reason_code", "reason"].into_iter();
            writer.write_record(own.chain(names.iter().map(AsRef::as_ref)))?;
        }
        Ok(writer)
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::invalid("report_unwritable", format!("the report of bad rows {} cannot be written: {error}", path.display()))
}

/// A cell as it may be shown: not run as a formula, not longer than people read.
fn shown(cell: &str) -> Cow<'_, str> {
    let cut = cell.char_indices().nth(SHOWN_CHARS_MAX).map(|(at, _)| &cell[..at]);
    let body = cut.unwrap_or(cell);
    let odd = |c: char| c == '\0' || c == super::decode::MALFORMED;
    let disarm = body.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r']);
    if cut.is_none() && !disarm && !body.contains(odd) {
        return Cow::Borrowed(body);
    }
    let apostrophe = if disarm { "'" } else { "" };
    let ellipsis = if cut.is_some() { "…" } else { "" };
    Cow::Owned(format!("{apostrophe}{}{ellipsis}", body.replace(odd, "\u{FFFD}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_long_cells_cut() {
        assert_eq!(shown("=1+1"), "'=1+1");
        assert_eq!(shown("-6"), "'-6");
        assert_eq!(shown("@x"), "'@x");
        assert_eq!(shown("\tx"), "'\tx");
        assert_eq!(shown("6"), "6");
        assert_eq!(shown("a\0b"), "a\u{FFFD}b");
        assert_eq!(shown(&"长".repeat(1_001)).chars().count(), 1_001);
        assert!(shown(&"长".repeat(1_001)).ends_with('…'));
    }
}

//! Separated text: comma, tab, semicolon or bar, with quotes as RFC 4180 has them.
//!
//! Written here rather than taken from the `csv` crate (which writes our reports), because that crate
//! follows an unclosed quote to the end of the file, in memory, and cannot tell where it began. Here a
//! record whose quotes do not add up is reported by its first line, and reading goes on with the next
//! line. Well-formed files are read as the `csv` crate reads them; a property test holds that.

use super::decode::Utf8;
use super::row::Row;
use super::{COLUMNS_MAX, RECORD_BYTES_MAX};
use shuke_kernel::Result;
use std::io::Read;

const DELIMITERS: [u8; 4] = *b",\t;|";
const SNIFF_RECORDS_MAX: usize = 10;
/// How much of an unusable record is kept for the report, in bytes.
const SHOWN_BYTES_MAX: usize = 1_000;

pub(super) struct TextTable {
    source: Utf8,
    window: Vec<u8>,
    at: usize,
    ended: bool,
    delimiter: u8,
    line: u64,
    width: Option<usize>,
    cells: Cells,
}

/// The cells of the record at hand.
#[derive(Default)]
struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
}

enum Scan {
    /// A whole record of so many bytes, its end of line included.
    Record(usize),
    /// The text ends before the record does.
    More,
    /// A quote was opened and not closed before the text's end.
    Open,
    /// Something other than a delimiter follows a closing quote.
    Misplaced,
}

impl TextTable {
    pub(super) fn new(reader: Box<dyn Read + Send>, encoding: Option<&str>) -> Result<Self> {
        let source = Utf8::new(reader, encoding)?;
        let mut table =
            Self { source, window: Vec::new(), at: 0, ended: false, delimiter: b',', line: 1, width: None, cells: Cells::default() };
        table.fill()?;
        match declared_delimiter(&table.window) {
            Some((delimiter, length)) => {
                table.delimiter = delimiter;
                table.advance(length);
            }
            None => table.delimiter = sniff(&table.window, table.ended),
        }
        Ok(table)
    }

    /// What the text turned out to be so far, for people to read.
    pub(super) fn format(&self) -> String {
        format!("text in {} separated by {:?}", self.source.encoding(), char::from(self.delimiter))
    }
    /// From here on a record over several lines that has another width is one with an unclosed quote.
    pub(super) const fn expect_width(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// Drops what was read and appends more text.
    fn fill(&mut self) -> Result<()> {
        self.window.drain(..self.at);
        self.at = 0;
        // Doubling keeps the work linear where a record is scanned again from its start.
        let goal = (self.window.len() * 2).max(1);
        while !self.ended && self.window.len() < goal {
            self.ended = !self.source.fill(&mut self.window)?;
        }
        Ok(())
    }

    fn advance(&mut self, bytes: usize) {
        let passed = &self.window[self.at..self.at + bytes];
        let line_ends = passed.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => passed.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        self.line += line_ends.count() as u64;
        self.at += bytes;
    }

    /// Reads the next record, which may be an empty line; false at the end.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool> {
        loop {
            if self.at == self.window.len() {
                self.fill()?;
                if self.at == self.window.len() {
                    return Ok(false);
                }
            }
            row.begin(self.line);
            let rest = &self.window[self.at..];
            let full = self.ended || rest.len() > RECORD_BYTES_MAX;
            match scan(rest, self.delimiter, self.ended, &mut self.cells) {
                Scan::More | Scan::Open if !full => self.fill()?,
                Scan::Record(bytes) if bytes <= RECORD_BYTES_MAX => {
                    self.take(bytes, row)?;
                    return Ok(true);
                }
                Scan::Record(_) | Scan::More => {
                    row.set_fault("record_too_long", format!("the row has more than {RECORD_BYTES_MAX} bytes"));
                    self.give_up_line(row)?;
                    return Ok(true);
                }
                Scan::Open => {
                    row.set_fault("quote_unclosed", "a quote opens in this line and is not closed");
                    self.give_up_line(row)?;
                    return Ok(true);
                }
                Scan::Misplaced => {
                    row.set_fault("quote_misplaced", "a quote in this line is not doubled, or one that it opens is closed too late");
                    self.give_up_line(row)?;
                    return Ok(true);
                }
            }
        }
    }

    fn take(&mut self, bytes: usize, row: &mut Row) -> Result<()> {
        row.fill(&self.cells.text, &self.cells.ends);
        let before = self.line;
        let at = self.at;
        self.advance(bytes);
        let other_width = self.width.is_some_and(|width| row.len() != width);
        if other_width && self.line - before > 1 {
            (self.line, self.at) = (before, at);
            row.set_fault("quote_unclosed", "a quote opens in this line and is closed in another, where it does not belong");
            return self.give_up_line(row);
        }
        Ok(())
    }

    /// Passes the line at hand, keeping its start for the report.
    fn give_up_line(&mut self, row: &mut Row) -> Result<()> {
        let rest = &self.window[self.at..];
        let line_end = rest.iter().position(|byte| *byte == b'\n');
        let mut shown = line_end.unwrap_or(rest.len()).min(SHOWN_BYTES_MAX);
        while shown > 0 && rest.get(shown).is_some_and(|byte| byte & 0xC0 == 0x80) {
            shown -= 1;
        }
        self.cells.text.clear();
        self.cells.text.extend_from_slice(rest[..shown].trim_ascii_end());
        row.fill(&self.cells.text, &[rest[..shown].trim_ascii_end().len()]);
        let mut line_end = line_end;
        loop {
            let length = self.window.len() - self.at;
            self.advance(line_end.map_or(length, |end| end + 1));
            if line_end.is_some() {
                return Ok(());
            }
            self.fill()?;
            if self.window.is_empty() {
                return Ok(());
            }
            line_end = self.window.iter().position(|byte| *byte == b'\n');
        }
    }
}

/// Excel's own first line: `sep=;`.
fn declared_delimiter(text: &[u8]) -> Option<(u8, usize)> {
    let rest = text.strip_prefix(b"sep=")?;
    let delimiter = *rest.first().filter(|byte| DELIMITERS.contains(byte))?;
    match &rest[1..] {
        [b'\r', b'\n', ..] => Some((delimiter, 7)),
        [b'\n', ..] => Some((delimiter, 6)),
        _ => None,
    }
}

/// The delimiter that cuts a record of two cells or more soonest, and among those the one that cuts it into
/// the most: what stands in the cells further down is not asked.
fn sniff(text: &[u8], ended: bool) -> u8 {
    let cuts = |delimiter: u8| {
        let (mut at, mut cells) = (0, Cells::default());
        for record in 0..SNIFF_RECORDS_MAX {
            let Scan::Record(bytes) = scan(&text[at..], delimiter, ended, &mut cells) else { break };
            at += bytes;
            if cells.ends.len() > 1 {
                return (SNIFF_RECORDS_MAX - record, cells.ends.len());
            }
            if at == text.len() {
                break;
            }
        }
        (0, 1)
    };
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| cuts(*delimiter)).unwrap_or(b',')
}

/// Cuts the record at the start of `text` into cells.
fn scan(text: &[u8], delimiter: u8, ended: bool, cells: &mut Cells) -> Scan {
    cells.text.clear();
    cells.ends.clear();
    let mut at = 0;
    loop {
        if text.get(at) == Some(&b'"') {
            match scan_quoted(text, at + 1, ended, &mut cells.text) {
                Ok(after) => at = after,
                Err(trouble) => return trouble,
            }
        } else {
            let rest = &text[at..];
            let length = rest.iter().position(|byte| *byte == delimiter || *byte == b'\n' || *byte == b'\r').unwrap_or(rest.len());
            cells.text.extend_from_slice(&rest[..length]);
            at += length;
        }
        // Past the limit the cells are counted but not kept: one more is enough to refuse the row.
        if cells.ends.len() <= COLUMNS_MAX {
            cells.ends.push(cells.text.len());
        }
        match text.get(at) {
            Some(byte) if *byte == delimiter => at += 1,
            Some(b'\n') => return Scan::Record(at + 1),
            Some(b'\r') => match text.get(at + 1) {
                Some(b'\n') => return Scan::Record(at + 2),
                None if !ended => return Scan::More,
                _ => return Scan::Record(at + 1),
            },
            Some(_) => return Scan::Misplaced,
            None if ended => return Scan::Record(at),
            None => return Scan::More,
        }
    }
}

/// Reads a quoted cell from after its opening quote; gives the place after its closing one.
fn scan_quoted(text: &[u8], mut at: usize, ended: bool, cell: &mut Vec<u8>) -> Result<usize, Scan> {
    loop {
        let rest = &text[at.min(text.len())..];
        let Some(length) = rest.iter().position(|byte| *byte == b'"') else { return Err(Scan::Open) };
        cell.extend_from_slice(&rest[..length]);
        at += length + 1;
        match text.get(at) {
            Some(b'"') => {
                cell.push(b'"');
                at += 1;
            }
            None if !ended => return Err(Scan::More),
            _ => return Ok(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(bytes: Vec<u8>, delimiter: u8) -> Vec<Vec<String>> {
        let mut table = TextTable::new(Box::new(std::io::Cursor::new(bytes)), None).unwrap();
        table.delimiter = delimiter;
        let (mut row, mut rows) = (Row::default(), Vec::new());
        while table.read(&mut row).unwrap() {
            assert_eq!(row.fault(), None);
            rows.push((0..row.len()).map(|column| row.raw(column).to_owned()).collect());
        }
        rows
    }

    proptest! {
        /// What the csv crate writes, we read as it was, and so does the csv crate.
        #[test]
        fn well_formed_text_is_read_as_the_csv_crate_reads_it(
            records in proptest::collection::vec(proptest::collection::vec("[a-z0-9,;\"\n\r \u{4e00}-\u{4e20}]{0,12}", 2..6), 1..20),
            delimiter in proptest::sample::select(DELIMITERS.to_vec()),
        ) {
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
            for record in &records {
                writer.write_record(record).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            prop_assert_eq!(rows(bytes, delimiter), records);
        }

        /// No input makes it panic or stand still, and no byte is passed over.
        #[test]
        fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(proptest::sample::select(b"a,\"\n\r\0\xC4\xE3\xEF\xBB\xBF;".to_vec()), 0..300)) {
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
            let mut table = TextTable::new(Box::new(std::io::Cursor::new(bytes)), None).unwrap_or_else(|_| {
                TextTable::new(Box::new(std::io::empty()), None).unwrap()
            });
            let (mut row, mut count) = (Row::default(), 0);
            while table.read(&mut row).unwrap() {
                count += 1;
                prop_assert!(count <= 301);
            }
            prop_assert!(table.at == table.window.len() && (table.line > lines || table.window.is_empty()));
        }
    }

    #[test]
    fn a_record_may_cross_the_pieces_that_the_file_is_read_in() {
        let long = "长".repeat(9_000);
        let text = (0..40).map(|i| format!("{i},\"{long}\n\"\"{i}\"\n")).collect::<String>();
        let rows = rows(text.into_bytes(), b',');
        assert_eq!(rows.len(), 40);
        assert!(rows.iter().enumerate().all(|(i, row)| row[1] == format!("{long}\n\"{i}")));
    }

    #[test]
    fn a_record_without_end_costs_no_more_memory_than_the_longest_allowed() {
        for start in ["a,b\n1,\"open\n", "a,b\n1,"] {
            let file = start.as_bytes().chain(std::io::repeat(b'x').take(16 << 20)).chain("\n2,y\n".as_bytes());
            let mut table = TextTable::new(Box::new(file), None).unwrap();
            let (mut row, mut last) = (Row::default(), String::new());
            while table.read(&mut row).unwrap() {
                last = row.raw(1).to_owned();
            }
            assert_eq!(last, "y");
            assert!(table.window.capacity() < 5 * RECORD_BYTES_MAX, "{}", table.window.capacity());
        }
    }
}

//! Orders from CSV: any delimiter, UTF-8, UTF-16 with its mark, GBK; gzip.

use super::collect::{Cells, Collector, Orders, shown};
use super::columns::{Column, Columns};
use super::decimal::Decimal;
use super::names::decode;
use super::rules::Sink;
use super::{Source, dates, unreadable};
use csv::ByteRecord;
use shuke_kernel::{Error, Result};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

/// Rows in which the file's order of day and month is looked for.
const SAMPLE_ROWS: usize = 20_000;
/// Bytes in which the delimiter is looked for.
const SNIFF_BYTES: usize = 1 << 16;
/// Longest cell; a longer one is a quotation mark that was never closed.
const CELL_BYTES_MAX: usize = 1 << 20;

/// Reads a file. Errors as of [`Source::read`].
pub fn read(source: &Source) -> Result<Orders> {
    let file = begin(source)?;
    let mut collector = Collector::new(source, file.columns())?;
    file.each_row(source, &mut collector)?;
    collector.finish()
}

/// An open file with its columns.
pub struct Opened {
    reader: Rows,
    columns: Columns,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// Opens a file. Errors: `file_unreadable`, `file_empty`, `column_unknown`.
pub fn begin(source: &Source) -> Result<Opened> {
    let (reader, header) = open(source)?;
    let columns = Columns::guess(&header, &source.named)?;
    Ok(Opened { reader, columns })
}

impl Opened {
    /// The columns.
    pub const fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Goes over the rows.
    ///
    /// Errors: `file_unreadable`, `date_order_mixed`, and those of the sink.
    pub fn each_row(mut self, source: &Source, sink: &mut impl Sink) -> Result<()> {
        let day_first = match source.day_first {
            Some(day_first) => day_first,
            None => look_for_day_first(source, &self.columns)?,
        };
        let mut record = ByteRecord::new();
        let mut row = 0_u64;
        while next(source, &mut self.reader, &mut record)? {
            row += 1;
            if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            match cells(source, &self.columns, &record, day_first) {
                Ok(cells) => sink.push(row, &cells)?,
                Err(reason) => sink.bad(row, &reason),
            }
            if source.progress && row.is_multiple_of(1_000_000) {
                eprintln!("{row} rows read");
            }
        }
        Ok(())
    }
}

pub(super) type Rows = csv::Reader<Box<dyn Read + Send>>;

/// The rows after the header, and the header.
pub(super) fn open(source: &Source) -> Result<(Rows, Vec<String>)> {
    let failed = |error: std::io::Error| unreadable(&source.path, error);
    let mut file = BufReader::with_capacity(SNIFF_BYTES, File::open(&source.path).map_err(failed)?);
    let mut buffered = if file.fill_buf().map_err(failed)?.starts_with(&[0x1F, 0x8B]) {
        BufReader::with_capacity(SNIFF_BYTES, Box::new(flate2::bufread::MultiGzDecoder::new(file)) as Box<dyn Read + Send>)
    } else {
        BufReader::with_capacity(SNIFF_BYTES, Box::new(file) as Box<dyn Read + Send>)
    };
    let start = buffered.fill_buf().map_err(failed)?;
    let utf16 = [(&[0xFF, 0xFE], encoding_rs::UTF_16LE), (&[0xFE, 0xFF], encoding_rs::UTF_16BE)];
    let mut text: Box<dyn Read + Send> = match utf16.into_iter().find(|(mark, _)| start.starts_with(*mark)) {
        Some((_, encoding)) => {
            Box::new(Utf16 { inner: buffered, decoder: encoding.new_decoder_with_bom_removal(), ready: Vec::new(), at: 0, done: false })
        }
        None => {
            if start.starts_with(&[0xEF, 0xBB, 0xBF]) {
                buffered.consume(3);
            }
            Box::new(buffered)
        }
    };
    let mut start = Vec::new();
    text.by_ref().take(SNIFF_BYTES as u64).read_to_end(&mut start).map_err(failed)?;
    if start.iter().take(1024).filter(|byte| **byte == 0).count() > 16 {
        return Err(Error::invalid("file_unreadable", "the file is no text; save it as CSV in UTF-8, or give Parquet"));
    }
    let delimiter = delimiter(&start);
    let whole: Box<dyn Read + Send> = Box::new(std::io::Cursor::new(start).chain(text));
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).buffer_capacity(1 << 18).from_reader(whole);
    let mut record = ByteRecord::new();
    while record.iter().all(|cell| cell.trim_ascii().is_empty()) {
        if !next(source, &mut reader, &mut record)? {
            return Err(Error::invalid(
                "file_empty",
                format!("{} is empty; it needs a header and at least one order", source.path.display()),
            ));
        }
    }
    Ok((reader, record.iter().map(|cell| decode(cell).trim().to_owned()).collect()))
}

pub(super) fn next(source: &Source, reader: &mut Rows, record: &mut ByteRecord) -> Result<bool> {
    let more = reader.read_byte_record(record).map_err(|error| unreadable(&source.path, error))?;
    if record.as_slice().len() > CELL_BYTES_MAX {
        let line = record.position().map_or(0, csv::Position::line);
        let detail = format!(
            "the row that begins on line {line} is longer than a million characters; look there for a quotation mark that was not closed"
        );
        return Err(Error::invalid("file_unreadable", detail));
    }
    Ok(more)
}

/// The mark that the header holds most often.
fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let count = |mark: u8| line.iter().filter(|byte| **byte == mark).count();
    [b',', b'\t', b';', b'|'].into_iter().rev().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}

fn look_for_day_first(source: &Source, columns: &Columns) -> Result<bool> {
    let Some(at) = columns.at(Column::Time) else { return Ok(false) };
    let (mut reader, _) = open(source)?;
    let mut record = ByteRecord::new();
    let (mut day, mut month) = (0_u32, 0_u32);
    for _ in 0..SAMPLE_ROWS {
        if !next(source, &mut reader, &mut record)? {
            break;
        }
        match record.get(at).and_then(dates::tells) {
            Some(true) => day += 1,
            Some(false) => month += 1,
            None => {}
        }
    }
    if day > 0 && month > 0 {
        let detail =
            "some dates have the day first and some the month first; say which with --day-first true or false, the others are left out";
        return Err(Error::invalid("date_order_mixed", detail));
    }
    Ok(day > 0)
}

/// A row's cells, or why it can't be read.
fn cells<'a>(source: &Source, columns: &Columns, record: &'a ByteRecord, day_first: bool) -> std::result::Result<Cells<'a>, String> {
    let cell = |column: Column| columns.at(column).and_then(|at| record.get(at)).map_or(&b""[..], <[u8]>::trim_ascii);
    let number = |column: Column| -> std::result::Result<Option<Decimal>, String> {
        match cell(column) {
            b"" => Ok(None),
            bytes => Decimal::parse(bytes).map(Some).ok_or_else(|| format!("{:?} is no number ({})", shown(bytes), column.name())),
        }
    };
    let time = cell(Column::Time);
    let moment = dates::parse(time, day_first, &source.zone)
        .ok_or_else(|| format!("{:?} is no date; write it like 2026-11-22 18:30", shown(time)))?;
    if columns.at(Column::Order).is_some() && cell(Column::Order).is_empty() {
        return Err("the order's number is empty".into());
    }
    Ok(Cells {
        member: known(cell(Column::Member)),
        order: cell(Column::Order),
        item: cell(Column::Item),
        store: cell(Column::Store),
        staff: cell(Column::Staff),
        moment,
        quantity: number(Column::Quantity)?,
        price: number(Column::Price)?,
        amount: number(Column::Amount)?,
        list: number(Column::List)?,
        discount: number(Column::Discount)?,
    })
}

/// What programs write where there is nobody.
pub(super) fn known(member: &[u8]) -> &[u8] {
    let nobody = ["null", "nan", "none", "n/a", "nil", "-", "散客", "无"];
    if member.len() <= 6 && nobody.iter().any(|word| member.eq_ignore_ascii_case(word.as_bytes())) { &[] } else { member }
}

/// UTF-16 as UTF-8, a piece at a time.
struct Utf16<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    ready: Vec<u8>,
    at: usize,
    done: bool,
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.ready.len() && !self.done {
            let piece = self.inner.fill_buf()?;
            self.done = piece.is_empty();
            let mut text = String::with_capacity(piece.len() * 3 + 16);
            let (_, used, _) = self.decoder.decode_to_string(piece, &mut text, self.done);
            self.inner.consume(used);
            self.ready = text.into_bytes();
            self.at = 0;
        }
        let count = out.len().min(self.ready.len() - self.at);
        out[..count].copy_from_slice(&self.ready[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

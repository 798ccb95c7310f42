//! Workbooks: one sheet of an XLSX file, streamed.
//!
//! The sheet is read in a thread of its own, which hands over rows in small batches: the reader borrows
//! its workbook, so the two cannot travel in one value, and a file that makes the reader panic ends as
//! an error here.

use super::COLUMNS_MAX;
use super::bytes::Counted;
use super::row::Row;
use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use shuke_kernel::{Error, Result};
use std::io::BufReader;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

const BATCH_ROWS_MAX: usize = 256;
const BATCH_BYTES_MAX: usize = 1 << 18;

type Workbook = Xlsx<BufReader<Counted>>;

enum Message {
    Opened(String),
    Rows(Vec<Row>),
    Failed(Error),
    End,
}

pub(super) struct SheetTable {
    messages: Receiver<Message>,
    batch: std::vec::IntoIter<Row>,
    ended: bool,
    format: String,
}

impl SheetTable {
    /// Opens the sheet with this name, or the first visible one.
    pub(super) fn new(reader: BufReader<Counted>, wanted: Option<String>) -> Result<Self> {
        let (sender, messages) = sync_channel(2);
        let work = move || {
            let outcome = Xlsx::new(reader).map_err(|error| damaged(&error)).and_then(|workbook| send_rows(workbook, wanted, &sender));
            // Where nobody listens any more, nobody needs the outcome.
            let _ = sender.send(outcome.map_or_else(Message::Failed, |()| Message::End));
        };
        std::thread::Builder::new().name("workbook".to_owned()).spawn(work).map_err(|error| Error::internal(error.to_string()))?;
        match messages.recv() {
            Ok(Message::Opened(format)) => Ok(Self { messages, batch: Vec::new().into_iter(), ended: false, format }),
            Ok(Message::Failed(error)) => Err(error),
            _ => Err(reader_panicked()),
        }
    }

    /// What was opened, for people to read.
    pub(super) fn format(&self) -> &str {
        &self.format
    }

    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool> {
        loop {
            if let Some(next) = self.batch.next() {
                *row = next;
                return Ok(true);
            }
            if self.ended {
                return Ok(false);
            }
            match self.messages.recv() {
                Ok(Message::Rows(rows)) => self.batch = rows.into_iter(),
                Ok(Message::End) => self.ended = true,
                Ok(Message::Failed(error)) => {
                    self.ended = true;
                    return Err(error);
                }
                Ok(Message::Opened(_)) | Err(_) => return Err(reader_panicked()),
            }
        }
    }
}

fn reader_panicked() -> Error {
    Error::invalid("file_damaged", "the workbook is damaged; open it in a spreadsheet program and save it again")
        .inside("the reader panicked")
}

fn damaged(error: &XlsxError) -> Error {
    if matches!(error, XlsxError::Password) {
        return Error::invalid("format_unsupported", "the workbook has a password; save it without one");
    }
    Error::invalid("file_damaged", "the workbook is damaged or no XLSX; open it in a spreadsheet program and save it again")
        .inside(error.to_string())
}

fn choose_sheet(workbook: &Workbook, wanted: Option<String>) -> Result<(String, String)> {
    let sheets: Vec<_> = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
    let names = sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>().join(", ");
    let chosen = match &wanted {
        Some(name) => sheets.iter().find(|sheet| sheet.name == *name),
        None => sheets.iter().find(|sheet| sheet.visible == SheetVisible::Visible).or(sheets.first()),
    };
    let Some(chosen) = chosen else {
        return Err(Error::invalid("sheet_unknown", format!("the workbook has no such sheet; it has: {names}")));
    };
    let others = if sheets.len() > 1 { format!(" of these: {names}") } else { String::new() };
    Ok((chosen.name.clone(), format!("workbook, sheet {:?}{others}", chosen.name)))
}

/// Sends all rows; stops early where the receiver is gone.
fn send_rows(mut workbook: Workbook, wanted: Option<String>, sender: &SyncSender<Message>) -> Result<()> {
    let (name, format) = choose_sheet(&workbook, wanted)?;
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(|error| damaged(&error))?;
    if sender.send(Message::Opened(format)).is_err() {
        return Ok(());
    }
    let mut line = None;
    let mut values: Vec<String> = Vec::new();
    let mut batch = Batch::default();
    while let Some(cell) = cells.next_cell().map_err(|error| damaged(&error))? {
        let (at, column) = cell.get_position();
        if line.is_some_and(|line| line != at) && !batch.add(line, &mut values, sender) {
            return Ok(());
        }
        line = Some(at);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        // One cell past the limit is enough to have the row refused.
        let column = column.min(COLUMNS_MAX);
        if !matches!(cell.get_value(), DataRef::Empty) {
            if values.len() <= column {
                values.resize(column + 1, String::new());
            }
            values[column] = text_of(cell.get_value());
        }
    }
    batch.add(line, &mut values, sender);
    // Where the receiver is gone there is nothing left to do.
    let _ = sender.send(Message::Rows(batch.rows));
    Ok(())
}

#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    bytes: usize,
    width: usize,
}

impl Batch {
    /// Adds a row and sends the batch when it is full; false where the receiver is gone.
    fn add(&mut self, line: Option<u32>, values: &mut Vec<String>, sender: &SyncSender<Message>) -> bool {
        let mut row = Row::default();
        row.begin(line.map_or(0, u64::from) + 1);
        // A sheet stores no empty cells, so a short row is not a damaged one.
        if values.len() <= COLUMNS_MAX {
            self.width = self.width.max(values.len());
        }
        if values.len() < self.width {
            values.resize(self.width, String::new());
        }
        for value in values.drain(..) {
            row.push(&value);
        }
        self.bytes += row.text_len();
        self.rows.push(row);
        if self.rows.len() < BATCH_ROWS_MAX && self.bytes < BATCH_BYTES_MAX {
            return true;
        }
        self.bytes = 0;
        sender.send(Message::Rows(std::mem::take(&mut self.rows))).is_ok()
    }
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(moment) => iso(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A date as `2026-01-05`, with a time as `2026-01-05 08:26:00`, a time of day as `08:26:00`. A duration
/// is a number of days, which no field of ours takes.
fn iso(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        return decimal(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    if (0.0..1.0).contains(&moment.as_f64()) && time != "00:00:00" {
        return time;
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if time == "00:00:00" { date } else { format!("{date} {time}") }
}

/// A spreadsheet's number as it shows it: 15 significant digits, no exponent. What comes in is the
/// file's binary fraction; it leaves as decimal text and is read exactly from there on.
fn decimal(number: f64) -> String {
    let text = format!("{number:.14e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let Ok(exponent) = exponent.parse::<i32>() else { return text };
    if digits.is_empty() {
        return "0".to_owned();
    }
    let before_point = usize::try_from(exponent + 1).unwrap_or(0);
    let leading = usize::try_from(-exponent - 1).unwrap_or(0);
    if digits.len() <= before_point {
        return format!("{sign}{digits}{}", "0".repeat(before_point - digits.len()));
    }
    let (whole, fraction) = digits.split_at(before_point);
    let whole = if whole.is_empty() { "0" } else { whole };
    format!("{sign}{whole}.{}{fraction}", "0".repeat(leading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType;

    #[test]
    fn numbers_are_written_as_a_sheet_shows_them() {
        let cases = [
            (12.0, "12"),
            (0.1 + 0.2, "0.3"),
            (-2.55, "-2.55"),
            (0.0, "0"),
            (-0.0, "0"),
            (13_800_138_000.0, "13800138000"),
            (1e21, "1000000000000000000000"),
            (0.000_012_5, "0.0000125"),
            (1.15 * 100.0, "115"),
            (123_456_789_012_345.6, "123456789012346"),
        ];
        for (number, text) in cases {
            assert_eq!(decimal(number), text);
        }
    }

    #[test]
    fn dates_are_written_as_iso() {
        let date = |value| iso(&ExcelDateTime::new(value, ExcelDateTimeType::DateTime, false));
        assert_eq!(date(40_513.0), "2010-12-01");
        assert_eq!(date(40_513.351_388_888_89), "2010-12-01 08:26:00");
        assert_eq!(date(0.5), "12:00:00");
        assert_eq!(date(73_415.0), "2100-12-31");
        assert_eq!(date(1.0), "1900-01-01");
    }
}

//! Files of any kind laid as lines of plain numbers, for SQL to put together.
//!
//! A line holds its order's key and, in numbers that can be compared, what the first row of an order decides: its
//! moment, store and staff, and its first known member. The row stands in the high bits, so that the least of them is
//! the first row's whatever the order in which rows are seen. Members, goods, stores and staff are numbered; their names
//! stay in memory, the lines do not.

use crate::orders::collect::{Cells, Counts, named, too_many, utf8};
use crate::orders::rules::{Repeats, Rules, Said, Sink};
use crate::orders::{NO_MINUTE, NONE, Names, Source, csv, parquet as rows, unreadable};
use crate::summary::{DAYS, FIRST_DAY};
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use shuke_kernel::{Error, Result};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bits of a number of a member, store or staff; what stands above them is the row.
pub const NAME_BITS: u32 = 28;
/// Bits of the day since 1900 and of the minute; together as many as [`NAME_BITS`].
pub const MINUTE_BITS: u32 = 11;
/// Stands for a minute that is not known.
pub const UNTIMED: i64 = (1 << MINUTE_BITS) - 1;
/// Most rows: they fill the bits that are left.
const ROWS_MAX: i64 = 1 << (62 - NAME_BITS);
/// Lines that are written at once.
const GROUP_LINES: usize = 1 << 17;
/// Lines of one file, so that several threads and nodes have something to read.
const FILE_LINES: usize = GROUP_LINES * 16;

const SCHEMA: &str = "message lines {
    required byte_array number;
    required int64 moment;
    optional int64 member;
    required int64 store;
    required int64 staff;
    optional int32 item;
    required int64 sold;
    required int64 returned;
    required int32 purchase;
}";

/// What is called what.
#[derive(Debug, Default)]
pub struct Tables {
    /// Members.
    pub members: Names,
    /// Goods; empty unless asked for.
    pub items: Names,
    /// Stores.
    pub stores: Names,
    /// Staff.
    pub staff: Names,
}

/// Lines that were laid.
#[derive(Debug)]
pub struct Laid {
    /// The files.
    pub files: Vec<PathBuf>,
    /// What is called what.
    pub tables: Tables,
    /// What was found while reading.
    pub counts: Counts,
    /// Whether all amounts together, whatever their signs, may be too large for 64 bits.
    pub is_wide: bool,
}

/// Lines of one group, column by column.
#[derive(Default)]
struct Group {
    number: Vec<ByteArray>,
    moment: Vec<i64>,
    member: (Vec<i64>, Vec<i16>),
    store: Vec<i64>,
    staff: Vec<i64>,
    item: (Vec<i32>, Vec<i16>),
    sold: Vec<i64>,
    returned: Vec<i64>,
    purchase: Vec<i32>,
}

struct Laying<'a> {
    source: &'a Source,
    folder: &'a Path,
    rules: Rules,
    laid: Laid,
    repeats: Repeats,
    key: Vec<u8>,
    last: Vec<u8>,
    group: Group,
    out: Option<SerializedFileWriter<File>>,
    in_file: usize,
    row: i64,
    total: i128,
}

/// Reads all files as if they were one, and lays their lines in a folder.
///
/// Errors: as of [`Source::read`]; `columns_differ` where some have numbers of orders and others don't; `file_unwritable`.
pub fn lay(source: &Source, files: &[PathBuf], folder: &Path) -> Result<Laid> {
    let mut laying: Option<Laying<'_>> = None;
    for path in files {
        let own = Source { path: path.clone(), ..source.clone() };
        if own.is_parquet() {
            let file = rows::open(&own)?;
            let laying = ready(&mut laying, source, folder, Rules::new(&own, file.columns())?, file.columns().found(), path)?;
            file.each_row(&own, laying)?;
        } else {
            let file = csv::begin(&own)?;
            let laying = ready(&mut laying, source, folder, Rules::new(&own, file.columns())?, file.columns().found(), path)?;
            file.each_row(&own, laying)?;
        }
    }
    let Some(mut laying) = laying else { return Err(Error::invalid("file_empty", "there is no file of orders")) };
    laying.laid.counts.check()?;
    laying.flush()?;
    laying.close()?;
    laying.laid.is_wide = laying.total > i128::from(i64::MAX >> 1);
    Ok(laying.laid)
}

/// The laying, which goes on with the next file.
fn ready<'l, 'a>(
    laying: &'l mut Option<Laying<'a>>,
    source: &'a Source,
    folder: &'a Path,
    rules: Rules,
    columns: Vec<(&'static str, String)>,
    path: &Path,
) -> Result<&'l mut Laying<'a>> {
    if laying.as_ref().is_some_and(|laying| laying.rules.numbered != rules.numbered) {
        return Err(Error::invalid(
            "columns_differ",
            format!(
                "{} has numbers of orders where the others have none, or none where they have; name the column, or ask them apart",
                path.display()
            ),
        ));
    }
    let fresh = || Laying {
        source,
        folder,
        rules: rules.clone(),
        laid: Laid { files: Vec::new(), tables: Tables::default(), counts: Counts { columns, ..Counts::default() }, is_wide: false },
        repeats: Repeats::default(),
        key: Vec::new(),
        last: Vec::new(),
        group: Group::default(),
        out: None,
        in_file: 0,
        row: 0,
        total: 0,
    };
    let laying = laying.get_or_insert_with(fresh);
    laying.rules = rules;
    Ok(laying)
}

impl Sink for Laying<'_> {
    /// Errors: `orders_too_many`, `file_unwritable`.
    fn push(&mut self, row: u64, cells: &Cells<'_>) -> Result<()> {
        match self.rules.said(cells) {
            Said::After => {
                self.laid.counts.rows += 1;
                self.laid.counts.after += 1;
            }
            Said::Bad(reason) => self.bad(row, reason),
            Said::Line { amount, back, sells, .. } => self.add(cells, amount, back, sells)?,
        }
        Ok(())
    }

    fn bad(&mut self, row: u64, reason: &str) {
        self.laid.counts.bad(row, reason);
    }
}

impl Laying<'_> {
    fn add(&mut self, cells: &Cells<'_>, amount: i64, back: bool, sells: bool) -> Result<()> {
        let counts = &mut self.laid.counts;
        counts.rows += 1;
        let member = if cells.member.is_empty() {
            counts.without_member += 1;
            NONE
        } else {
            self.laid.tables.members.number(&utf8(cells.member)).ok_or_else(too_many)?
        };
        self.rules.key(cells, member, &mut self.key);
        if self.key != self.last || self.row == 0 {
            self.last.clone_from(&self.key);
            self.repeats.turn();
        }
        if self.repeats.repeats(cells, amount) {
            counts.duplicates += 1;
            if self.source.drop_duplicates {
                return Ok(());
            }
        }
        counts.returns += u64::from(back);
        counts.free += u64::from(amount == 0 && !back);
        self.total += i128::from(amount.abs());
        self.line(cells, member, amount, back, sells)
    }

    fn line(&mut self, cells: &Cells<'_>, member: u32, amount: i64, back: bool, sells: bool) -> Result<()> {
        let (day, minute) = cells.moment;
        let since = i64::from(day) - i64::from(FIRST_DAY);
        if self.row >= ROWS_MAX || !(0..DAYS as i64).contains(&since) {
            return Err(too_many());
        }
        let row = self.row << NAME_BITS;
        let at = |number: u32, more: i64| match number {
            NONE => Ok(row),
            number if number >> (NAME_BITS - 1) == 0 => Ok(row | (i64::from(number) + more)),
            _ => Err(too_many()),
        };
        let minute = if minute == NO_MINUTE { UNTIMED } else { i64::from(minute) };
        let (store, staff) = (named(&mut self.laid.tables.stores, cells.store), named(&mut self.laid.tables.staff, cells.staff));
        let item = match sells && self.source.items && !cells.item.is_empty() {
            true => Some(self.laid.tables.items.number(&utf8(cells.item)).and_then(|item| i32::try_from(item).ok()).ok_or_else(too_many)?),
            false => None,
        };
        let group = &mut self.group;
        group.number.push(self.key.clone().into());
        group.moment.push(row | since << MINUTE_BITS | minute);
        if member != NONE {
            group.member.0.push(at(member, 0)?);
        }
        group.member.1.push(i16::from(member != NONE));
        group.store.push(at(store, 1)?);
        group.staff.push(at(staff, 1)?);
        group.item.0.extend(item);
        group.item.1.push(i16::from(item.is_some()));
        group.sold.push(if back { 0 } else { amount });
        group.returned.push(if back { amount.abs() } else { 0 });
        group.purchase.push(i32::from(sells));
        self.row += 1;
        if group.sold.len() >= GROUP_LINES { self.flush() } else { Ok(()) }
    }

    /// Writes the lines that are held.
    fn flush(&mut self) -> Result<()> {
        let group = std::mem::take(&mut self.group);
        let lines = group.sold.len();
        if lines == 0 && !self.laid.files.is_empty() {
            return Ok(());
        }
        if self.out.is_none() {
            let path = self.folder.join(format!("lines-{:05}.parquet", self.laid.files.len()));
            let file = File::create(&path).map_err(|error| unwritable(&path, error))?;
            let level = ZstdLevel::try_new(1).map_err(|error| unwritable(&path, error))?;
            let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
            let schema = parse_message_type(SCHEMA).map_err(|error| unreadable(&path, error))?;
            self.out =
                Some(SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).map_err(|error| unwritable(&path, error))?);
            self.laid.files.push(path);
        }
        if let Some(out) = &mut self.out {
            write(out, &group).map_err(|error| unwritable(self.folder, error))?;
        }
        self.in_file += lines;
        if self.in_file >= FILE_LINES { self.close() } else { Ok(()) }
    }

    fn close(&mut self) -> Result<()> {
        self.in_file = 0;
        match self.out.take() {
            Some(out) => out.close().map(|_| ()).map_err(|error| unwritable(self.folder, error)),
            None => Ok(()),
        }
    }
}

fn write(out: &mut SerializedFileWriter<File>, lines: &Group) -> std::result::Result<(), ParquetError> {
    let mut group = out.next_row_group()?;
    let short = || ParquetError::General("a column too few".into());
    let mut column = group.next_column()?.ok_or_else(short)?;
    column.typed::<ByteArrayType>().write_batch(&lines.number, None, None)?;
    column.close()?;
    let mut long = |values: &[i64], levels: Option<&[i16]>| -> std::result::Result<(), ParquetError> {
        let mut column = group.next_column()?.ok_or_else(short)?;
        column.typed::<Int64Type>().write_batch(values, levels, None)?;
        column.close()
    };
    long(&lines.moment, None)?;
    long(&lines.member.0, Some(&lines.member.1))?;
    long(&lines.store, None)?;
    long(&lines.staff, None)?;
    let mut column = group.next_column()?.ok_or_else(short)?;
    column.typed::<Int32Type>().write_batch(&lines.item.0, Some(&lines.item.1), None)?;
    column.close()?;
    for values in [&lines.sold, &lines.returned] {
        let mut column = group.next_column()?.ok_or_else(short)?;
        column.typed::<Int64Type>().write_batch(values, None, None)?;
        column.close()?;
    }
    let mut column = group.next_column()?.ok_or_else(short)?;
    column.typed::<Int32Type>().write_batch(&lines.purchase, None, None)?;
    column.close()?;
    group.close().map(|_| ())
}

fn unwritable(path: &Path, error: impl std::fmt::Display) -> Error {
    Error::invalid("file_unwritable", format!("{} can't be written: {error}", path.display()))
}

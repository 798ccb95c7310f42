//! Orders from Parquet, column by column.

use super::collect::{Cells, Collector, Orders};
use super::columns::{Column, Columns};
use super::decimal::Decimal;
use super::rules::Sink;
use super::{NO_MINUTE, Source, dates, unreadable};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{AsBytes, ByteArray, DataType};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use shuke_kernel::{Error, Result, Zone};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows that are read at once.
const BATCH: usize = 1 << 16;

/// What a column's numbers mean.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    Plain,
    /// Days since 1970.
    Date,
    /// So many units in a second; whether they are UTC.
    Timestamp(i64, bool),
    /// Digits behind the point.
    Decimal(u32),
}

/// A column's values of one batch, one for each row.
#[derive(Debug)]
enum Values {
    Int(Vec<i64>),
    Float(Vec<f64>),
    Bytes(Vec<ByteArray>),
}

/// One column of one row group.
struct Feed {
    reader: ColumnReader,
    meaning: Meaning,
    optional: bool,
    values: Values,
    /// Whether a row has no value; empty where all have.
    nulls: Vec<bool>,
    levels: Vec<i16>,
    narrow: Vec<i32>,
}

fn meaning(column: &ColumnDescriptor) -> Meaning {
    match column.logical_type_ref() {
        Some(LogicalType::Date) => return Meaning::Date,
        Some(LogicalType::Timestamp(timestamp)) => {
            let per_second = match timestamp.unit {
                TimeUnit::MILLIS => 1_000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            };
            return Meaning::Timestamp(per_second, timestamp.is_adjusted_to_u_t_c);
        }
        Some(LogicalType::Decimal(decimal)) => return Meaning::Decimal(u32::try_from(decimal.scale).unwrap_or(0)),
        _ => {}
    }
    match column.converted_type() {
        ConvertedType::DATE => Meaning::Date,
        ConvertedType::TIMESTAMP_MILLIS => Meaning::Timestamp(1_000, true),
        ConvertedType::TIMESTAMP_MICROS => Meaning::Timestamp(1_000_000, true),
        ConvertedType::DECIMAL => Meaning::Decimal(u32::try_from(column.type_scale()).unwrap_or(0)),
        _ if column.physical_type() == Physical::INT96 => Meaning::Timestamp(1_000_000_000, false),
        _ => Meaning::Plain,
    }
}

impl Feed {
    fn new(source: &Source, group: &dyn RowGroupReader, at: usize) -> Result<Self> {
        let column = group.metadata().column(at).column_descr_ptr();
        if column.max_rep_level() > 0 {
            return Err(Error::invalid("column_unknown", format!("the column {} holds lists; orders need one value a row", column.name())));
        }
        let reader = group.get_column_reader(at).map_err(|error| unreadable(&source.path, error))?;
        let values = match column.physical_type() {
            Physical::FLOAT | Physical::DOUBLE => Values::Float(Vec::new()),
            Physical::BYTE_ARRAY => Values::Bytes(Vec::new()),
            Physical::FIXED_LEN_BYTE_ARRAY if matches!(column.logical_type_ref(), Some(LogicalType::Uuid)) => Values::Bytes(Vec::new()),
            _ => Values::Int(Vec::new()),
        };
        let optional = column.max_def_level() > 0;
        Ok(Self { reader, meaning: meaning(&column), optional, values, nulls: Vec::new(), levels: Vec::new(), narrow: Vec::new() })
    }

    /// Reads the next rows; how many there were.
    fn read(&mut self, source: &Source) -> Result<usize> {
        // The decoders take it for granted that pages agree with each other, and panic where they don't.
        let read = catch_unwind(AssertUnwindSafe(|| self.decode(source)));
        read.unwrap_or_else(|_| Err(unreadable(&source.path, "its pages contradict each other; it is damaged")))
    }

    fn decode(&mut self, source: &Source) -> Result<usize> {
        self.levels.clear();
        let failed = |error| unreadable(&source.path, error);
        let (optional, levels) = (self.optional, &mut self.levels);
        let (rows, found) = match (&mut self.reader, &mut self.values) {
            (ColumnReader::Int64ColumnReader(reader), Values::Int(values)) => records(reader, values, levels, optional).map_err(failed)?,
            (ColumnReader::Int32ColumnReader(reader), Values::Int(values)) => {
                let counted = records(reader, &mut self.narrow, levels, optional).map_err(failed)?;
                values.clear();
                values.extend(self.narrow.iter().map(|value| i64::from(*value)));
                counted
            }
            (ColumnReader::Int96ColumnReader(reader), Values::Int(values)) => {
                mapped(reader, values, levels, optional, |value| value.to_nanos()).map_err(failed)?
            }
            (ColumnReader::FixedLenByteArrayColumnReader(reader), Values::Int(values)) => {
                mapped(reader, values, levels, optional, |value| big_endian(value.as_bytes())).map_err(failed)?
            }
            (ColumnReader::FixedLenByteArrayColumnReader(reader), Values::Bytes(values)) => {
                mapped(reader, values, levels, optional, |value| ByteArray::from(hexadecimal(value.as_bytes()).as_str())).map_err(failed)?
            }
            (ColumnReader::BoolColumnReader(reader), Values::Int(values)) => {
                mapped(reader, values, levels, optional, |value| i64::from(*value)).map_err(failed)?
            }
            (ColumnReader::DoubleColumnReader(reader), Values::Float(values)) => {
                records(reader, values, levels, optional).map_err(failed)?
            }
            (ColumnReader::FloatColumnReader(reader), Values::Float(values)) => {
                // By the decimal that was meant: 19.9_f32 is 19.9, not 19.899999618.
                let meant = |value: &f32| value.to_string().parse::<f64>().unwrap_or(f64::NAN);
                mapped(reader, values, levels, optional, meant).map_err(failed)?
            }
            (ColumnReader::ByteArrayColumnReader(reader), Values::Bytes(values)) => {
                records(reader, values, levels, optional).map_err(failed)?
            }
            _ => return Err(Error::internal("a column of a type that its reader does not have")),
        };
        self.nulls.clear();
        if found < rows {
            let top = 1.max(self.levels.iter().copied().max().unwrap_or(1));
            self.nulls.extend(self.levels.iter().map(|level| *level < top));
            if found == 0 {
                self.nulls.fill(true);
            }
            match &mut self.values {
                Values::Int(values) => spread(values, &self.nulls, 0),
                Values::Float(values) => spread(values, &self.nulls, f64::NAN),
                Values::Bytes(values) => spread(values, &self.nulls, ByteArray::new()),
            }
        }
        Ok(rows)
    }

    fn is_null(&self, row: usize) -> bool {
        self.nulls.get(row).copied().unwrap_or(false)
    }

    /// A row's text: bytes as they are, numbers written out.
    fn text<'a>(&'a self, row: usize, buffer: &'a mut Vec<u8>) -> &'a [u8] {
        buffer.clear();
        if self.is_null(row) {
            return &[];
        }
        match &self.values {
            Values::Bytes(values) => values[row].as_bytes().trim_ascii(),
            Values::Int(values) => {
                use std::io::Write as _;
                let _ = write!(buffer, "{}", values[row]);
                buffer
            }
            Values::Float(values) => {
                use std::io::Write as _;
                let _ = write!(buffer, "{}", values[row]);
                buffer
            }
        }
    }

    fn decimal(&self, row: usize) -> Option<Decimal> {
        if self.is_null(row) {
            return None;
        }
        match &self.values {
            Values::Int(values) => {
                let scale = if let Meaning::Decimal(scale) = self.meaning { scale } else { 0 };
                scaled(values[row], scale)
            }
            Values::Float(values) => Decimal::of_float(values[row]),
            Values::Bytes(values) => match self.meaning {
                Meaning::Decimal(scale) => scaled(big_endian(values[row].as_bytes()), scale),
                _ => Decimal::parse(values[row].as_bytes().trim_ascii()),
            },
        }
    }

    fn moment(&self, row: usize, day_first: bool, zone: &Zone) -> Option<dates::Moment> {
        if self.is_null(row) {
            return None;
        }
        match &self.values {
            Values::Int(values) => moment(values[row], self.meaning, zone),
            Values::Float(_) => None,
            Values::Bytes(values) => dates::parse(values[row].as_bytes(), day_first, zone),
        }
    }
}

/// An id as text: bytes as such may be no text.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Digits beyond nine are rounded off.
fn scaled(value: i64, scale: u32) -> Option<Decimal> {
    match scale {
        0..=9 => Some(Decimal { mantissa: value, scale }),
        _ => Some(Decimal { mantissa: value / 10_i64.checked_pow(scale - 9)?, scale: 9 }),
    }
}

/// A signed number of up to 16 bytes; the largest one where 64 bits do not hold it.
fn big_endian(bytes: &[u8]) -> i64 {
    let first = bytes.first().copied().unwrap_or(0);
    let start = if first & 0x80 == 0 { 0_i128 } else { -1 };
    let value = bytes.iter().take(16).fold(start, |value, byte| value << 8 | i128::from(*byte));
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn spread<T: Clone>(values: &mut Vec<T>, nulls: &[bool], nothing: T) {
    let found = std::mem::take(values);
    let mut found = found.into_iter();
    values.extend(nulls.iter().map(|null| if *null { nothing.clone() } else { found.next().unwrap_or_else(|| nothing.clone()) }));
}

/// Reads the next rows as values of another kind.
fn mapped<T: DataType, V>(
    reader: &mut ColumnReaderImpl<T>,
    values: &mut Vec<V>,
    levels: &mut Vec<i16>,
    optional: bool,
    map: impl Fn(&T::T) -> V,
) -> parquet::errors::Result<(usize, usize)> {
    let mut raw = Vec::new();
    let counted = records(reader, &mut raw, levels, optional)?;
    values.clear();
    values.extend(raw.iter().map(map));
    Ok(counted)
}

fn records<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    values: &mut Vec<T::T>,
    levels: &mut Vec<i16>,
    optional: bool,
) -> parquet::errors::Result<(usize, usize)> {
    values.clear();
    let (rows, found, _) = reader.read_records(BATCH, optional.then_some(levels), None, values)?;
    Ok((rows, found))
}

fn moment(value: i64, meaning: Meaning, zone: &Zone) -> Option<dates::Moment> {
    match meaning {
        Meaning::Date => i32::try_from(value).ok().map(|day| (day, NO_MINUTE)),
        Meaning::Timestamp(per_second, utc) => {
            if utc && *zone != Zone::utc() {
                return dates::local(value.div_euclid(per_second / 1_000), zone);
            }
            let minutes = value.div_euclid(per_second * 60);
            let day = i32::try_from(minutes.div_euclid(1440)).ok()?;
            Some((day, u16::try_from(minutes.rem_euclid(1440)).unwrap_or(NO_MINUTE)))
        }
        _ => dates::parse(value.to_string().as_bytes(), false, zone),
    }
    .filter(|(day, _)| (-25_567..=84_370).contains(day))
}

/// An open file with its columns.
pub struct Opened {
    reader: SerializedFileReader<File>,
    columns: Columns,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// Opens a file. Errors: `file_unreadable`, `column_unknown`.
pub fn open(source: &Source) -> Result<Opened> {
    let file = File::open(&source.path).map_err(|error| unreadable(&source.path, error))?;
    let bytes = file.metadata().map_err(|error| unreadable(&source.path, error))?.len();
    let reader = SerializedFileReader::new(file).map_err(|error| unreadable(&source.path, error))?;
    if !reader.metadata().row_groups().iter().flat_map(|group| group.columns()).all(|column| stands_within(column, bytes)) {
        return Err(unreadable(&source.path, "a column stands outside the file; it is damaged"));
    }
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let header: Vec<String> = schema.columns().iter().map(|column| column.path().string()).collect();
    let columns = Columns::guess(&header, &source.named)?;
    Ok(Opened { reader, columns })
}

/// Whether a column's pages lie in a file of so many bytes; the reader takes that for granted.
fn stands_within(column: &ColumnChunkMetaData, bytes: u64) -> bool {
    let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
    let end = start.checked_add(column.compressed_size());
    start >= 0 && column.compressed_size() >= 0 && end.and_then(|end| u64::try_from(end).ok()).is_some_and(|end| end <= bytes)
}

/// Where a plain file's orders stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    /// The member's column, whole numbers.
    pub member: String,
    /// The time's column.
    pub time: String,
    /// Its units in a second; none for days.
    pub per_second: Option<i64>,
    /// The amount's column.
    pub amount: String,
    /// What the amount's numbers are.
    pub money: Money,
    /// How they are stored: files of different kinds are not read together.
    types: [Physical; 3],
}

/// What an amount's numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    /// Whole minor units.
    Minor,
    /// Decimals with as many digits as the currency has.
    Decimal,
    /// Binary fractions of major units.
    Major,
}

/// Rows of one batch in which every row is an order of a member.
#[derive(Debug)]
pub struct Batch<'a> {
    /// Members' numbers.
    pub members: &'a [i64],
    /// Local days.
    pub days: &'a [i32],
    /// Minutes of the day.
    pub minutes: &'a [u16],
    /// Minor units, below zero for a return.
    pub amounts: &'a [i64],
}

impl Opened {
    /// The columns.
    pub const fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Whether every row is an order of a numbered member with a typed time and amount, so that one pass will do.
    pub fn is_plain(&self) -> bool {
        let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
        let physical = |column: Column| self.columns.at(column).map(|at| (schema.column(at).physical_type(), meaning(&schema.column(at))));
        let lines = [Column::Item, Column::Quantity, Column::Price].iter().any(|column| self.columns.at(*column).is_some());
        let member = matches!(physical(Column::Member), Some((Physical::INT64 | Physical::INT32, Meaning::Plain)));
        let time = matches!(physical(Column::Time), Some((_, Meaning::Date | Meaning::Timestamp(..))));
        let amount = matches!(physical(Column::Amount), Some((Physical::INT64 | Physical::INT32 | Physical::DOUBLE | Physical::FLOAT, _)));
        !lines && member && time && amount
    }

    /// Which columns an order a row stands in, where numbers alone say what they mean (see [`Plain`]); none where
    /// rows must be read one by one.
    pub fn plain(&self, source: &Source) -> Option<Plain> {
        if !self.is_plain() {
            return None;
        }
        let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
        let column = |column: Column| self.columns.at(column).map(|at| schema.column(at)).filter(|column| column.path().parts().len() == 1);
        let (member, time, amount) = (column(Column::Member)?, column(Column::Time)?, column(Column::Amount)?);
        let per_second = match meaning(&time) {
            Meaning::Date => None,
            Meaning::Timestamp(per_second, utc) if time.physical_type() == Physical::INT64 && (!utc || source.zone == Zone::utc()) => {
                Some(per_second)
            }
            _ => return None,
        };
        let is_whole = matches!(amount.physical_type(), Physical::INT32 | Physical::INT64);
        let money = match (meaning(&amount), self.columns.amount_is_minor()) {
            (Meaning::Plain, true) if is_whole => Money::Minor,
            (Meaning::Decimal(scale), false) if is_whole && scale == u32::from(source.currency.decimals()) => Money::Decimal,
            (Meaning::Plain, false) if amount.physical_type() == Physical::DOUBLE => Money::Major,
            _ => return None,
        };
        let name = |column: &ColumnDescriptor| column.name().to_owned();
        let types = [&member, &time, &amount].map(|column| column.physical_type());
        Some(Plain { member: name(&member), time: name(&time), per_second, amount: name(&amount), money, types })
    }

    /// Rows of the whole file.
    pub fn rows(&self) -> u64 {
        u64::try_from(self.reader.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// Goes over a plain file; rows without a member or time are counted and left out.
    ///
    /// Errors: `file_unreadable`, `amount_too_large`.
    pub fn each_batch(&self, source: &Source, mut visit: impl FnMut(&Batch<'_>) -> Result<()>) -> Result<u64> {
        let decimals = u32::from(source.currency.decimals());
        let minor = self.columns.amount_is_minor();
        let (mut days, mut minutes, mut amounts, mut members) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut left_out = 0;
        let place = |column: Column| self.columns.at(column).unwrap_or(0);
        for index in 0..self.reader.num_row_groups() {
            let group = self.reader.get_row_group(index).map_err(|error| unreadable(&source.path, error))?;
            let mut feeds = [Column::Member, Column::Time, Column::Amount].map(|column| Feed::new(source, &*group, place(column)));
            let [Ok(member), Ok(time), Ok(amount)] = &mut feeds else {
                return Err(Error::invalid("file_unreadable", "a column of the file can't be read"));
            };
            loop {
                let rows = member.read(source)?;
                if time.read(source)? != rows || amount.read(source)? != rows {
                    return Err(Error::invalid("file_unreadable", "the file's columns differ in length"));
                }
                if rows == 0 {
                    break;
                }
                let Values::Int(numbers) = &member.values else { return Err(Error::internal("members are numbers here")) };
                let Values::Int(times) = &time.values else { return Err(Error::internal("times are numbers here")) };
                days.clear();
                minutes.clear();
                for value in times {
                    let (day, minute) = moment(*value, time.meaning, &source.zone).unwrap_or((i32::MIN, NO_MINUTE));
                    days.push(day);
                    minutes.push(minute);
                }
                amounts.clear();
                convert(amount, decimals, minor, &mut amounts)?;
                let whole = member.nulls.is_empty() && time.nulls.is_empty() && amount.nulls.is_empty() && !days.contains(&i32::MIN);
                if whole {
                    visit(&Batch { members: numbers, days: &days, minutes: &minutes, amounts: &amounts })?;
                    continue;
                }
                let keep: Vec<usize> = (0..rows)
                    .filter(|row| days[*row] != i32::MIN && !member.is_null(*row) && !time.is_null(*row) && !amount.is_null(*row))
                    .collect();
                left_out += (rows - keep.len()) as u64;
                members.clear();
                members.extend(keep.iter().map(|row| numbers[*row]));
                for (to, row) in keep.iter().enumerate() {
                    (days[to], minutes[to], amounts[to]) = (days[*row], minutes[*row], amounts[*row]);
                }
                let n = keep.len();
                visit(&Batch { members: &members, days: &days[..n], minutes: &minutes[..n], amounts: &amounts[..n] })?;
            }
        }
        Ok(left_out)
    }
}

/// A column of amounts as minor units.
fn convert(feed: &Feed, decimals: u32, minor: bool, out: &mut Vec<i64>) -> Result<()> {
    let too_large = || Error::invalid("amount_too_large", "an amount is larger than the system can hold");
    match (&feed.values, feed.meaning) {
        (Values::Int(values), Meaning::Plain) if minor => out.extend_from_slice(values),
        (Values::Int(values), Meaning::Decimal(scale)) if scale == decimals => out.extend_from_slice(values),
        (Values::Float(values), _) if !minor => {
            let per_major = 10_f64.powi(i32::try_from(decimals).unwrap_or(2));
            for value in values {
                let scaled = value * per_major;
                let near = scaled.round();
                // Away from a half the nearest whole is the same as by decimal digits.
                out.push(match (scaled - near).abs() < 0.49 && near.abs() < 4e15 {
                    true => near as i64,
                    false if value.is_nan() => 0,
                    false => Decimal::of_float(*value).and_then(|decimal| decimal.units(decimals)).ok_or_else(too_large)?,
                });
            }
        }
        _ => {
            let rows = match &feed.values {
                Values::Int(values) => values.len(),
                Values::Float(values) => values.len(),
                Values::Bytes(values) => values.len(),
            };
            for row in 0..rows {
                let units = if feed.is_null(row) {
                    Some(0)
                } else {
                    feed.decimal(row).and_then(|decimal| decimal.units(if minor { 0 } else { decimals }))
                };
                out.push(units.ok_or_else(too_large)?);
            }
        }
    }
    Ok(())
}

/// Reads a file into orders. Errors as of [`Source::read`].
pub fn read(source: &Source) -> Result<Orders> {
    let opened = open(source)?;
    let mut collector = Collector::new(source, &opened.columns)?;
    opened.each_row(source, &mut collector)?;
    collector.finish()
}

/// Where the column stands among the feeds that says that everything of an order was taken back.
const UNDONE: usize = Column::ALL.len();

impl Opened {
    /// The lake's own column of orders that were wholly taken back, and of their refunds: they are no purchase.
    fn undone(&self) -> Option<usize> {
        let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
        schema.columns().iter().position(|column| column.name() == "is_undone" && column.physical_type() == Physical::BOOLEAN)
    }

    /// Goes over the rows.
    ///
    /// Errors: `file_unreadable`, and those of the sink.
    pub fn each_row(&self, source: &Source, sink: &mut impl Sink) -> Result<()> {
        let mut row = 0;
        for index in 0..self.reader.num_row_groups() {
            let group = self.reader.get_row_group(index).map_err(|error| unreadable(&source.path, error))?;
            let mut feeds: Vec<Option<Feed>> = Vec::new();
            for column in Column::ALL {
                let wanted =
                    self.columns.at(column).filter(|_| source.items || source.lines || !matches!(column, Column::Item | Column::Category));
                feeds.push(wanted.map(|at| Feed::new(source, &*group, at)).transpose()?);
            }
            feeds.push(self.undone().map(|at| Feed::new(source, &*group, at)).transpose()?);
            loop {
                let mut rows = None;
                for feed in feeds.iter_mut().flatten() {
                    let read = feed.read(source)?;
                    if *rows.get_or_insert(read) != read {
                        return Err(Error::invalid("file_unreadable", "the file's columns differ in length"));
                    }
                }
                let rows = rows.unwrap_or(0);
                if rows == 0 {
                    break;
                }
                batch(source, &feeds, rows, &mut row, sink)?;
            }
        }
        Ok(())
    }
}

fn batch(source: &Source, feeds: &[Option<Feed>], rows: usize, row: &mut u64, sink: &mut impl Sink) -> Result<()> {
    let mut buffers: [Vec<u8>; 5] = std::array::from_fn(|_| Vec::new());
    let feed = |column: Column| feeds[column as usize].as_ref();
    for at in 0..rows {
        *row += 1;
        let undone = feeds.get(UNDONE).and_then(Option::as_ref);
        if undone.is_some_and(|feed| !feed.is_null(at) && matches!(&feed.values, Values::Int(values) if values[at] != 0)) {
            continue;
        }
        let Some(moment) = feed(Column::Time).and_then(|feed| feed.moment(at, source.day_first.unwrap_or(false), &source.zone)) else {
            sink.bad(*row, "no date");
            continue;
        };
        let [a, b, c, d, e] = &mut buffers;
        let cells = Cells {
            member: feed(Column::Member).map_or(&[], |feed| feed.text(at, a)),
            order: feed(Column::Order).map_or(&[], |feed| feed.text(at, b)),
            item: feed(Column::Item).map_or(&[], |feed| feed.text(at, c)),
            store: feed(Column::Store).map_or(&[], |feed| feed.text(at, d)),
            staff: feed(Column::Staff).map_or(&[], |feed| feed.text(at, e)),
            moment,
            quantity: feed(Column::Quantity).and_then(|feed| feed.decimal(at)),
            price: feed(Column::Price).and_then(|feed| feed.decimal(at)),
            amount: feed(Column::Amount).and_then(|feed| feed.decimal(at)),
            list: feed(Column::List).and_then(|feed| feed.decimal(at)),
            discount: feed(Column::Discount).and_then(|feed| feed.decimal(at)),
        };
        sink.push(*row, &cells)?;
    }
    Ok(())
}

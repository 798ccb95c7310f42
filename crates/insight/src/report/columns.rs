//! The long list as Parquet: names and words as text, money as decimals, days as dates, what is not known as nothing.

use super::model::{Cell, Format, Report, Table, key};
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use shuke_kernel::{Error, Result};
use std::sync::Arc;

/// Rows of a row group.
const ROWS: usize = 1 << 20;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Text,
    Count,
    Money,
    Number,
    Day,
}

fn holds(cell: &Cell) -> Option<Holds> {
    match cell {
        Cell::Name(_) | Cell::Word(_) | Cell::Month(_) => Some(Holds::Text),
        Cell::Count(_) => Some(Holds::Count),
        Cell::Money(_) => Some(Holds::Money),
        Cell::Share(_) | Cell::Number(..) => Some(Holds::Number),
        Cell::Day(_) => Some(Holds::Day),
        Cell::Nothing => None,
    }
}

/// What all cells of a column hold; text where they differ.
fn column(table: &Table, at: usize) -> Holds {
    let mut kinds = (0..table.rows.len()).filter_map(|row| holds(&table.rows.cell(row, at)));
    let first = kinds.next().unwrap_or(Holds::Text);
    if kinds.all(|kind| kind == first) { first } else { Holds::Text }
}

/// The list.
///
/// Errors: `internal` where memory can't be written to, which does not happen.
pub fn parquet(report: &Report) -> Result<Vec<u8>> {
    written(report).map_err(|error| Error::internal(error.to_string()))
}

fn written(report: &Report) -> std::result::Result<Vec<u8>, ParquetError> {
    let table = &report.list;
    let kinds: Vec<Holds> = (0..table.head.len()).map(|at| column(table, at)).collect();
    let mut names: Vec<String> = table.head.iter().map(|name| key(&name.en)).collect();
    for at in 0..names.len() {
        if names[at].is_empty() || names[..at].contains(&names[at]) {
            names[at] = format!("{}_{}", names[at], at + 1);
        }
    }
    let decimals = i32::from(report.currency.decimals());
    let fields = names.iter().zip(&kinds).map(|(name, kind)| field(name, *kind, decimals)).collect::<std::result::Result<Vec<_>, _>>()?;
    let schema = Arc::new(Type::group_type_builder(report.kind).with_fields(fields).build()?);
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut out = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut out, schema, Arc::new(properties))?;
    let format = Format { chinese: false, plain: true, currency: report.currency };
    for from in (0..table.rows.len()).step_by(ROWS) {
        let rows = from..table.rows.len().min(from + ROWS);
        let mut group = writer.next_row_group()?;
        for (at, kind) in kinds.iter().enumerate() {
            let Some(mut column) = group.next_column()? else { break };
            write(&mut column, *kind, rows.clone().map(|row| table.rows.cell(row, at)), &format)?;
            column.close()?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(out)
}

fn field(name: &str, kind: Holds, decimals: i32) -> std::result::Result<Arc<Type>, ParquetError> {
    let (physical, converted) = match kind {
        Holds::Text => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
        Holds::Count => (Physical::INT64, ConvertedType::NONE),
        Holds::Money => (Physical::INT64, ConvertedType::DECIMAL),
        Holds::Number => (Physical::DOUBLE, ConvertedType::NONE),
        Holds::Day => (Physical::INT32, ConvertedType::DATE),
    };
    let mut field = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL).with_converted_type(converted);
    if kind == Holds::Money {
        field = field.with_precision(18).with_scale(decimals);
    }
    Ok(Arc::new(field.build()?))
}

fn write(
    column: &mut SerializedColumnWriter<'_>,
    kind: Holds,
    cells: impl Iterator<Item = Cell>,
    format: &Format,
) -> std::result::Result<(), ParquetError> {
    match kind {
        Holds::Text => {
            let text = |cell: Cell| (!matches!(cell, Cell::Nothing)).then(|| ByteArray::from(format.cell(&cell).into_bytes()));
            put::<ByteArrayType>(column, cells.map(text))
        }
        Holds::Count | Holds::Money => put::<Int64Type>(
            column,
            cells.map(|cell| match cell {
                Cell::Count(number) | Cell::Money(number) => Some(number),
                _ => None,
            }),
        ),
        Holds::Number => put::<DoubleType>(
            column,
            cells.map(|cell| match cell {
                Cell::Share(number) | Cell::Number(number, _) => Some(number).filter(|number| number.is_finite()),
                _ => None,
            }),
        ),
        Holds::Day => put::<Int32Type>(
            column,
            cells.map(|cell| match cell {
                Cell::Day(day) => Some(day),
                _ => None,
            }),
        ),
    }
}

fn put<T: DataType>(
    column: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = Option<T::T>>,
) -> std::result::Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    column.typed::<T>().write_batch(&values, Some(&levels), None)?;
    Ok(())
}

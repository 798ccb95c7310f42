//! Writing and reading typed columns of one row group.

use bytes::Bytes;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::reader::ColumnReader;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, FixedLenByteArray};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::reader::{FileReader as _, RowGroupReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use shuke_kernel::{Error, Result};
use std::io::Write;
use std::sync::Arc;

/// Rows of a row group.
pub(super) const GROUP_ROWS: usize = 1 << 17;

/// A column's values with those that are missing.
pub(super) enum Values {
    /// Numbers; none where there is nothing.
    Long(Vec<Option<i64>>),
    /// Days and the like.
    Int(Vec<Option<i32>>),
    /// Text.
    Text(Vec<Option<Vec<u8>>>),
    /// 16 bytes.
    Id(Vec<Option<[u8; 16]>>),
    /// Yes or no.
    Flag(Vec<bool>),
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("a file of the lake: {error}"))
}

/// A file that can't be read.
pub(super) fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("a file of the lake can't be read: {error}"))
}

/// Begins a file with a schema in Parquet's own words.
pub(super) fn begin<W: Write + Send>(out: W, schema: &str) -> Result<SerializedFileWriter<W>> {
    let schema = Arc::new(parse_message_type(schema).map_err(failed)?);
    let level = ZstdLevel::try_new(3).map_err(failed)?;
    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(level)).set_writer_version(WriterVersion::PARQUET_1_0).build();
    SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(failed)
}

fn split<T: Clone>(values: &[Option<T>]) -> (Vec<T>, Vec<i16>) {
    (values.iter().flatten().cloned().collect(), values.iter().map(|value| i16::from(value.is_some())).collect())
}

/// Writes one row group: the columns in the schema's order, `true` where a column may lack values.
pub(super) fn group<W: Write + Send>(file: &mut SerializedFileWriter<W>, columns: Vec<(Values, bool)>) -> Result<()> {
    let mut group = file.next_row_group().map_err(failed)?;
    for (values, optional) in columns {
        let mut column = group.next_column().map_err(failed)?.ok_or_else(|| failed("a column too many"))?;
        match (column.untyped(), values) {
            (ColumnWriter::Int64ColumnWriter(writer), Values::Long(values)) => {
                let (found, levels) = split(&values);
                writer.write_batch(&found, optional.then_some(&levels), None).map_err(failed)?;
            }
            (ColumnWriter::Int32ColumnWriter(writer), Values::Int(values)) => {
                let (found, levels) = split(&values);
                writer.write_batch(&found, optional.then_some(&levels), None).map_err(failed)?;
            }
            (ColumnWriter::ByteArrayColumnWriter(writer), Values::Text(values)) => {
                let (found, levels) = split(&values);
                let found: Vec<ByteArray> = found.into_iter().map(ByteArray::from).collect();
                writer.write_batch(&found, optional.then_some(&levels), None).map_err(failed)?;
            }
            (ColumnWriter::FixedLenByteArrayColumnWriter(writer), Values::Id(values)) => {
                let (found, levels) = split(&values);
                let found: Vec<FixedLenByteArray> = found.into_iter().map(|id| ByteArray::from(id.to_vec()).into()).collect();
                writer.write_batch(&found, optional.then_some(&levels), None).map_err(failed)?;
            }
            (ColumnWriter::BoolColumnWriter(writer), Values::Flag(values)) => {
                writer.write_batch(&values, None, None).map_err(failed)?;
            }
            _ => return Err(failed("a column of another type")),
        }
        column.close().map_err(failed)?;
    }
    group.close().map_err(failed)?;
    Ok(())
}

/// Opens a file that is in memory.
pub(super) fn open(bytes: Bytes) -> Result<SerializedFileReader<Bytes>> {
    SerializedFileReader::new(bytes).map_err(unreadable)
}

/// Puts found values back where the levels say there is one.
fn spread<T>(found: Vec<T>, levels: &[i16], optional: bool) -> Vec<Option<T>> {
    if !optional {
        return found.into_iter().map(Some).collect();
    }
    let mut found = found.into_iter();
    levels.iter().map(|level| if *level > 0 { found.next() } else { None }).collect()
}

/// All values of a column of a row group.
pub(super) fn column(group: &dyn RowGroupReader, at: usize) -> Result<Values> {
    let optional = group.metadata().column(at).column_descr().max_def_level() > 0;
    let rows = usize::try_from(group.metadata().num_rows()).map_err(unreadable)?;
    let mut levels = Vec::new();
    macro_rules! all {
        ($reader:expr) => {{
            let mut values = Vec::with_capacity(rows);
            let mut read = 0;
            while read < rows {
                let (more, _, _) =
                    $reader.read_records(rows - read, optional.then_some(&mut levels), None, &mut values).map_err(unreadable)?;
                if more == 0 {
                    return Err(unreadable("a column is shorter than its row group"));
                }
                read += more;
            }
            values
        }};
    }
    Ok(match group.get_column_reader(at).map_err(unreadable)? {
        ColumnReader::Int64ColumnReader(mut reader) => Values::Long(spread(all!(reader), &levels, optional)),
        ColumnReader::Int32ColumnReader(mut reader) => Values::Int(spread(all!(reader), &levels, optional)),
        ColumnReader::BoolColumnReader(mut reader) => Values::Flag(all!(reader)),
        ColumnReader::ByteArrayColumnReader(mut reader) => {
            let values: Vec<ByteArray> = all!(reader);
            Values::Text(spread(values.iter().map(|value| value.data().to_vec()).collect(), &levels, optional))
        }
        ColumnReader::FixedLenByteArrayColumnReader(mut reader) => {
            let values: Vec<FixedLenByteArray> = all!(reader);
            let id = |value: &FixedLenByteArray| <[u8; 16]>::try_from(value.data()).map_err(unreadable);
            Values::Id(spread(values.iter().map(id).collect::<Result<Vec<_>>>()?, &levels, optional))
        }
        _ => return Err(unreadable("a column of a type that the lake does not have")),
    })
}

macro_rules! taken {
    ($($name:ident, $variant:ident, $kind:ty;)*) => {$(
        /// The column's values, where it is of this type.
        pub(super) fn $name(group: &dyn RowGroupReader, at: usize) -> Result<$kind> {
            match column(group, at)? {
                Values::$variant(values) => Ok(values),
                _ => Err(unreadable("a column is of another type")),
            }
        }
    )*};
}
taken! {
    longs, Long, Vec<Option<i64>>;
    ints, Int, Vec<Option<i32>>;
    texts, Text, Vec<Option<Vec<u8>>>;
    ids, Id, Vec<Option<[u8; 16]>>;
    flags, Flag, Vec<bool>;
}

/// Goes over the row groups of a file.
pub(super) fn each_group(file: &SerializedFileReader<Bytes>, mut visit: impl FnMut(&dyn RowGroupReader) -> Result<()>) -> Result<()> {
    for index in 0..file.num_row_groups() {
        visit(&*file.get_row_group(index).map_err(unreadable)?)?;
    }
    Ok(())
}

//! Writing and reading the file.

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use shuke_kernel::value::Value;
use shuke_kernel::{Error, Result, Uuid};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

const HEAD: &[u8] = b"shuke backup 1\n";
/// The longest text of a backup; a longer length is damage, and not worth the memory.
const TEXT_BYTES_MAX: u32 = 256 * 1024 * 1024;
const COLUMNS_MAX: u32 = 1_000;
const MIGRATIONS_MAX: u32 = 10_000;

/// One item of the stream.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    /// A table begins.
    Table { name: String, columns: Vec<String> },
    /// A row of the table that began last.
    Row(Vec<Value>),
    /// That was all.
    End,
}

pub(super) fn unwritable(error: &std::io::Error) -> Error {
    Error::unavailable("backup_unwritable", format!("the backup can't be written: {error}"))
}

fn damaged(inside: impl Into<String>) -> Error {
    Error::invalid("backup_damaged", "the backup is damaged or cut off; nothing was restored, take another one").inside(inside)
}

/// A backup that is being written.
pub(super) struct Out {
    stream: GzEncoder<BufWriter<File>>,
    hash: Sha256,
    pub(super) tables: u64,
    pub(super) rows: u64,
}

impl Out {
    pub(super) fn begin(file: File, at: i64, schema: &[String]) -> Result<Self> {
        let mut file = BufWriter::with_capacity(1 << 16, file);
        file.write_all(HEAD).map_err(|error| unwritable(&error))?;
        let mut out = Self { stream: GzEncoder::new(file, Compression::fast()), hash: Sha256::new(), tables: 0, rows: 0 };
        out.number(at)?;
        out.length(schema.len())?;
        for name in schema {
            out.text(name)?;
        }
        Ok(out)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        self.stream.write_all(bytes).map_err(|error| unwritable(&error))
    }
    fn number(&mut self, number: i64) -> Result<()> {
        self.bytes(&number.to_be_bytes())
    }
    fn length(&mut self, length: usize) -> Result<()> {
        let length = u32::try_from(length).map_err(|_| Error::internal("a text of a backup is too long"))?;
        self.bytes(&length.to_be_bytes())
    }
    fn text(&mut self, text: &str) -> Result<()> {
        self.length(text.len())?;
        self.bytes(text.as_bytes())
    }

    pub(super) fn table(&mut self, name: &str, columns: &[String]) -> Result<()> {
        self.tables += 1;
        self.bytes(b"T")?;
        self.text(name)?;
        self.length(columns.len())?;
        columns.iter().try_for_each(|column| self.text(column))
    }

    pub(super) fn row(&mut self, values: &[Value]) -> Result<()> {
        self.rows += 1;
        self.bytes(b"R")?;
        for value in values {
            match value {
                Value::Null => self.bytes(b"n")?,
                Value::Int(number) => {
                    self.bytes(b"i")?;
                    self.number(*number)?;
                }
                Value::Bool(truth) => self.bytes(if *truth { b"y" } else { b"f" })?,
                Value::Text(text) => {
                    self.bytes(b"t")?;
                    self.text(text)?;
                }
                Value::Uuid(id) => {
                    self.bytes(b"u")?;
                    self.bytes(id.as_bytes())?;
                }
            }
        }
        Ok(())
    }

    /// Writes the end and lets the file reach the disk. Answers the hash.
    pub(super) fn finish(mut self) -> Result<String> {
        self.bytes(b"E")?;
        self.number(i64::try_from(self.rows).unwrap_or(i64::MAX))?;
        let hash = self.hash.clone().finalize();
        self.stream.write_all(&hash).map_err(|error| unwritable(&error))?;
        let file = self.stream.finish().and_then(|buffer| Ok(buffer.into_inner()?));
        file.and_then(|file| file.sync_all()).map_err(|error| unwritable(&error))?;
        Ok(hex(&hash))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A backup that is being read.
pub(super) struct In {
    stream: GzDecoder<BufReader<File>>,
    hash: Sha256,
    pub(super) at: i64,
    pub(super) schema: Vec<String>,
    width: usize,
    pub(super) tables: u64,
    pub(super) rows: u64,
    /// The hash, once the end was read.
    pub(super) sum: String,
}

impl In {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let unreadable = |error: std::io::Error| Error::invalid("backup_unreadable", format!("{} can't be read: {error}", path.display()));
        let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(unreadable)?);
        let mut head = [0; HEAD.len()];
        if file.read_exact(&mut head).is_err() || head != HEAD {
            return Err(Error::invalid("backup_unknown", format!("{} is not a backup that this version can read", path.display())));
        }
        let stream = GzDecoder::new(file);
        let mut found = Self { stream, hash: Sha256::new(), at: 0, schema: Vec::new(), width: 0, tables: 0, rows: 0, sum: String::new() };
        found.at = found.number()?;
        for _ in 0..found.length(MIGRATIONS_MAX)? {
            let name = found.text()?;
            found.schema.push(name);
        }
        Ok(found)
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes).map_err(|error| damaged(error.to_string()))?;
        self.hash.update(bytes);
        Ok(bytes)
    }
    fn number(&mut self) -> Result<i64> {
        Ok(i64::from_be_bytes(self.bytes()?))
    }
    fn length(&mut self, most: u32) -> Result<u32> {
        let length = u32::from_be_bytes(self.bytes()?);
        if length > most { Err(damaged(format!("a length of {length}"))) } else { Ok(length) }
    }
    fn text(&mut self) -> Result<String> {
        let length = self.length(TEXT_BYTES_MAX)?;
        let mut bytes = Vec::new();
        let read = (&mut self.stream).take(u64::from(length)).read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
        if read != length as usize {
            return Err(damaged("a text ends early"));
        }
        self.hash.update(&bytes);
        String::from_utf8(bytes).map_err(|error| damaged(error.to_string()))
    }

    pub(super) fn next(&mut self) -> Result<Item> {
        match &self.bytes::<1>()? {
            b"T" => {
                let name = self.text()?;
                let count = self.length(COLUMNS_MAX)?;
                let columns = (0..count).map(|_| self.text()).collect::<Result<Vec<_>>>()?;
                self.width = columns.len();
                self.tables += 1;
                Ok(Item::Table { name, columns })
            }
            b"R" => {
                self.rows += 1;
                (0..self.width).map(|_| self.value()).collect::<Result<_>>().map(Item::Row)
            }
            b"E" => self.end(),
            other => Err(damaged(format!("an item of kind {other:?}"))),
        }
    }

    fn value(&mut self) -> Result<Value> {
        Ok(match &self.bytes::<1>()? {
            b"n" => Value::Null,
            b"i" => Value::Int(self.number()?),
            b"y" => Value::Bool(true),
            b"f" => Value::Bool(false),
            b"t" => Value::Text(self.text()?.into()),
            b"u" => Value::Uuid(Uuid::from_bytes(self.bytes()?)),
            other => return Err(damaged(format!("a value of kind {other:?}"))),
        })
    }

    fn end(&mut self) -> Result<Item> {
        let rows = self.number()?;
        let sum = self.hash.clone().finalize();
        if u64::try_from(rows) != Ok(self.rows) || self.bytes::<32>()?[..] != sum[..] {
            return Err(damaged("the check sum is another one"));
        }
        // Reading to the end also compares gzip's own check sum; nothing may follow.
        let mut rest = Vec::new();
        let after = (&mut self.stream).take(1).read_to_end(&mut rest).map_err(|error| damaged(error.to_string()))?;
        let beyond = self.stream.get_mut().read(&mut [0; 1]).map_err(|error| damaged(error.to_string()))?;
        if after + beyond > 0 {
            return Err(damaged("something follows the end"));
        }
        self.sum = hex(&sum);
        Ok(Item::End)
    }
}

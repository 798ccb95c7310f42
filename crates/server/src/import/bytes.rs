//! The file as bytes: what format it is in, and how far it has been read.

use flate2::read::MultiGzDecoder;
use shuke_kernel::{Error, Result};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much of a file has been read.
#[derive(Clone, Debug)]
pub struct Progress {
    read: Arc<AtomicU64>,
    total: u64,
}

impl Progress {
    /// Bytes of the file on disk that have been read, at most [`Self::bytes_total`].
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed).min(self.total)
    }
    /// The size of the file on disk, in bytes.
    pub const fn bytes_total(&self) -> u64 {
        self.total
    }
}

/// A file that counts what is read of it.
pub(super) struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

pub(super) enum Opened {
    Text(Box<dyn Read + Send>),
    Workbook(BufReader<Counted>),
}

/// Opens a file and tells by its first bytes what it is; its name says nothing.
pub(super) fn open(path: &Path) -> Result<(Opened, Progress)> {
    let mut file = File::open(path).map_err(|error| unreadable(&error))?;
    let total = file.metadata().map_err(|error| unreadable(&error))?.len();
    let head = head_of(&mut file).map_err(|error| unreadable(&error))?;
    file.rewind().map_err(|error| unreadable(&error))?;
    let read = Arc::new(AtomicU64::new(0));
    let progress = Progress { read: Arc::clone(&read), total };
    let file = BufReader::with_capacity(1 << 16, Counted { file, read });
    if is_workbook(&head) {
        return Ok((Opened::Workbook(file), progress));
    }
    if !is_gzip(&head) {
        refuse_other_formats(&head)?;
        return Ok((Opened::Text(Box::new(file)), progress));
    }
    let mut unzipped = MultiGzDecoder::new(file);
    let head = head_of(&mut unzipped).map_err(|error| unreadable(&error))?;
    if is_workbook(&head) {
        return Err(unsupported("a gzip file with a workbook inside; unpack it and import the workbook"));
    }
    refuse_other_formats(&head)?;
    Ok((Opened::Text(Box::new(Cursor::new(head).chain(unzipped))), progress))
}

fn head_of(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(64);
    reader.by_ref().take(64).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether a file that begins so is a zip archive, as workbooks are.
pub(super) fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

/// Whether a file that begins so is compressed.
pub(super) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1F, 0x8B])
}

pub(super) fn refuse_other_formats(head: &[u8]) -> Result<()> {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start().to_ascii_lowercase();
    let is = |start: &[u8]| text.starts_with(start);
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(unsupported("an old .xls workbook or one with a password; save it as .xlsx without a password"));
    }
    if is(b"<!doctype") || is(b"<html") || is(b"<table") || is(b"<?xml") || is(b"<head") || is(b"<meta") {
        return Err(unsupported("a web page or XML, whatever its name says; open it in a spreadsheet program and save it as .xlsx"));
    }
    if is(b"par1") || is(b"%pdf") || is(b"bzh") || is(b"7z\xbc\xaf") || is(b"\xfd7zxz") || is(b"rar!") || is(b"\x28\xb5\x2f\xfd") {
        return Err(unsupported("neither CSV nor XLSX; export it as one of these"));
    }
    Ok(())
}

pub(super) fn unsupported(what: &str) -> Error {
    Error::invalid("format_unsupported", format!("the file is {what}"))
}

/// What a failed read of the file means to its owner.
pub(super) fn unreadable(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => Error::invalid("file_unreadable", "there is no such file"),
        io::ErrorKind::UnexpectedEof => Error::invalid("file_damaged", "the file ends in the middle; copy or export it again"),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            Error::invalid("file_damaged", "the file is damaged and cannot be unpacked; copy or export it again").inside(error.to_string())
        }
        _ => Error::invalid("file_unreadable", format!("the file cannot be read: {error}")),
    }
}

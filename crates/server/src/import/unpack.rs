//! Measures a workbook before it is opened: an archive of a few kilobytes can unpack to gigabytes, and
//! its own directory can lie about it. So each part is unpacked once into a counter. What comes through the
//! network is measured likewise where it is compressed text, before it is kept.

use super::bytes::{is_gzip, is_workbook, refuse_other_formats, unreadable, unsupported};
use flate2::read::MultiGzDecoder;
use shuke_kernel::{Error, Result};
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// The most that a workbook may unpack to, in bytes.
const UNPACKED_BYTES_MAX: u64 = 512 << 20;
/// The most that it may unpack to, in times its own size.
const UNPACK_RATIO_MAX: u64 = 200;
/// Small workbooks are mostly repetition and may unpack to more than the ratio.
const UNPACKED_BYTES_FREE: u64 = 1 << 20;
/// All texts of a workbook are held in memory together, so they get less, in bytes.
const SHARED_STRINGS_BYTES_MAX: u64 = 64 << 20;
/// One piece of markup or of text is held in memory whole, in bytes.
const XML_PIECE_BYTES_MAX: u64 = 1 << 20;
/// An empty text in the shared strings takes at least this much, in bytes: `<si/>`.
const SHARED_STRING_BYTES_MIN: u64 = 5;

/// Errors: `file_damaged`, `format_unsupported`, `workbook_too_large`.
pub(super) fn measure(path: &Path) -> Result<()> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let packed = file.metadata().map_err(|error| unreadable(&error))?.len();
    let unpacked_max = packed.saturating_mul(UNPACK_RATIO_MAX).clamp(UNPACKED_BYTES_FREE, UNPACKED_BYTES_MAX);
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(&error))?;
    refuse_other_archives(&archive)?;
    let mut unpacked = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| damaged(&error))?;
        let name = part.name().map_err(|error| damaged(&error))?.to_ascii_lowercase();
        let shared_strings = name.ends_with("sharedstrings.xml");
        let room = unpacked_max - unpacked;
        let room = if shared_strings { room.min(SHARED_STRINGS_BYTES_MAX) } else { room };
        let mut inspector = Inspector::default();
        let bytes = io::copy(&mut part.take(room + 1), &mut inspector).map_err(|error| unreadable(&error))?;
        if bytes > room {
            return Err(too_large());
        }
        unpacked += bytes;
        if name.ends_with(".xml") || name.ends_with(".rels") {
            inspector.judge()?;
        }
        if shared_strings {
            judge_count(&inspector.start, bytes)?;
        }
    }
    Ok(())
}

/// Looks at a file before it is kept: what it is by its first bytes, and what it unpacks to. A workbook is measured
/// when it is opened.
///
/// Errors: `format_unsupported`, `file_damaged`, `file_unpacks_too_large`.
pub fn judge(file: &[u8]) -> Result<()> {
    if is_workbook(file) {
        return Ok(());
    }
    if !is_gzip(file) {
        return refuse_other_formats(&file[..file.len().min(HEAD_BYTES)]);
    }
    let packed = u64::try_from(file.len()).unwrap_or(u64::MAX);
    let room = packed.saturating_mul(UNPACK_RATIO_MAX).clamp(UNPACKED_BYTES_FREE, UNPACKED_BYTES_MAX);
    let unpacked = io::copy(&mut MultiGzDecoder::new(file).take(room + 1), &mut io::sink()).map_err(|error| unreadable(&error))?;
    if unpacked > room {
        return Err(Error::invalid(
            "file_unpacks_too_large",
            "the file unpacks to more than 512 MiB or 200 times its size; unpack it and bring it in parts",
        ));
    }
    Ok(())
}

/// So much tells what a file is.
const HEAD_BYTES: usize = 64;

fn too_large() -> Error {
    let mebibytes = UNPACKED_BYTES_MAX >> 20;
    let detail = format!(
        "the workbook unpacks to more than {mebibytes} MiB or {UNPACK_RATIO_MAX} times its size, or holds a cell of over 1 MiB; export it as CSV"
    );
    Error::invalid("workbook_too_large", detail)
}

fn damaged(error: &ZipError) -> Error {
    Error::invalid("file_damaged", "the file looks like a workbook but is damaged or has a password").inside(error.to_string())
}

fn refuse_other_archives<R>(archive: &ZipArchive<R>) -> Result<()>
where
    R: Read + io::Seek,
{
    let has = |wanted: &str| archive.file_names().flatten().any(|name| name.eq_ignore_ascii_case(wanted));
    if has("xl/workbook.bin") || has("content.xml") {
        return Err(unsupported("an .xlsb or .ods workbook; save it as .xlsx"));
    }
    if !has("[Content_Types].xml") {
        return Err(unsupported("a zip archive; unpack it and import the file inside"));
    }
    Ok(())
}

/// Looks at a part while it is counted.
#[derive(Default)]
struct Inspector {
    start: Vec<u8>,
    since_tag: u64,
    piece_max: u64,
    after_tag: bool,
    declaration: bool,
}

impl Write for Inspector {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = START_BYTES_MAX.saturating_sub(self.start.len()).min(bytes.len());
        self.start.extend_from_slice(&bytes[..room]);
        for byte in bytes {
            self.declaration |= self.after_tag && *byte == b'!';
            self.after_tag = *byte == b'<';
            self.since_tag = if self.after_tag { 0 } else { self.since_tag + 1 };
            self.piece_max = self.piece_max.max(self.since_tag);
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const START_BYTES_MAX: usize = 4096;

impl Inspector {
    /// Spreadsheet programs write neither document types (the door to entities) nor comments nor CDATA.
    fn judge(&self) -> Result<()> {
        if self.declaration {
            let detail = "the workbook holds markup that no spreadsheet program writes; open it in one and save it again";
            return Err(Error::invalid("file_damaged", detail));
        }
        if self.piece_max > XML_PIECE_BYTES_MAX { Err(too_large()) } else { Ok(()) }
    }
}

/// The reader sets memory aside for as many texts as the file claims to have.
fn judge_count(start: &[u8], bytes: u64) -> Result<()> {
    let start = String::from_utf8_lossy(start);
    let Some(tag) = start.find("sst").and_then(|at| start[at..].split_once('>')).map(|(tag, _)| tag) else {
        return Err(Error::invalid("file_damaged", "the workbook's texts are damaged; open it in a spreadsheet program and save it again"));
    };
    let claimed = tag.split_once("uniqueCount").map_or("0", |(_, rest)| rest);
    let digits: String = claimed.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    match digits.parse::<u64>() {
        Ok(count) if count <= bytes / SHARED_STRING_BYTES_MIN => Ok(()),
        _ => Err(too_large()),
    }
}

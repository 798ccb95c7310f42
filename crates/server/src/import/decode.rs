//! Bytes to UTF-8 text, a piece at a time.
//!
//! A byte order mark settles the encoding. Without one the text is ASCII until proven otherwise; the
//! first other bytes decide, with all of the piece that they stand in: mostly valid UTF-8, or else
//! GB18030, of which GBK and GB 2312 are parts.

use super::bytes::unreadable;
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};
use shuke_kernel::{Error, Result};
use std::io::Read;

/// Stands for bytes that are no text: a code point that Unicode keeps out of texts, so that damage that
/// the file brought along (U+FFFD) is not taken for damage that we found.
pub(super) const MALFORMED: char = '\u{FDD0}';

const PIECE_BYTES: usize = 1 << 16;

pub(super) struct Utf8 {
    reader: Box<dyn Read + Send>,
    /// Bytes that were read and not yet decoded.
    raw: Vec<u8>,
    chosen: Option<(&'static Encoding, Decoder)>,
    started: bool,
    ended: bool,
}

impl Utf8 {
    pub(super) fn new(reader: Box<dyn Read + Send>, label: Option<&str>) -> Result<Self> {
        let mut decode = Self { reader, raw: Vec::new(), chosen: None, started: false, ended: false };
        if let Some(label) = label {
            let unknown = || Error::invalid("encoding_unknown", format!("{label:?} is no encoding; try utf-8 or gbk"));
            let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(unknown)?;
            decode.chosen = Some((encoding, encoding.new_decoder_with_bom_removal()));
        }
        Ok(decode)
    }

    /// What the text turned out to be so far.
    pub(super) fn encoding(&self) -> &'static str {
        self.chosen.as_ref().map_or("ASCII", |(encoding, _)| encoding.name())
    }

    /// Appends more text; false when there is none left.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let before = self.raw.len();
        self.reader.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut self.raw).map_err(|error| unreadable(&error))?;
        self.ended = self.raw.len() - before < PIECE_BYTES;
        if !self.started {
            self.started = true;
            self.look_at_start()?;
        }
        if self.chosen.is_none() {
            let ascii = self.raw.iter().position(|byte| !byte.is_ascii()).unwrap_or(self.raw.len());
            out.extend(self.raw.drain(..ascii));
            if let Some(encoding) = guess(&self.raw, self.ended) {
                self.chosen = Some((encoding, encoding.new_decoder_without_bom_handling()));
            }
        }
        if let Some((_, decoder)) = &mut self.chosen {
            decode(decoder, &self.raw, self.ended, out);
            self.raw.clear();
        }
        Ok(true)
    }

    fn look_at_start(&mut self) -> Result<()> {
        if self.chosen.is_some() {
            return Ok(());
        }
        if let Some((encoding, mark)) = Encoding::for_bom(&self.raw) {
            self.raw.drain(..mark);
            self.chosen = Some((encoding, encoding.new_decoder_without_bom_handling()));
            return Ok(());
        }
        let start = &self.raw[..self.raw.len().min(1024)];
        if start.iter().filter(|byte| **byte == 0).count() > start.len() / 4 {
            return Err(Error::invalid("encoding_unknown", "the file is no text, or UTF-16 without its mark; save it as CSV in UTF-8"));
        }
        Ok(())
    }
}

/// The encoding of text whose first byte is not ASCII; nothing while there is too little of it.
fn guess(bytes: &[u8], ended: bool) -> Option<&'static Encoding> {
    // A character may be cut at the end of a piece; at the end of the file it is damage.
    let whole = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() && !ended => error.valid_up_to(),
        _ => bytes.len(),
    };
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    for chunk in bytes[..whole].utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    match (valid, invalid) {
        (0, 0) => None,
        // A few damaged bytes do not make a UTF-8 file Chinese legacy text: there, most characters are invalid.
        _ if invalid * 2 <= valid => Some(UTF_8),
        _ => Some(GB18030),
    }
}

fn decode(decoder: &mut Decoder, mut bytes: &[u8], last: bool, out: &mut Vec<u8>) {
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(PIECE_BYTES).max(64);
        let start = out.len();
        out.resize(start + room, 0);
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(bytes, &mut out[start..], last);
        out.truncate(start + written);
        bytes = &bytes[read..];
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => out.extend_from_slice(MALFORMED.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

//! One row of a table, and what can be wrong with it.

use super::decode::MALFORMED;
use super::{CELL_CHARS_MAX, COLUMNS_MAX};

/// Why a row cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable code, the translation key.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub detail: String,
}

/// The cells of one row. The same value is read into again and again, so that no row allocates.
#[derive(Clone, Debug, Default)]
pub struct Row {
    number: u64,
    line: u64,
    text: String,
    ends: Vec<usize>,
    fault: Option<Fault>,
}

impl Row {
    /// The row's number: 1 for the first below the header; empty rows are not counted.
    pub const fn number(&self) -> u64 {
        self.number
    }
    /// The line of the file on which the row begins, or the sheet's row number; the first is 1.
    pub const fn line(&self) -> u64 {
        self.line
    }
    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// A cell without the dress that programs put around it: space at its ends, Excel's `="00123"`, and
    /// the apostrophe with which our own reports disarm formulas. Empty where the row has no such cell.
    pub fn cell(&self, column: usize) -> &str {
        let text = self.raw(column).trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
        if let Some(inner) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
            return inner;
        }
        match text.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t']) => rest,
            _ => text,
        }
    }
    /// A cell exactly as the file has it.
    pub fn raw(&self, column: usize) -> &str {
        let Some(end) = self.ends.get(column) else { return "" };
        let start = column.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..*end]
    }
    /// All cells, as [`Self::cell`] gives them.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|column| self.cell(column))
    }
    /// Why the row cannot be used.
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    pub(super) fn begin(&mut self, line: u64) {
        self.number = 0;
        self.line = line;
        self.text.clear();
        self.ends.clear();
        self.fault = None;
    }
    pub(super) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }
    pub(super) fn set_fault(&mut self, code: &'static str, detail: impl Into<String>) {
        self.fault = Some(Fault { code, detail: detail.into() });
    }
    pub(super) fn text_len(&self) -> usize {
        self.text.len()
    }

    /// Takes the cells that a text table found; `ends` are offsets into `text`.
    pub(super) fn fill(&mut self, text: &[u8], ends: &[usize]) {
        self.text.clear();
        match std::str::from_utf8(text) {
            Ok(text) => self.text.push_str(text),
            // Cannot be: the decoder gives UTF-8 and cells are cut at ASCII characters.
            Err(_) => self.set_fault("text_malformed", "the text could not be decoded"),
        }
        self.ends.clear();
        self.ends.extend(ends.iter().filter(|end| **end <= self.text.len()));
    }

    /// Numbers the row and checks it against the header's width.
    pub(super) fn deliver(&mut self, number: u64, width: usize) {
        self.number = number;
        if self.fault.is_none()
            && let Some((code, detail)) = self.check(width)
        {
            self.set_fault(code, detail);
        }
    }

    fn check(&self, width: usize) -> Option<(&'static str, String)> {
        if self.len() > COLUMNS_MAX {
            return Some(("columns_too_many", format!("the row has more than {COLUMNS_MAX} cells")));
        }
        if self.len() < width {
            return Some(("cells_missing", format!("the row has {} cells where the header has {width}", self.len())));
        }
        if (width..self.len()).any(|column| !self.cell(column).is_empty()) {
            return Some(("cells_extra", format!("the row has {} cells where the header has {width}", self.len())));
        }
        if self.text.contains('\0') {
            return Some(("nul_byte", "the row holds a NUL byte, so the file is damaged here".to_owned()));
        }
        if self.text.contains(MALFORMED) {
            return Some(("text_malformed", "the row holds bytes that are no text in the file's encoding".to_owned()));
        }
        let too_long = |column: &usize| {
            let cell = self.raw(*column);
            cell.len() > CELL_CHARS_MAX && cell.chars().count() > CELL_CHARS_MAX
        };
        let column = (0..self.len()).find(too_long)?;
        Some(("cell_too_long", format!("cell {} has more than {CELL_CHARS_MAX} characters", column + 1)))
    }
}

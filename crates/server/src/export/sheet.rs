//! A table on its way into a file: CSV, or XLSX (ECMA-376, the little of it that a plain table needs).

use shuke_kernel::{Error, Result};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Rows that a sheet has at most, the header included.
const SHEET_ROWS_MAX: u64 = 1_048_576;

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Text, as people wrote it.
    Text(String),
    /// A number, written in digits.
    Number(String),
    /// Nothing.
    Empty,
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Empty, Self::Text)
    }
}

enum Form {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Xlsx(Box<ZipWriter<BufWriter<File>>>),
}

/// A file that is being written.
pub struct Sheet {
    form: Form,
    path: PathBuf,
    draft: PathBuf,
    rows: u64,
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>\
</Types>";
const PACKAGE: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>\
</Relationships>";
const WORKBOOK: &str = "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
<sheets><sheet name=\"1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
const PARTS: &str = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
</Relationships>";
const SHEET: &str = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";

fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::invalid("export_unwritable", format!("{} can't be written: {error}", path.display()))
}

impl Sheet {
    /// Begins a file; its name says what it becomes. Until it is whole it is called `NAME.part`.
    ///
    /// Errors: `export_format_unknown`, `export_unwritable`.
    pub fn create(path: &Path, header: &[&str]) -> Result<Self> {
        let extension = path.extension().map(|text| text.to_ascii_lowercase().to_string_lossy().into_owned());
        let mut draft = path.as_os_str().to_owned();
        draft.push(".part");
        let draft = PathBuf::from(draft);
        let open = || File::create(&draft).map(BufWriter::new).map_err(|error| unwritable(path, &error));
        let form = match extension.as_deref() {
            Some("csv") => {
                let mut file = open()?;
                // The mark by which Excel knows that the text is UTF-8.
                file.write_all("\u{FEFF}".as_bytes()).map_err(|error| unwritable(path, &error))?;
                Form::Csv(Box::new(csv::Writer::from_writer(file)))
            }
            Some("xlsx") => {
                let mut zip = ZipWriter::new(open()?);
                begin(&mut zip).map_err(|error| unwritable(path, &error))?;
                Form::Xlsx(Box::new(zip))
            }
            _ => return Err(Error::invalid("export_format_unknown", "the file's name must end in .csv or .xlsx")),
        };
        let mut sheet = Self { form, path: path.to_owned(), draft, rows: 0 };
        sheet.add(&header.iter().map(|name| Cell::Text((*name).to_owned())).collect::<Vec<_>>())?;
        Ok(sheet)
    }

    /// Adds a row.
    ///
    /// Errors: `export_unwritable`, `export_too_long`.
    pub fn add(&mut self, cells: &[Cell]) -> Result<()> {
        self.rows += 1;
        let outcome = match &mut self.form {
            Form::Csv(writer) => writer.write_record(cells.iter().map(|cell| plain(cell).into_owned())).map_err(|error| error.to_string()),
            Form::Xlsx(_) if self.rows > SHEET_ROWS_MAX => {
                return Err(Error::refused("export_too_long", "a sheet has at most 1,048,576 rows; write a .csv, or narrow the days"));
            }
            Form::Xlsx(zip) => zip.write_all(row(self.rows, cells).as_bytes()).map_err(|error| error.to_string()),
        };
        outcome.map_err(|error| unwritable(&self.path, &error))
    }

    /// Rows below the header.
    pub const fn rows(&self) -> u64 {
        self.rows - 1
    }

    /// Ends the file and gives it its name.
    pub fn finish(self) -> Result<u64> {
        let rows = self.rows();
        let failed = |error: &dyn std::fmt::Display| unwritable(&self.path, error);
        let file = match self.form {
            Form::Csv(writer) => writer.into_inner().map_err(|error| failed(&error))?,
            Form::Xlsx(mut zip) => {
                zip.write_all(b"</sheetData></worksheet>").map_err(|error| failed(&error))?;
                zip.finish().map_err(|error| failed(&error))?
            }
        };
        let file = file.into_inner().map_err(|error| failed(&error))?;
        file.sync_all().map_err(|error| failed(&error))?;
        std::fs::rename(&self.draft, &self.path).map_err(|error| failed(&error))?;
        Ok(rows)
    }
}

fn begin(zip: &mut ZipWriter<BufWriter<File>>) -> Result<(), Box<dyn std::error::Error>> {
    let options = SimpleFileOptions::default();
    for (name, text) in
        [("[Content_Types].xml", TYPES), ("_rels/.rels", PACKAGE), ("xl/workbook.xml", WORKBOOK), ("xl/_rels/workbook.xml.rels", PARTS)]
    {
        zip.start_file(name, options)?;
        zip.write_all(HEAD.as_bytes())?;
        zip.write_all(text.as_bytes())?;
    }
    zip.start_file("xl/worksheets/sheet1.xml", options.large_file(true))?;
    zip.write_all(HEAD.as_bytes())?;
    zip.write_all(SHEET.as_bytes())?;
    Ok(())
}

/// A cell of a CSV. A text that would be run as a formula gets an apostrophe, which the import takes off again.
fn plain(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Number(digits) => Cow::Borrowed(digits),
        Cell::Text(text) if text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r']) => Cow::Owned(format!("'{text}")),
        Cell::Text(text) => Cow::Borrowed(text),
    }
}

/// A row of a sheet. Text stands inline and is never a formula. Rows and cells say where they stand: the format lets
/// them go without, and some programs can't read that.
fn row(number: u64, cells: &[Cell]) -> String {
    let mut out = format!("<row r=\"{number}\">");
    for (column, cell) in cells.iter().enumerate() {
        let place = format!("<c r=\"{}{number}\"", letters(column));
        match cell {
            Cell::Empty => {}
            Cell::Number(digits) => {
                out.push_str(&place);
                out.push_str("><v>");
                out.push_str(digits);
                out.push_str("</v></c>");
            }
            Cell::Text(text) => {
                out.push_str(&place);
                out.push_str(" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
                escape(text, &mut out);
                out.push_str("</t></is></c>");
            }
        }
    }
    out.push_str("</row>");
    out
}

/// What a spreadsheet calls a column, counted from 0: A to Z, AA, AB, …
fn letters(column: usize) -> String {
    let letter = |of: usize| char::from(b'A' + u8::try_from(of % 26).unwrap_or(0));
    let mut name = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        left -= 1;
        name.push(letter(left));
        left /= 26;
    }
    name.iter().rev().collect()
}

/// XML text. What XML 1.0 can't hold at all becomes a replacement character.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Row, Source};

    fn text(cell: &str) -> Cell {
        Cell::Text(cell.to_owned())
    }

    #[test]
    fn columns_are_called_as_spreadsheets_do() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
        let told = row(7, &[text("a"), Cell::Empty, Cell::Number("1".to_owned())]);
        assert!(told.starts_with("<row r=\"7\"><c r=\"A7\" t=") && told.ends_with("<c r=\"C7\"><v>1</v></c></row>"), "{told}");
    }

    #[test]
    fn what_goes_out_comes_in_again_and_no_formula_runs() {
        let folder = tempfile::tempdir().unwrap();
        let rows = [
            vec![text("王小芳"), text("=1+1"), Cell::Number("-12.50".to_owned())],
            vec![text("a<b>&\"c\"\n2"), text("+86138"), Cell::Empty],
        ];
        for name in ["a.csv", "a.xlsx"] {
            let path = folder.path().join(name);
            let mut sheet = Sheet::create(&path, &["name", "note", "amount"]).unwrap();
            assert!(!path.exists());
            for row in &rows {
                sheet.add(row).unwrap();
            }
            assert_eq!(sheet.finish().unwrap(), 2);
            let mut source = Source::open(&path).unwrap();
            let mut row = Row::default();
            let mut found = Vec::new();
            while source.read(&mut row).unwrap() {
                found.push(row.cells().map(str::to_owned).collect::<Vec<_>>());
            }
            assert_eq!(source.header(), ["name", "note", "amount"]);
            assert_eq!(found[0][..2], ["王小芳", "=1+1"], "{name}");
            assert_eq!(found[0][2].trim_end_matches('0'), "-12.5", "{name}");
            assert_eq!(found[1], ["a<b>&\"c\"\n2", "+86138", ""], "{name}");
        }
        let csv = std::fs::read_to_string(folder.path().join("a.csv")).unwrap();
        assert!(csv.contains(",'=1+1,-12.50\n") && csv.contains(",'+86138,"), "{csv}");
        assert_eq!(Sheet::create(&folder.path().join("a.pdf"), &["a"]).err().unwrap().code(), "export_format_unknown");
    }
}

//! Broken files, one by one: each is read to its end, and what is wrong is said with its line.

use super::*;
use std::io::Write;
use std::path::PathBuf;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

pub(super) fn write(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// A row as (line, cells) or (line, fault code).
pub(super) type Outcome = (u64, std::result::Result<Vec<String>, &'static str>);

fn read_path(path: &Path) -> Result<(Vec<String>, Vec<Outcome>)> {
    let mut source = Source::open(path)?;
    let (mut row, mut rows) = (Row::default(), Vec::new());
    while source.read(&mut row)? {
        assert_eq!(row.number(), rows.len() as u64 + 1);
        let cells = row.cells().map(str::to_owned).collect();
        rows.push((row.line(), row.fault().map_or(Ok(cells), |fault| Err(fault.code))));
    }
    Ok((source.header().to_owned(), rows))
}

pub(super) fn read(bytes: &[u8]) -> Result<(Vec<String>, Vec<Outcome>)> {
    let (_folder, path) = write(bytes);
    read_path(&path)
}

fn code(bytes: &[u8]) -> &'static str {
    read(bytes).map_err(|error| error.code()).unwrap_err()
}

fn good(line: u64, cells: &[&str]) -> Outcome {
    (line, Ok(cells.iter().map(|cell| (*cell).to_owned()).collect()))
}

#[test]
fn every_encoding_gives_the_same_rows() {
    let text = "姓名,电话\n张三,13800138000\n龍,1\n";
    let utf16 = |units: &mut dyn Iterator<Item = [u8; 2]>, mark: [u8; 2]| mark.into_iter().chain(units.flatten()).collect::<Vec<u8>>();
    let files = [
        text.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        encoding_rs::GB18030.encode(text).0.into_owned(),
        utf16(&mut text.encode_utf16().map(u16::to_le_bytes), [0xFF, 0xFE]),
        utf16(&mut text.encode_utf16().map(u16::to_be_bytes), [0xFE, 0xFF]),
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        text.replace(',', "\t").into_bytes(),
        text.replace(',', ";").into_bytes(),
        text.replace(',', "|").into_bytes(),
    ];
    for file in files {
        let (header, rows) = read(&file).unwrap();
        assert_eq!(header, ["姓名", "电话"]);
        assert_eq!(rows, [good(2, &["张三", "13800138000"]), good(3, &["龍", "1"])]);
    }
}

#[test]
fn legacy_chinese_after_much_ascii_is_found() {
    let mut file = b"name,phone\n".to_vec();
    for i in 0..20_000 {
        file.extend(format!("Anna,{i}\n").bytes());
    }
    file.extend(encoding_rs::GBK.encode("张三,7\n").0.iter());
    let (_, rows) = read(&file).unwrap();
    assert_eq!(rows.last().unwrap(), &good(20_002, &["张三", "7"]));
}

#[test]
fn damaged_bytes_spoil_their_row_only() {
    let mut file = "姓名,电话\n张三,1\n".as_bytes().to_vec();
    file.extend(b"\xFF\xFE,2\n");
    file.extend("李四,3\n王\0五,4\n赵六,5\n".bytes());
    let (_, rows) = read(&file).unwrap();
    let wanted =
        [good(2, &["张三", "1"]), (3, Err("text_malformed")), good(4, &["李四", "3"]), (5, Err("nul_byte")), good(6, &["赵六", "5"])];
    assert_eq!(rows, wanted);
    assert_eq!(code(&[0; 100]), "encoding_unknown");
}

#[test]
fn an_unclosed_quote_spoils_its_line_only() {
    let (_, rows) = read(b"a,b\n1,\"open\n2,x\n3,y\n").unwrap();
    assert_eq!(rows, [(2, Err("quote_unclosed")), good(3, &["2", "x"]), good(4, &["3", "y"])]);
    // A later quote closes it, but not where a cell ends.
    let (_, rows) = read(b"a,b\n1,\"open\n2,x\n3,\"y\"\n").unwrap();
    assert_eq!(rows, [(2, Err("quote_misplaced")), good(3, &["2", "x"]), good(4, &["3", "y"])]);
    // Or where the number of cells gives it away.
    let (_, rows) = read(b"a,b,c\n1,\"open,1\n2,x,2\n3,y,\"\n4,z,4\n").unwrap();
    assert_eq!(rows, [(2, Err("quote_unclosed")), good(3, &["2", "x", "2"]), (4, Err("quote_unclosed")), good(5, &["4", "z", "4"])]);
    let (_, rows) = read(b"a,b\n1,\"two\nlines\"\n2,\"say \"\"hi\"\"\"\n3,5\" pipe\n").unwrap();
    assert_eq!(rows, [good(2, &["1", "two\nlines"]), good(4, &["2", "say \"hi\""]), good(5, &["3", "5\" pipe"])]);
}

#[test]
fn an_unclosed_quote_in_a_large_file_spoils_its_line_only() {
    let mut file = b"a,b\n0,\"open\n".to_vec();
    for i in 1..300_000 {
        file.extend(format!("{i},x\n").bytes());
    }
    assert!(file.len() > 2 * RECORD_BYTES_MAX);
    let (_, rows) = read(&file).unwrap();
    assert_eq!(rows[0], (2, Err("quote_unclosed")));
    assert_eq!(rows.len(), 300_000);
    assert_eq!(rows[299_999], good(300_001, &["299999", "x"]));
}

#[test]
fn giant_cells_spoil_their_row_only() {
    for (cell, fault) in [("x".repeat(1_000_000), "cell_too_long"), ("长".repeat(3_000_000), "record_too_long")] {
        let (_, rows) = read(format!("a,b\n1,{cell}\n2,y\n").as_bytes()).unwrap();
        assert_eq!(rows, [(2, Err(fault)), good(3, &["2", "y"])]);
    }
    let (_, rows) = read(format!("a,b\n1,{}\n", "长".repeat(CELL_CHARS_MAX)).as_bytes()).unwrap();
    assert!(rows[0].1.is_ok());
    let (_, rows) = read(format!("a,b\n1{}\n2,y\n", ",".repeat(900_000)).as_bytes()).unwrap();
    assert_eq!(rows, [(2, Err("columns_too_many")), good(3, &["2", "y"])]);
}

#[test]
fn rows_of_another_width_are_reported() {
    let (_, rows) = read(b"a,b,\n1\n\n1,2,\n,,\n1,2,3\n1,2").unwrap();
    assert_eq!(rows, [(2, Err("cells_missing")), good(4, &["1", "2", ""]), (6, Err("cells_extra")), good(7, &["1", "2"])]);
}

#[test]
fn the_header_is_found_below_a_title() {
    let (header, rows) = read("会员列表\n\n姓名,电话\n张三,1\n".as_bytes()).unwrap();
    assert_eq!((header, rows), (vec!["姓名".to_owned(), "电话".to_owned()], vec![good(4, &["张三", "1"])]));
    let (header, rows) = read(b"phone\n1\n2\n").unwrap();
    assert_eq!((header, rows), (vec!["phone".to_owned()], vec![good(2, &["1"]), good(3, &["2"])]));
    let (header, rows) = read(b"sep=;\r\na;b,c\r\n1;2\r\n").unwrap();
    assert_eq!((header, rows), (vec!["a".to_owned(), "b,c".to_owned()], vec![good(3, &["1", "2"])]));
}

#[test]
fn what_is_no_table_is_refused() {
    assert_eq!(code(b""), "file_empty");
    assert_eq!(code(b"\n\n , \n"), "file_empty");
    assert_eq!(code(b"<html><table>"), "format_unsupported");
    assert_eq!(code(b"\xD0\xCF\x11\xE0\xA1\xB1"), "format_unsupported");
    assert_eq!(code(b"%PDF-1.7"), "format_unsupported");
    assert_eq!(code(b"PAR1"), "format_unsupported");
    assert_eq!(code(b"PK\x03\x04 and no more"), "file_damaged");
    assert_eq!(code(b"a,\"b\n1,2\n"), "header_malformed");
    assert_eq!(code(format!("a{}", ",b".repeat(600)).as_bytes()), "header_malformed");
    assert_eq!(read_path(Path::new("/nowhere/at/all")).unwrap_err().code(), "file_unreadable");
}

#[test]
fn a_cut_gzip_file_is_an_error_and_not_a_short_import() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all("name,phone\nAnna,1\n".as_bytes()).unwrap();
    let whole = encoder.finish().unwrap();
    assert_eq!(read(&whole).unwrap().1, [good(2, &["Anna", "1"])]);
    let twice = [whole.clone(), whole.clone()].concat();
    assert_eq!(read(&twice).unwrap().1.len(), 3);
    assert_eq!(code(&whole[..whole.len() - 6]), "file_damaged");
    let mut flipped = whole;
    let middle = flipped.len() - 6;
    flipped[middle] ^= 0xFF;
    assert_eq!(code(&flipped), "file_damaged");
}

#[test]
fn a_restart_goes_on_where_it_stopped() {
    let (_folder, path) = write(b"a,b\n1,x\n\n2,\"\n3,z\n4,w\n");
    let mut source = Source::open(&path).unwrap();
    assert_eq!(source.sample(2).unwrap().len(), 2);
    assert_eq!(source.position(), 0);
    let mut row = Row::default();
    let mut all = Vec::new();
    while source.read(&mut row).unwrap() {
        all.push((row.number(), row.line(), row.cell(0).to_owned()));
    }
    assert_eq!(source.progress().bytes_read(), source.progress().bytes_total());
    for stop in 0..=all.len() {
        let mut source = Source::open(&path).unwrap();
        source.skip_to(stop as u64).unwrap();
        for wanted in &all[stop..] {
            assert!(source.read(&mut row).unwrap());
            assert_eq!(&(row.number(), row.line(), row.cell(0).to_owned()), wanted);
        }
        assert!(!source.read(&mut row).unwrap());
    }
}

#[test]
fn a_report_can_be_mended_and_imported_again() {
    let (folder, path) = write("货号,数量\n=CMD(),-6\nA1,x\nA2\n".as_bytes());
    let mut source = Source::open(&path).unwrap();
    let mut report = BadRows::beside(&path, source.header(), false).unwrap();
    let mut row = Row::default();
    while source.read(&mut row).unwrap() {
        let fault = row.fault().cloned();
        report
            .add(&row, fault.as_ref().map_or("quantity_malformed", |f| f.code), fault.as_ref().map_or("no number", |f| &f.detail))
            .unwrap();
    }
    assert_eq!(report.count(), 3);
    let written = report.finish().unwrap().unwrap();
    assert_eq!(written, folder.path().join("file.bad.csv"));
    let text = std::fs::read_to_string(&written).unwrap();
    assert!(text.contains("2,quantity_malformed,no number,'=CMD(),'-6\n"), "{text}");
    let (header, rows) = read_path(&written).unwrap();
    assert_eq!(header, ["line", "reason_code", "reason", "货号", "数量"]);
    assert_eq!(rows[0], good(2, &["2", "quantity_malformed", "no number", "=CMD()", "-6"]));

    // A restart appends, a new run begins anew, and a run without bad rows leaves no file.
    let mut report = BadRows::beside(&path, source.header(), true).unwrap();
    report.add(&row, "again", "").unwrap();
    report.finish().unwrap();
    assert_eq!(std::fs::read_to_string(&written).unwrap().lines().count(), text.lines().count() + 1);
    let report = BadRows::beside(&path, source.header(), false).unwrap();
    assert_eq!(report.finish().unwrap(), None);
    assert!(!written.exists());
}

/// A workbook with these parts beside the necessary ones.
pub(super) fn workbook(sheet: &str, shared_strings: &str) -> Vec<u8> {
    const SPREADSHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let relations = |items: &str| format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{items}</Relationships>");
    let relation = |id: u8, kind: &str, target: &str| format!("<Relationship Id=\"r{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>");
    let parts = [
        ("[Content_Types].xml", format!("<Types xmlns=\"{PACKAGE}/content-types\"/>")),
        ("_rels/.rels", relations(&relation(1, "officeDocument", "xl/workbook.xml"))),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{SPREADSHEET}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"会员\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relations(
                &[
                    relation(1, "worksheet", "worksheets/sheet1.xml"),
                    relation(2, "sharedStrings", "sharedStrings.xml"),
                    relation(3, "styles", "styles.xml"),
                ]
                .concat(),
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{SPREADSHEET}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>"
            ),
        ),
        ("xl/sharedStrings.xml", shared_strings.to_owned()),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{SPREADSHEET}\"><sheetData>{sheet}</sheetData></worksheet>")),
    ];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

pub(super) const STRINGS: &str = "<sst uniqueCount=\"2\"><si><t>姓名</t></si><si><t>张三</t></si></sst>";

pub(super) fn inline(reference: &str, text: &str) -> String {
    format!("<c r=\"{reference}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn a_workbook_is_read_as_it_is_shown() {
    let header = format!(
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>{}{}{}</row>",
        inline("B1", "次数"),
        inline("C1", "时间"),
        inline("D1", "注")
    );
    let first = "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\"><f>5+7</f><v>12.0</v></c><c r=\"C2\" s=\"1\"><v>40513.351388888892</v></c></row>";
    let second = format!("<row r=\"5\"><c r=\"B5\"><v>0.30000000000000004</v></c>{}</row>", inline("D5", "&lt;b&gt;"));
    let (header, rows) = read(&workbook(&[header, first.to_owned(), second].concat(), STRINGS)).unwrap();
    assert_eq!(header, ["姓名", "次数", "时间", "注"]);
    assert_eq!(rows, [good(2, &["张三", "12", "2010-12-01 08:26:00", ""]), good(5, &["", "0.3", "", "<b>"])]);

    let (_folder, path) = write(&workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", STRINGS));
    let options = Options { sheet: Some("没有".to_owned()), ..Options::default() };
    let error = Source::open_with(&path, &options).err().unwrap();
    assert!(error.code() == "sheet_unknown" && error.detail().contains("会员"));
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let spaces = " ".repeat(900_000);
    let bomb = workbook(&std::iter::repeat_n(spaces.as_str(), 60).collect::<Vec<_>>().join("<x/>"), STRINGS);
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    assert_eq!(code(&bomb), "workbook_too_large");
    // The directory may lie about the sizes; then the parts do not unpack to what it says.
    assert!(matches!(code(&understate_sizes(bomb)), "workbook_too_large" | "file_damaged"));
    // The reader would set memory aside for what this claims.
    assert_eq!(code(&workbook("", "<sst uniqueCount=\"99999999999\"><si><t>a</t></si></sst>")), "workbook_too_large");
}

/// Sets the unpacked size of every part to 1 in the central directory (APPNOTE 4.3.12: offset 24).
fn understate_sizes(mut archive: Vec<u8>) -> Vec<u8> {
    let starts: Vec<usize> = archive.windows(4).enumerate().filter(|(_, w)| w == b"PK\x01\x02").map(|(at, _)| at).collect();
    assert!(starts.len() >= 7);
    for start in starts {
        archive[start + 24..start + 28].copy_from_slice(&1_u32.to_le_bytes());
    }
    archive
}

#[test]
fn a_workbook_with_entities_is_refused() {
    let evil = "<!DOCTYPE sst [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><sst><si><t>&x;</t></si></sst>";
    assert_eq!(code(&workbook("", evil)), "file_damaged");
    // Harmless by itself, and read without complaint if nobody looked.
    let row = format!("<row r=\"1\">{}{}</row>", inline("A1", "a"), inline("B1", "b"));
    assert!(read(&workbook(&row, STRINGS)).is_ok());
    assert_eq!(code(&workbook(&format!("<!-- -->{row}"), STRINGS)), "file_damaged");
}

#[test]
fn damaged_workbooks_are_errors() {
    let row = format!("<row r=\"1\">{}{}</row>", inline("A1", "a"), inline("B1", "b"));
    assert_eq!(code(&workbook(&format!("{row}<row r=\"2\"><c r=\"A2\" t=\"s\"><v>77</v></c></row>"), STRINGS)), "file_damaged");
    let whole = workbook(&row, STRINGS);
    assert_eq!(code(&whole[..whole.len() / 2]), "file_damaged");
    for at in (0..whole.len()).step_by(37) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x55;
        // Any outcome but a panic or a hang.
        let _ = read(&flipped);
    }
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("members.csv", SimpleFileOptions::default()).unwrap();
    archive.write_all(b"a,b\n").unwrap();
    assert_eq!(code(&archive.finish().unwrap().into_inner()), "format_unsupported");
}

#[test]
fn a_wide_row_of_a_workbook_is_reported_and_the_next_are_not() {
    let header = format!("<row r=\"1\">{}{}</row>", inline("A1", "a"), inline("B1", "b"));
    let rows = format!("<row r=\"2\">{}</row><row r=\"3\">{}</row>", inline("XFD2", "far"), inline("A3", "1"));
    let (_, rows) = read(&workbook(&(header + &rows), STRINGS)).unwrap();
    assert_eq!(rows, [(2, Err("columns_too_many")), good(3, &["1", ""])]);
}

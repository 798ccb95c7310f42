//! Every parser under what nobody would write on purpose: each comes to an end, none panics, and what was
//! well written is read as it was written.

use super::dates::{self, DateOrder};
use super::decimal::Decimal;
use super::tests::{Outcome, STRINGS, inline, read, workbook};
use super::values;
use super::{Kind, header, phone};
use proptest::prelude::*;
use shuke_kernel::{Currency, Money, Zone};

/// Pieces of which broken tables are made.
const PIECES: &[&[u8]] = &[
    b"a",
    b",",
    b"\"",
    b"\n",
    b"\r",
    b"\0",
    b";",
    b"\t",
    b"\"\"",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\xFE\xFF",
    b"\x81\x30",
    b"\xC4\xE3",
    b"\xE5\xA7\x93",
    b"\xED\xA0\x80",
    b"=1+1",
    b"-5.00",
    b"1900-01-01",
    b"2100-12-31",
    b"13800138000",
    b"PK\x03\x04",
    b"\x1F\x8B",
    b"<?xml",
];

/// Texts near those that a parser takes.
fn near() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "0",
        "1",
        "9",
        "12",
        "31",
        "99",
        "2026",
        "1899",
        "2101",
        "73416",
        "-",
        "/",
        ".",
        ",",
        ":",
        " ",
        "T",
        "Z",
        "+08:00",
        "年",
        "月",
        "日",
        "时",
        "分",
        "上午",
        "下午",
        "AM",
        "pm",
        "Jan",
        "十",
        "¥",
        "元",
        "(",
        ")",
        "e9",
        "０",
        "\u{0}",
        "\u{feff}",
        "是",
        "否",
        "+86",
        "x",
        "9223372036854775807",
        "99999999999999999999999999",
        "0.000000001",
    ]);
    prop_oneof![prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat()), any::<String>()]
}

/// Lines only grow, and each row is a row or a fault.
fn in_order(rows: &[Outcome]) -> bool {
    rows.windows(2).all(|pair| pair[0].0 <= pair[1].0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if std::env::var_os("SHUKE_SOAK").is_some() { 100_000 } else { 400 }, ..ProptestConfig::default() })]

    #[test]
    fn a_table_of_broken_pieces_is_read_to_its_end(picks in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..120)) {
        if let Ok((_, rows)) = read(&picks.concat()) {
            prop_assert!(in_order(&rows));
        }
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok((_, rows)) = read(&bytes) {
            prop_assert!(in_order(&rows));
        }
    }

    #[test]
    fn a_table_is_read_as_it_was_written_in_every_encoding(
        cells in prop::collection::vec(("[a-z\u{4e00}-\u{9fa5}][a-z \u{4e00}-\u{9fa5},\";]{0,9}[a-z]", "[0-9]{1,9}"), 1..20),
        encoding in 0..4_u8,
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["姓名", "积分"]).unwrap();
        cells.iter().for_each(|(name, points)| writer.write_record([name, points]).unwrap());
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let bytes = match encoding {
            0 => text.into_bytes(),
            1 => encoding_rs::GB18030.encode(&text).0.into_owned(),
            2 => [vec![0xFF, 0xFE], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
            _ => [vec![0xFE, 0xFF], text.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat(),
        };
        let (header, rows) = read(&bytes).unwrap();
        prop_assert_eq!(header, ["姓名", "积分"]);
        let found: Vec<(String, String)> = rows.into_iter().map(|(_, cells)| {
            let cells = cells.unwrap();
            (cells[0].clone(), cells[1].clone())
        }).collect();
        prop_assert_eq!(found, cells);
    }

    #[test]
    fn a_workbook_with_changed_bytes_is_read_or_refused(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in any::<Option<prop::sample::Index>>()) {
        let sheet = format!("<row r=\"1\">{}{}</row><row r=\"2\">{}<c r=\"B2\"><v>5</v></c></row>", inline("A1", "姓名"), inline("B1", "积分"), inline("A2", "张三"));
        let mut bytes = workbook(&sheet, STRINGS);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        // Its rows may say of themselves where they stand, so their order proves nothing.
        let _ = read(&bytes);
    }

    #[test]
    fn a_sheet_of_broken_markup_is_read_or_refused(parts in prop::collection::vec(prop::sample::select(vec![
        "<row r=\"1\">", "</row>", "<c r=\"A1\">", "</c>", "<v>", "</v>", "<f>A1+1</f>", "1e308", "-0", "NaN", "&amp;", "&x;", "姓名", "<is><t>",
        "</t></is>", " t=\"s\"", "<row r=\"99999999\">", "<c r=\"XFD1048577\">", "<c r=\"\" t=\"e\">", "#REF!", "<c r=\"A1\" t=\"s\"><v>7</v></c>",
    ]), 0..40)) {
        let _ = read(&workbook(&parts.concat(), STRINGS));
    }

    #[test]
    fn no_cell_upsets_its_parser(text in near(), milli in any::<i64>()) {
        let shanghai = Zone::parse("Asia/Shanghai").unwrap();
        for order in [DateOrder::MonthFirst, DateOrder::DayFirst] {
            if let Ok(day) = dates::date(&text, order) {
                prop_assert!((1900..=2100).contains(&day.year()), "{text} is {day}");
            }
            let _ = dates::moment(&text, order, &shanghai);
        }
        let _ = DateOrder::of([text.as_str()]);
        for currency in ["CNY", "JPY", "KWD"] {
            let currency = Currency::parse(currency).unwrap();
            let _ = values::money(&text, &currency);
            if let Ok(number) = Decimal::parse(&text) {
                let _ = (number.thousandths(), number.money(&currency), number.times(milli, &currency), number.for_one(milli, &currency));
            }
        }
        let _ = (values::integer(&text), values::yes_no(&text), values::gender(&text), values::list(&text));
        let _ = header::normal(&text);
        for kind in [Kind::Members, Kind::Products, Kind::Orders, Kind::Balances] {
            let _ = header::Mapping::guess(kind, std::slice::from_ref(&text), &[]);
        }
        if let Ok(phone) = phone::parse(&text) {
            prop_assert!(phone.starts_with('+') && phone[1..].bytes().all(|byte| byte.is_ascii_digit()), "{text} is {phone}");
        }
    }

    #[test]
    fn an_amount_is_read_as_it_is_shown(minor in any::<i64>(), currency in prop::sample::select(vec!["CNY", "JPY", "KWD"])) {
        let currency = Currency::parse(currency).unwrap();
        let minor = minor / 1_000;
        prop_assert_eq!(Decimal::parse(&currency.format(Money(minor))).unwrap().money(&currency).unwrap(), Money(minor));
    }
}

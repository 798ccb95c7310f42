//! Rough input: what real files do wrong ends in a message or a stated treatment, and nothing panics.

use crate::retail::ALL;
use proptest::prelude::*;
use shuke_insight::ask::{Analysis, Ask, run};
use shuke_insight::orders::{Column, Orders, Source, people};
use shuke_kernel::Result;
use std::io::Write as _;
use std::path::PathBuf;

fn file(folder: &tempfile::TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn read(bytes: &[u8]) -> Result<Orders> {
    let folder = tempfile::tempdir().unwrap();
    Source::new(file(&folder, bytes)).read()
}

fn code(bytes: &[u8]) -> &'static str {
    read(bytes).unwrap_err().code()
}

const HEAD: &str = "会员号,订单号,时间,实付金额\n";

#[test]
fn what_can_not_be_read_says_why() {
    assert_eq!(code(b""), "file_empty");
    assert_eq!(code(b"\n\n \n"), "file_empty");
    assert_eq!(code(HEAD.as_bytes()), "file_empty");
    assert_eq!(code(b"a,b\n1,2\n"), "column_missing");
    assert_eq!(code(b"member,order,time\nm,o,2026-01-01\n"), "column_missing");
    assert_eq!(code(format!("{HEAD}a,1,gestern,5\nb,2,2026-01-01,viel\n").as_bytes()), "rows_unreadable");
    assert_eq!(code(format!("{HEAD}a,1,13/1/2026,5\nb,2,1/13/2026,5\n").as_bytes()), "date_order_mixed");
    assert_eq!(code(&[b'a', 0, b'b', 0].repeat(600)), "file_unreadable");
    assert_eq!(code(&[&b"PAR1"[..], &[7; 60]].concat()), "file_unreadable");
    let unclosed = format!("{HEAD}a,1,2026-01-01,\"5\n{}", "b,2,2026-01-02,6\n".repeat(100_000));
    assert_eq!(code(unclosed.as_bytes()), "file_unreadable");
    assert_eq!(Source::new("/nowhere/orders.csv").read().unwrap_err().code(), "file_unreadable");
    let huge = format!("{HEAD}a,1,2026-01-01,22000000000000000\na,1,2026-01-01,22000000000000000\n").repeat(1);
    let five = huge + &"a,1,2026-01-01,22000000000000000\n".repeat(4);
    assert_eq!(code(five.as_bytes()), "amount_too_large");
}

#[test]
fn every_dress_of_the_same_orders_is_the_same() {
    let rows = "张三,1,2026-01-05 10:30,12.50\n李四,2,2026-01-06 11:00,-3.00\n张三,3,2026-02-05 10:30,7.00\n";
    let plain = format!("{HEAD}{rows}");
    let wanted = read(plain.as_bytes()).unwrap().orders;
    assert_eq!((wanted.len(), wanted[0].sold, wanted[1].returned, wanted[1].purchase), (3, 1_250, 300, false));
    let mut marked = b"\xEF\xBB\xBF".to_vec();
    marked.extend_from_slice(plain.as_bytes());
    let gbk = encoding_rs::GBK.encode(&plain).0.into_owned();
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(plain.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(plain.as_bytes()).unwrap();
    let dresses = [
        marked,
        gbk,
        utf16,
        gzip.finish().unwrap(),
        plain.replace(',', "\t").into(),
        plain.replace(',', ";").into(),
        plain.replace('\n', "\r\n").into(),
    ];
    for dress in dresses {
        assert_eq!(read(&dress).unwrap().orders, wanted);
    }
    let days = plain.replace("2026-01-05", "5/1/2026").replace("2026-01-06", "6/1/2026").replace("2026-02-05", "5/2/2026");
    let folder = tempfile::tempdir().unwrap();
    let mut source = Source::new(file(&folder, days.as_bytes()));
    source.day_first = Some(true);
    assert_eq!(source.read().unwrap().orders, wanted);
}

#[test]
fn stated_treatments_are_kept() {
    let text = "member,order,time,sku,qty,price\n\
                m1,1,2026-01-05,a,2,1.255\nm1,1,2026-01-05,a,2,1.255\nm1,2,2026-01-06,a,-2,1.255\n\
                ,3,2026-01-07,b,1,9\nm2,4,2026-01-07,gift,1,0\nm3,5,nonsense,a,1,1\n";
    let folder = tempfile::tempdir().unwrap();
    let mut source = Source::new(file(&folder, text.as_bytes()));
    let orders = source.read().unwrap();
    let counts = &orders.counts;
    assert_eq!((counts.rows, counts.bad_rows, counts.duplicates, counts.returns, counts.free, counts.without_member), (6, 1, 1, 1, 1, 1));
    assert!(counts.bad_examples[0].contains("row 6") && counts.bad_examples[0].contains("nonsense"), "{:?}", counts.bad_examples);
    assert_eq!((orders.orders[0].sold, orders.orders[1].returned), (502, 251), "each line is rounded by itself");
    assert!(!orders.orders.iter().any(|order| order.purchase && order.sold == 0));
    source.drop_duplicates = true;
    source.free_lines_count = true;
    let orders = source.read().unwrap();
    assert_eq!(orders.orders[0].sold, 251);
    assert!(orders.orders.iter().any(|order| order.purchase && order.sold == 0));
    source.named = vec![(Column::Member, "sku".into())];
    assert_eq!(source.read().unwrap().members.len(), 3);
}

#[test]
fn small_shops_get_an_answer_or_a_reason() {
    let one = format!("{HEAD}a,1,2026-01-05,5\n");
    let same_day: String = (0..200).map(|i| format!("m{i},{i},2026-01-05,5\n")).collect();
    let returns_only = format!("{HEAD}a,1,2026-01-05,-5\nb,2,2026-01-06,-7\n");
    let zero = format!("{HEAD}a,1,2026-01-05,0\n");
    let nobody = format!("{HEAD},1,2026-01-05,3\n");
    let known = ["members_too_few", "history_too_short", "column_missing", "groups_too_few"];
    for text in [one, format!("{HEAD}{same_day}"), returns_only, zero, nobody] {
        let folder = tempfile::tempdir().unwrap();
        let path = file(&folder, text.as_bytes());
        for kind in ALL {
            match run(&Ask::new(kind, Source::new(&path))) {
                Ok(report) => assert!(!report.findings.is_empty()),
                Err(error) => assert!(known.contains(&error.code()), "{kind:?}: {error}"),
            }
        }
    }
}

#[test]
fn senseless_wishes_are_refused() {
    let ask = |change: fn(&mut Ask)| {
        let mut ask = Ask::new(Analysis::Clv, crate::retail::source());
        change(&mut ask);
        run(&ask).unwrap_err().code()
    };
    assert_eq!(ask(|ask| ask.support = f64::NAN), "share_malformed");
    assert_eq!(ask(|ask| ask.weeks = -1.0), "horizon_malformed");
    assert_eq!(ask(|ask| ask.groups = Some(1)), "groups_malformed");
    let currency = shuke_kernel::Currency::CNY;
    for text in ["", "often", "1,2", "2", "-0.1", "a,b,c"] {
        assert!(shuke_insight::ask::parse_cut(text, currency).is_err(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("SHUKE_SOAK").is_some() { 20_000 } else { 150 }))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_rows_are_answered_or_refused(rows in proptest::collection::vec("[a-c]?,[0-9]{0,2},(20(1[0-9]|2[0-6])-0[1-9]-[0-3][0-9]|[0-9/]{0,9}),-?[0-9]{0,17}(\\.[0-9]{0,3})?", 1..40), kind in 0_usize..ALL.len()) {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("{HEAD}{}\n", rows.join("\n"));
        let path = file(&folder, text.as_bytes());
        if let Ok(report) = run(&Ask::new(ALL[kind], Source::new(&path))) {
            let page = shuke_insight::report::html::page(&report);
            prop_assert!(page.contains("</html>") && !page.contains("NaN"));
        }
    }

    #[test]
    fn any_table_of_members_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300), rows in proptest::collection::vec("(1[0-9]{4}|[a-c])?,[a-z0-9北上/.-]{0,9},(20[0-9]{2}-0[1-9]-1[0-9]|-?[0-9]{0,5}|treated|held_out|对照组)", 0..30), made in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("members.csv");
        let text = format!("会员,城市,分组\n{}\n", rows.join("\n"));
        std::fs::write(&path, if made { text.as_bytes() } else { bytes.as_slice() }).unwrap();
        let (source, orders) = (crate::retail::source(), small());
        let _ = people::read(&source, &path, &orders.members);
        let _ = people::list(&source, &path, &orders.members);
        let _ = people::sides(&source, &path, &orders.members);
        for kind in [Analysis::Churn, Analysis::Next, Analysis::Portrait, Analysis::Uplift] {
            let orders = folder.path().join("orders.csv");
            std::fs::write(&orders, format!("{HEAD}a,1,2026-01-05,5\nb,2,2026-03-05,6\nc,3,2026-03-06,6\na,4,2026-04-01,7\n")).unwrap();
            let mut ask = Ask::new(kind, Source::new(&orders));
            (ask.people, ask.segment, ask.trial) = (Some(path.clone()), Some(path.clone()), Some(path.clone()));
            ask.from = Some(shuke_kernel::time::parse_date("2026-03-01").unwrap());
            let _ = run(&ask);
        }
    }

    #[test]
    fn a_damaged_parquet_file_is_read_or_refused(at in 0.0_f64..1.0, byte in any::<u8>(), cut in proptest::option::of(0.0_f64..1.0), kind in 0_usize..ALL.len()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.parquet");
        let rows: Vec<(i64, i32, i64)> = (0..60).map(|i| (i64::from(i % 7), 20_000 + i, i64::from(100 + i))).collect();
        crate::parquet::write_minor(&path, &rows);
        let mut bytes = std::fs::read(&path).unwrap();
        let place = ((bytes.len() - 1) as f64 * at) as usize;
        bytes[place] = byte;
        if let Some(cut) = cut {
            bytes.truncate((bytes.len() as f64 * cut) as usize);
        }
        std::fs::write(&path, &bytes).unwrap();
        let _ = run(&Ask::new(ALL[kind], Source::new(&path)));
    }
}

fn small() -> Orders {
    read(format!("{HEAD}a,1,2026-01-05,5\nb,2,2026-01-06,6\n").as_bytes()).unwrap()
}

#[test]
fn one_day_one_customer_and_nothing_but_returns_end_in_words() {
    let items = "member,order,time,item,qty,price\n";
    let one_customer: String = (0..40).map(|i| format!("a,{i},2026-0{}-1{},x{},1,5\n", i % 9 + 1, i % 8, i % 3)).collect();
    let one_day: String = (0..300).map(|i| format!("m{},{i},2026-01-05,x{},1,5\n", i % 90, i % 5)).collect();
    let negative: String = (0..300).map(|i| format!("m{},{i},2026-0{}-05,x{},-1,5\n", i % 90, i % 9 + 1, i % 5)).collect();
    let duplicate = "a,1,2026-01-05,x,1,5\n".repeat(500);
    let formats: String = (0..90).map(|i| format!("m{i},{i},{},x,1,5\n", ["2026-03-04", "2026/3/5 10:30", "20260306"][i % 3])).collect();
    let known = ["members_too_few", "history_too_short", "column_missing", "groups_too_few", "segment_missing", "trial_missing"];
    for text in [one_customer, one_day, negative, duplicate, formats] {
        let folder = tempfile::tempdir().unwrap();
        let path = file(&folder, format!("{items}{text}").as_bytes());
        for kind in ALL.into_iter().chain([Analysis::Portrait, Analysis::Uplift]) {
            match run(&Ask::new(kind, Source::new(&path))) {
                Ok(report) => assert!(!report.findings.is_empty()),
                Err(error) => assert!(known.contains(&error.code()) && error.detail().len() > 20, "{kind:?}: {error}"),
            }
        }
    }
}

//! What SQL finds is what one pass and all orders in memory find, integer for integer.

use crate::parquet::write_minor;
use proptest::prelude::*;
use shuke_insight::ask::{Analysis, Ask, ParetoOf, run, run_on};
use shuke_insight::orders::{Source, dates};
use shuke_insight::report::json;
use shuke_insight::sql::{Parts, Settings, Shop};
use shuke_insight::summary::{Summary, from_orders, from_parquet, plain_parquet};
use shuke_insight::value::histories_of;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn settings() -> Settings {
    Settings { memory_bytes: Some(64 << 20), threads: Some(2), ..Settings::default() }
}

const ALL: Parts = Parts { months: true, when: true };

/// Everything that a summary says, with the members that bought.
type Said = (Vec<(String, i64, u32, u32, i32, i32)>, serde_json::Value, Vec<u64>, Vec<u64>, (u64, i64, i32, i32, i32));

fn said(summary: &Summary, name: &dyn Fn(u32) -> String) -> Said {
    let mut members: Vec<_> = summary.buyers().map(|(n, m)| (name(n), m.money, m.orders, m.days, m.first_day, m.last_day)).collect();
    members.sort();
    let whole = (summary.orders, summary.returned, summary.first_day, summary.last_day, summary.first_month);
    (members, serde_json::json!([summary.months, summary.cohorts]), summary.gaps.clone(), summary.when.clone(), whole)
}

/// member, day, minor units.
fn plain_rows() -> impl Strategy<Value = Vec<(i64, i32, i64)>> {
    let row = (0_i64..12, 20_400_i32..20_900, prop_oneof![4 => 1_i64..90_000, 1 => -50_000_i64..0, 1 => Just(0)]);
    proptest::collection::vec(row, 1..250).prop_filter("a purchase", |rows| rows.iter().any(|row| row.2 > 0))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn plain_files_say_what_one_pass_says(rows in plain_rows(), subtract: bool, back in 0_i32..200, spread: bool) {
        let folder = tempfile::tempdir().unwrap();
        let far: i64 = if spread { 1_000_000_007 } else { 1 };
        let rows: Vec<_> = rows.into_iter().map(|(member, day, minor)| (member * far, day, minor)).collect();
        let one = folder.path().join("one.parquet");
        write_minor(&one, &rows);
        let source = Source::new(&one);
        let until = 20_900 - back;
        let Ok(wanted) = from_parquet(&source, &plain_parquet(&source).unwrap().unwrap(), subtract, until) else { return Ok(()) };
        let name = |n: u32| wanted.names.get(n as usize).map_or_else(|| n.to_string(), ToString::to_string);
        // The same rows in three files of a folder.
        let parts = folder.path().join("parts");
        std::fs::create_dir(&parts).unwrap();
        for (at, part) in rows.chunks(rows.len().div_ceil(3)).enumerate() {
            write_minor(&parts.join(format!("{at}.parquet")), part);
        }
        let source = Source { items: false, ..source };
        let mut shop = Shop::open(&source, &[parts], &settings(), subtract).unwrap();
        let found = shop.summary(until, ALL).unwrap();
        prop_assert!(shop.counts().is_none(), "plain files are read as they are");
        prop_assert_eq!(said(&found, &|n| shop.member(n)), said(&wanted.summary, &name));
    }

    #[test]
    fn lines_say_what_all_orders_say(lines in lines(), subtract: bool, numbered: bool) {
        let folder = tempfile::tempdir().unwrap();
        let (whole, months) = (folder.path().join("all.csv"), folder.path().join("months"));
        std::fs::create_dir(&months).unwrap();
        let head = if numbered { "会员号,订单号,时间,商品,金额,门店\n" } else { "会员号,备注,时间,商品,金额,门店\n" };
        std::fs::write(&whole, format!("{head}{}", lines.concat())).unwrap();
        for (at, part) in lines.chunks(lines.len().div_ceil(2)).enumerate() {
            std::fs::write(months.join(format!("{at}.csv")), format!("{head}{}", part.concat())).unwrap();
        }
        let source = Source::new(&whole);
        let Ok(orders) = source.read() else { return Ok(()) };
        let wanted = from_orders(&orders, subtract, 20_700);
        let mut shop = Shop::open(&source, &[months], &settings(), subtract).unwrap();
        let found = shop.summary(20_700, ALL).unwrap();
        prop_assert_eq!(said(&found, &|n| shop.member(n)), said(&wanted, &|n| orders.members.text(n)));
        prop_assert_eq!(&found.members, &wanted.members, "members stand in the same order");
        prop_assert_eq!(shop.then(20_500).unwrap().members, from_orders(&orders, subtract, 20_500).members);
        let (ours, theirs) = (shop.histories(20_700).unwrap(), histories_of(&orders, 20_700));
        prop_assert_eq!((ours.starts, ours.days, ours.money), (theirs.starts, theirs.days, theirs.money));
        prop_assert_eq!(shop.due(&found, 20_700).unwrap(), shuke_insight::rhythm::intervals(&wanted, &orders, 20_700));
        prop_assert_eq!(shop.items().unwrap().0, orders.item_sold);
        let mut stores = BTreeMap::new();
        for order in &orders.orders {
            *stores.entry(orders.stores.text(order.store)).or_insert(0) += if subtract { order.net() } else { order.sold };
        }
        let (money, names) = shop.stores(i32::MAX).unwrap();
        // A store that only stands in later rows of an order is named, but has none.
        let there = (0_u32..).zip(money).filter(|(_, money)| *money != i64::MIN);
        prop_assert_eq!(there.map(|(n, money)| (names.text(n), money)).collect::<BTreeMap<_, _>>(), stores);
        let of_stores = Ask { of: ParetoOf::Stores, subtract_returns: subtract, ..Ask::new(Analysis::Pareto, source.clone()) };
        match (run(&of_stores), run_on(&of_stores, &[folder.path().join("months")], &settings())) {
            (Ok(wanted), Ok(found)) => prop_assert_eq!(document(&found), document(&wanted)),
            (wanted, found) => prop_assert_eq!(found.unwrap_err().code(), wanted.unwrap_err().code()),
        }
        let (counts, wanted) = (shop.counts().unwrap(), &orders.counts);
        let told = |c: &shuke_insight::orders::Counts| (c.rows, c.bad_rows, c.without_member, c.returns, c.free, c.duplicates);
        prop_assert_eq!(told(counts), told(wanted));
    }
}

/// Lines of orders that don't stand together, with several members, moments and stores to an order.
fn lines() -> impl Strategy<Value = Vec<String>> {
    let line = (0_u32..9, 0_u32..40, 20_400_i32..20_800, 0_u32..1_440, 0_u32..4, -20_i64..60, 0_u32..3);
    let text = |(member, order, day, minute, item, amount, store): (u32, u32, i32, u32, u32, i64, u32)| {
        let member = if member == 0 { String::new() } else { format!("会员{member}") };
        let time = if minute.is_multiple_of(5) { String::new() } else { format!(" {:02}:{:02}", minute / 60, minute % 60) };
        format!("{member},N{order},{}{time},商品{item},{}.{:02},店{store}\n", dates::iso(day), amount, amount.abs())
    };
    proptest::collection::vec(line.prop_map(text), 2..120)
}

fn retail() -> Source {
    crate::retail::source()
}

/// The whole report but for what only all orders can tell.
fn document(report: &shuke_insight::report::Report) -> serde_json::Value {
    let mut document = json(report, true);
    if let Some(read) = document["figures"].get_mut("read").and_then(|read| read.as_object_mut()) {
        read.remove("mixed_members");
    }
    document
}

#[test]
fn every_report_of_the_slice_is_the_same_in_two_files() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(&retail().path).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    for (at, part) in rows.chunks(1_500).enumerate() {
        std::fs::write(folder.path().join(format!("part-{at}.csv")), format!("{head}\n{}\n", part.join("\n"))).unwrap();
    }
    let kinds = [Analysis::Rfm, Analysis::Stages, Analysis::Cohorts, Analysis::Rhythm, Analysis::Clusters, Analysis::Clv, Analysis::Pareto];
    let asks =
        kinds.into_iter().map(|kind| Ask::new(kind, retail())).chain([Ask { of: ParetoOf::Items, ..Ask::new(Analysis::Pareto, retail()) }]);
    for ask in asks {
        let (wanted, found) = (run(&ask), run_on(&ask, &[folder.path().join("part-*.csv")], &settings()));
        match (wanted, found) {
            (Ok(wanted), Ok(found)) => assert_eq!(document(&found), document(&wanted), "{:?}", ask.analysis),
            (wanted, found) => assert_eq!(found.unwrap_err().code(), wanted.unwrap_err().code(), "{:?}", ask.analysis),
        }
    }
    let refused = run_on(&Ask::new(Analysis::Basket, retail()), &[folder.path().into()], &settings()).unwrap_err();
    assert_eq!(refused.code(), "analysis_of_one_file");
}

/// Three hundred thousand orders of 20,000 members, in no order, and an empty folder for what goes to disk.
fn many() -> (tempfile::TempDir, Source, PathBuf) {
    let start = dates::day_of(2024, 1, 1).unwrap();
    let mut rows: Vec<(i64, i32, i64)> =
        (0..300_000_i64).map(|i| (i * 7_919 % 20_000, start + i32::try_from(i * 104_729 % 700).unwrap(), 100 + i % 9_000)).collect();
    rows.extend((0..2_000).map(|i| (i * 3 % 20_000, start + 710, -50)));
    let folder = tempfile::tempdir().unwrap();
    let (path, scratch) = (folder.path().join("many.parquet"), folder.path().join("scratch"));
    write_minor(&path, &rows);
    std::fs::create_dir(&scratch).unwrap();
    (folder, Source { items: false, ..Source::new(path) }, scratch)
}

#[test]
fn what_memory_does_not_hold_goes_to_disk_and_is_gone_afterwards() {
    let (_folder, source, scratch) = many();
    let wanted = from_parquet(&source, &plain_parquet(&source).unwrap().unwrap(), true, i32::MAX).unwrap();
    let small = Settings { memory_bytes: Some(8 << 20), threads: Some(2), scratch: Some(scratch.clone()), ..Settings::default() };
    let mut shop = Shop::open(&source, std::slice::from_ref(&source.path), &small, true).unwrap();
    let found = shop.summary(i32::MAX, ALL).unwrap();
    assert!(shop.spilled_bytes() > 1 << 20, "{} bytes went to disk", shop.spilled_bytes());
    assert_eq!(said(&found, &|n| shop.member(n)), said(&wanted.summary, &|n| n.to_string()));
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 1);
    drop(shop);
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0, "nothing is left behind");
}

/// Sixty-four sorts share what is enough for two: the disk is of no use to them, and what to do is said instead.
#[test]
fn where_not_even_the_disk_helps_it_is_said() {
    let (_folder, source, scratch) = many();
    let crowd = Settings { memory_bytes: Some(8 << 20), threads: Some(64), scratch: Some(scratch.clone()), ..Settings::default() };
    let mut shop = Shop::open(&source, std::slice::from_ref(&source.path), &crowd, true).unwrap();
    let error = shop.summary(i32::MAX, ALL).unwrap_err();
    assert_eq!(error.code(), "memory_too_small");
    assert!(error.to_string().contains("--memory") && error.to_string().contains("--threads"), "{error}");
    drop(shop);
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0, "nothing is left behind");
}

/// The lake's lines, as the server writes them.
fn lake_lines(path: &Path, rows: &[(u8, Option<i64>, i64, i64, bool)]) {
    use parquet::data_type::{BoolType, FixedLenByteArray, FixedLenByteArrayType, Int64Type};
    let schema = "message line { REQUIRED FIXED_LEN_BYTE_ARRAY(16) document (UUID); OPTIONAL INT64 member; \
                  REQUIRED INT64 time (TIMESTAMP(MILLIS,false)); REQUIRED FIXED_LEN_BYTE_ARRAY(16) product (UUID); \
                  REQUIRED INT64 amount_minor; REQUIRED BOOLEAN is_undone; }";
    let schema = std::sync::Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let file = std::fs::File::create(path).unwrap();
    let mut writer = parquet::file::writer::SerializedFileWriter::new(file, schema, std::sync::Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let ids = |pick: &dyn Fn(usize) -> u8| -> Vec<FixedLenByteArray> {
        (0..rows.len()).map(|at| FixedLenByteArray::from(vec![pick(at); 16])).collect()
    };
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<FixedLenByteArrayType>().write_batch(&ids(&|at| rows[at].0), None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let levels: Vec<i16> = rows.iter().map(|row| i16::from(row.1.is_some())).collect();
    column.typed::<Int64Type>().write_batch(&rows.iter().filter_map(|row| row.1).collect::<Vec<_>>(), Some(&levels), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&rows.iter().map(|row| row.2 * 86_400_000).collect::<Vec<_>>(), None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<FixedLenByteArrayType>().write_batch(&ids(&|at| (at % 3) as u8), None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&rows.iter().map(|row| row.3).collect::<Vec<_>>(), None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<BoolType>().write_batch(&rows.iter().map(|row| row.4).collect::<Vec<_>>(), None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
}

#[test]
fn a_merchants_lake_is_read_by_its_manifest() {
    let lake = tempfile::tempdir().unwrap();
    let lines = lake.path().join("merchant=7/lines/month=2026-11");
    std::fs::create_dir_all(&lines).unwrap();
    // Two lines of an order, one that was wholly taken back with its refund, a refund in part, one of nobody.
    let rows = [
        (1, Some(10), 20_000, 500, false),
        (1, Some(10), 20_000, 700, false),
        (2, Some(11), 20_001, 900, true),
        (3, Some(11), 20_002, -900, true),
        (4, Some(10), 20_003, -200, false),
        (5, None, 20_003, 50, false),
    ];
    lake_lines(&lines.join("now.parquet"), &rows);
    lake_lines(&lines.join("exchanged.parquet"), &rows);
    let files = serde_json::json!([{ "data_set": "lines", "name": "merchant=7/lines/month=2026-11/now.parquet" }]);
    let merchant = lake.path().join("merchant=7");
    std::fs::write(merchant.join("manifest.json"), serde_json::json!({ "files": files }).to_string()).unwrap();
    let mut shop = Shop::open(&Source::new(""), &[merchant], &settings(), true).unwrap();
    let found = shop.summary(i32::MAX, ALL).unwrap();
    let members: Vec<_> = found.buyers().map(|(number, m)| (shop.member(number), m.orders, m.money)).collect();
    assert_eq!(members, [("10".to_owned(), 1, 1_000)]);
    assert_eq!((found.returned, shop.items().unwrap().0.iter().sum::<i64>()), (200, 1_250));
}

#[test]
fn amounts_that_64_bits_do_not_hold_are_added_up_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.parquet");
    let large = i64::MAX / 5;
    write_minor(
        &path,
        &[
            (1, 20_000, large),
            (1, 20_001, large),
            (2, 20_001, large),
            (2, 20_002, large),
            (3, 20_002, large),
            (3, 20_002, -large),
            (1, 20_003, large),
            (4, 20_003, large),
        ],
    );
    let source = Source { items: false, ..Source::new(&path) };
    let wanted = from_parquet(&source, &plain_parquet(&source).unwrap().unwrap(), true, i32::MAX).unwrap();
    let mut shop = Shop::open(&source, &[path], &settings(), true).unwrap();
    let found = shop.summary(i32::MAX, ALL).unwrap();
    let money = |summary: &Summary| summary.buyers().map(|(_, member)| member.money).collect::<Vec<_>>();
    assert_eq!(money(&found), money(&wanted.summary));
    assert_eq!(found.months[0].money, i64::MAX, "a sum stays at the largest number");
}

#[test]
fn what_can_not_be_done_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let numbered = at("a.csv", "member,order,time,amount\n1,1,2026-01-01,5\n");
    let without = at("b.csv", "member,time,amount\n1,2026-01-01,5\n");
    let code = |paths: &[PathBuf], settings: &Settings| {
        run_on(&Ask::new(Analysis::Rfm, Source::new("")), paths, settings).map(|_| ()).unwrap_err().code().to_owned()
    };
    assert_eq!(code(&[numbered.clone(), without], &settings()), "columns_differ");
    assert_eq!(code(&[folder.path().join("none-*.csv")], &settings()), "file_unreadable");
    let little = Settings { memory_bytes: Some(1 << 20), ..settings() };
    assert_eq!(code(std::slice::from_ref(&numbered), &little), "memory_too_small");
    let nowhere = Settings { scratch: Some(folder.path().join("no/such")), ..settings() };
    assert_eq!(code(std::slice::from_ref(&numbered), &nowhere), "file_unwritable");
    let cluster = Settings { cluster: Some("df://127.0.0.1:1".into()), ..settings() };
    assert_eq!(code(&[numbered], &cluster), "cluster_unreachable");
}

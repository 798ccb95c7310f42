//! Parquet: the same orders as in CSV give the same answers, in whatever types they stand.

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use shuke_insight::ask::{Analysis, Ask, run};
use shuke_insight::orders::{Source, dates};
use shuke_insight::report::json;
use shuke_insight::summary::{from_parquet, plain_parquet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// member, day, minor units: three members over some months, a return among them.
fn rows() -> Vec<(i64, i32, i64)> {
    let start = dates::day_of(2026, 1, 1).unwrap();
    let mut rows: Vec<(i64, i32, i64)> = (0..400).map(|i| (i64::from(i * 7 % 60), start + i / 2, 500 + i64::from(i * 37 % 900))).collect();
    rows.push((5, start + 201, -700));
    rows
}

#[derive(Clone, Copy)]
enum Amounts {
    Double,
    Decimal,
    Minor,
}

/// One order a row, in minor units.
pub fn write_minor(path: &Path, rows: &[(i64, i32, i64)]) {
    write(path, rows, Amounts::Minor, 1);
}

fn write(path: &Path, rows: &[(i64, i32, i64)], amounts: Amounts, groups: usize) {
    let amount = match amounts {
        Amounts::Double => "REQUIRED DOUBLE amount;",
        Amounts::Decimal => "REQUIRED INT64 amount (DECIMAL(18,2));",
        Amounts::Minor => "REQUIRED INT64 amount_minor;",
    };
    let schema = format!("message orders {{ OPTIONAL INT64 member_id; REQUIRED INT32 day (DATE); {amount} }}");
    let properties = WriterProperties::builder().set_compression(parquet::basic::Compression::SNAPPY).build();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, Arc::new(parse_message_type(&schema).unwrap()), Arc::new(properties)).unwrap();
    for part in rows.chunks(rows.len().div_ceil(groups)) {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let members: Vec<i64> = part.iter().map(|row| row.0).filter(|member| *member != i64::MIN).collect();
        let levels: Vec<i16> = part.iter().map(|row| i16::from(row.0 != i64::MIN)).collect();
        column.typed::<Int64Type>().write_batch(&members, Some(&levels), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&part.iter().map(|row| row.1).collect::<Vec<_>>(), None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        match amounts {
            Amounts::Double => column
                .typed::<DoubleType>()
                .write_batch(&part.iter().map(|row| row.2 as f64 / 100.0).collect::<Vec<_>>(), None, None)
                .unwrap(),
            _ => column.typed::<Int64Type>().write_batch(&part.iter().map(|row| row.2).collect::<Vec<_>>(), None, None).unwrap(),
        };
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
}

fn figures(path: PathBuf, kind: Analysis) -> serde_json::Value {
    let mut document = json(&run(&Ask::new(kind, Source::new(path))).unwrap(), true);
    if let Some(figures) = document["figures"].as_object_mut() {
        figures.remove("read");
    }
    serde_json::json!({ "figures": document["figures"], "list": document["list"] })
}

#[test]
fn one_pass_answers_what_all_orders_answer() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("orders.csv");
    let lines: String = rows()
        .iter()
        .enumerate()
        .map(|(i, (m, day, minor))| {
            format!(
                "{m},{i},{},{}.{:02}\n",
                dates::iso(*day),
                if *minor < 0 { "-7".into() } else { (minor / 100).to_string() },
                minor.abs() % 100
            )
        })
        .collect();
    std::fs::write(&csv, format!("member_id,order,day,amount\n{lines}")).unwrap();
    for amounts in [Amounts::Double, Amounts::Decimal, Amounts::Minor] {
        let path = folder.path().join("orders.parquet");
        write(&path, &rows(), amounts, 3);
        assert!(plain_parquet(&Source::new(&path)).unwrap().is_some());
        let whole = figures(csv.clone(), Analysis::Cohorts);
        assert_eq!(figures(path.clone(), Analysis::Cohorts), whole);
        let (mut one, mut all) = (figures(path.clone(), Analysis::Rfm), figures(csv.clone(), Analysis::Rfm));
        for found in [&mut one, &mut all] {
            found["list"].as_array_mut().unwrap().sort_by_key(|row| row["member"].as_str().unwrap().parse::<i64>().unwrap());
        }
        assert_eq!(one, all);
    }
}

#[test]
fn order_of_rows_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let summary = |rows: &[(i64, i32, i64)], name: &str| {
        let path = folder.path().join(name);
        write(&path, rows, Amounts::Minor, 2);
        let source = Source::new(&path);
        from_parquet(&source, &plain_parquet(&source).unwrap().unwrap(), true, i32::MAX).unwrap()
    };
    let sorted = summary(&rows(), "a.parquet");
    let mut mixed = rows();
    shuke_insight::numeric::random::Dice::new(3).sample(&mut mixed, usize::MAX);
    let unsorted = summary(&mixed, "b.parquet");
    assert_eq!(sorted.summary.members, unsorted.summary.members);
    assert_eq!((sorted.summary.gaps, sorted.summary.cohorts), (unsorted.summary.gaps, unsorted.summary.cohorts));
    // Numbers that are far apart go by a table; rows without a member are left out and counted.
    let mut far: Vec<(i64, i32, i64)> = rows().into_iter().map(|(member, day, minor)| (member * 1_000_000_007 - 9, day, minor)).collect();
    far.push((i64::MIN, far[0].1, 100));
    let far = summary(&far, "c.parquet");
    assert_eq!((far.left_out, far.summary.orders, far.names.len()), (1, 400, 60));
    assert_eq!(far.summary.members.iter().map(|m| m.money).sum::<i64>(), sorted.summary.members.iter().map(|m| m.money).sum::<i64>());
}

#[test]
fn lines_of_orders_stand_in_parquet_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines.parquet");
    let schema = "message lines { REQUIRED BYTE_ARRAY member (UTF8); REQUIRED INT64 order; REQUIRED INT64 time (TIMESTAMP(MICROS,true)); REQUIRED BYTE_ARRAY sku (UTF8); REQUIRED DOUBLE amount; }";
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = SerializedFileWriter::new(file, Arc::new(parse_message_type(schema).unwrap()), Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let text = |values: &[&str]| values.iter().map(|value| ByteArray::from(*value)).collect::<Vec<_>>();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&text(&["张三", "张三", "李四"]), None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<Int64Type>().write_batch(&[1, 1, 2], None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    // 2026-11-22 20:00 UTC is the 23rd in Shanghai.
    column.typed::<Int64Type>().write_batch(&[1_795_377_600_000_000; 3], None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<ByteArrayType>().write_batch(&text(&["奶粉", "尿布", "奶粉"]), None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&[19.9, 0.1 + 0.2, 5.0], None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    let mut source = Source::new(&path);
    source.zone = shuke_kernel::Zone::parse("Asia/Shanghai").unwrap();
    let orders = source.read().unwrap();
    assert_eq!((orders.orders.len(), orders.orders[0].sold, orders.baskets.len(), orders.items.len()), (2, 2_020, 3, 2));
    assert_eq!((dates::iso(orders.orders[0].day), orders.orders[0].minute), ("2026-11-23".into(), 240));
}

//! A slice of Online Retail, real and as dirty as that (`tests/data/README.md`). The figures were computed with
//! pandas and with Borgelt's FP-growth, not with this crate.

use shuke_insight::ask::{Analysis, Ask, ParetoOf, run, write};
use shuke_insight::basket::{baskets_of, frequent};
use shuke_insight::orders::{Orders, Source, dates};
use shuke_insight::report::{Report, html, json, text};
use shuke_insight::summary::from_orders;
use shuke_insight::{cohort, pareto, rfm, rhythm, stage, value};
use shuke_kernel::{Currency, time};
use std::path::Path;

pub fn source() -> Source {
    let mut source = Source::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/retail.csv"));
    source.currency = Currency::parse("GBP").unwrap();
    source
}

pub fn orders() -> Orders {
    source().read().unwrap()
}

fn as_of() -> i32 {
    dates::day_of(2011, 12, 10).unwrap()
}

#[test]
fn the_file_is_read_to_the_penny() {
    let orders = orders();
    let counts = &orders.counts;
    assert_eq!((counts.rows, counts.bad_rows, counts.without_member, counts.returns), (3_785, 0, 23, 87));
    let purchases: Vec<_> = orders.of_members().filter(|order| order.purchase).collect();
    assert_eq!((orders.members.len(), purchases.len()), (88, 216));
    assert_eq!(purchases.iter().map(|order| order.sold).sum::<i64>(), 6_167_865);
    assert_eq!(orders.of_members().map(|order| order.net()).sum::<i64>(), 5_825_940);
}

#[test]
fn five_questions_are_answered_as_by_pandas() {
    let orders = orders();
    let summary = from_orders(&orders, false, as_of());
    let gaps = rhythm::rhythm(&summary, rhythm::intervals(&summary, &orders, as_of()), as_of());
    assert_eq!((gaps.gaps, gaps.days, gaps.median_days, gaps.ninety_percent_days), (129, 9_320, 49, 200));
    let last: Vec<Option<i32>> = summary.members.iter().map(|m| (m.orders > 0).then_some(m.last_day)).collect();
    let stages = stage::stages(&last, Some(&value::histories_of(&orders, as_of())), stage::Bands::default(), as_of()).unwrap();
    assert_eq!(stages.now.members, [53, 13, 21, 0]);
    assert_eq!(stages.moves.unwrap().iter().flatten().sum::<u64>(), 87);
    let money: Vec<i64> = summary.members.iter().map(|m| if m.orders > 0 { m.money } else { i64::MIN }).collect();
    let curve = pareto::pareto(&money).unwrap();
    assert_eq!((curve.for_eighty, curve.top_count, curve.top_money, curve.total), (42, 17, 3_261_526, 6_167_865));
    let found = rfm::rfm(&summary.members, as_of(), rfm::Method::Mean).unwrap();
    assert!((found.cuts.recency_days - 103.770_114_942_5).abs() < 1e-9 && (found.cuts.money - 70_895.0).abs() < 1e-9);
    assert_eq!(found.totals.iter().map(|total| total.members).collect::<Vec<_>>(), [19, 7, 2, 0, 6, 25, 2, 26]);
    let first = &cohort::cohorts(&summary, as_of()).cohorts[0];
    assert_eq!(first.cells.iter().map(|cell| cell.members).collect::<Vec<_>>(), [10, 0, 2, 2, 3, 2, 3, 2, 1, 1, 2, 4, 2]);
}

#[test]
fn baskets_are_those_of_borgelt() {
    let orders = orders();
    let baskets = baskets_of(&orders, false);
    assert_eq!(baskets.len(), 216);
    for (least, wanted) in [(8, [46, 46, 46]), (5, [214, 200, 155]), (4, [404, 347, 246])] {
        let sets = frequent(&baskets, least).unwrap();
        let (closed, maximal) = sets.closed_and_maximal();
        let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count();
        assert_eq!([sets.len(), count(&closed), count(&maximal)], wanted, "{least}");
    }
}

pub const ALL: [Analysis; 14] = [
    Analysis::Rfm,
    Analysis::Stages,
    Analysis::Pareto,
    Analysis::Cohorts,
    Analysis::Rhythm,
    Analysis::Basket,
    Analysis::Clusters,
    Analysis::Clv,
    Analysis::Anomalies,
    Analysis::Forecast,
    Analysis::Churn,
    Analysis::Next,
    Analysis::Prices,
    Analysis::Demand,
];

fn asked(kind: Analysis) -> Report {
    let mut ask = Ask::new(kind, source());
    ask.as_of = Some(time::parse_date("2011-12-10").unwrap());
    ask.support = 0.02;
    run(&ask).unwrap()
}

#[test]
fn every_analysis_makes_a_page_a_document_and_a_list() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ALL {
        let report = asked(kind);
        assert!(!report.findings.is_empty() && !report.method.zh.is_empty(), "{kind:?}");
        let page = html::page(&report);
        assert!(page.contains("<svg") && page.ends_with("</html>\n"), "{kind:?}");
        for outside in ["<script", "src=", "href=", "url(", "@import"] {
            assert!(!page.contains(outside), "{kind:?} loads something: {outside}");
        }
        assert!(!page.contains("NaN") && !page.contains(">inf"), "{kind:?}");
        let document = json(&report, true);
        assert_eq!(document["analysis"], report.kind);
        assert_eq!(document["list"].as_array().unwrap().len(), report.list.rows.len());
        assert!(text::write(&report).contains(&report.findings[0].zh));
        for name in ["a.html", "a.json", "a.csv", "a.parquet"] {
            write(&report, &folder.path().join(name)).unwrap();
        }
        let list = std::fs::read_to_string(folder.path().join("a.csv")).unwrap();
        assert!(list.starts_with('\u{feff}') && list.lines().count() == report.list.rows.len() + 1, "{kind:?}");
        assert_eq!(write(&report, &folder.path().join("a.doc")).unwrap_err().code(), "out_unknown");
    }
}

#[test]
fn every_row_of_a_table_is_as_wide_as_its_head() {
    for kind in ALL {
        let report = asked(kind);
        for table in report.tables.iter().chain([&report.list]) {
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{kind:?} {}", table.title.en);
        }
    }
}

#[test]
fn figures_are_there_for_programs() {
    let document = json(&asked(Analysis::Basket), false);
    assert_eq!(document["figures"]["least_baskets"], 5);
    assert!(document.get("list").is_none());
    let document = json(&asked(Analysis::Clv), false);
    assert_eq!(document["figures"]["value"]["members"], 87);
    assert_eq!(document["figures"]["read"]["rows"], 3_785);
    let mut ask = Ask::new(Analysis::Pareto, source());
    ask.of = ParetoOf::Items;
    assert_eq!(json(&run(&ask).unwrap(), false)["figures"]["of"], "goods");
    ask.of = ParetoOf::Staff;
    assert_eq!(run(&ask).unwrap_err().code(), "column_missing");
}

#[test]
fn an_earlier_day_sees_nothing_later() {
    let mut ask = Ask::new(Analysis::Rfm, source());
    ask.as_of = Some(time::parse_date("2011-06-01").unwrap());
    let report = run(&ask).unwrap();
    let days: Vec<i64> = json(&report, true)["list"].as_array().unwrap().iter().map(|row| row["days"].as_i64().unwrap()).collect();
    assert!(days.len() < 87 && days.iter().all(|days| *days >= 0));
    ask.as_of = Some(time::parse_date("2001-06-01").unwrap());
    assert_eq!(run(&ask).unwrap_err().code(), "members_too_few");
}

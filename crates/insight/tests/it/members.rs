//! Questions about members beside their orders, on the slice of Online Retail. The figures were computed with pandas,
//! scipy and lifelines, and by going through all choices in Python, not with this crate.

use crate::retail::{orders, source};
use shuke_insight::ask::{Analysis, Ask, run, write};
use shuke_insight::attribute::{at_joining, firsts, so_far};
use shuke_insight::churn::churn;
use shuke_insight::next::{bought, recommend, replenish};
use shuke_insight::orders::{Orders, dates, people};
use shuke_insight::portrait::portrait;
use shuke_insight::price::prices;
use shuke_insight::report::{Report, html, json};
use shuke_insight::stage::Bands;
use shuke_insight::summary::from_orders;
use shuke_insight::uplift::{of_means, trial};
use shuke_kernel::time;
use std::path::PathBuf;

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-7 * wanted.abs().max(1.0), "{found} is not {wanted}");
}

fn as_of() -> i32 {
    dates::day_of(2011, 12, 10).unwrap()
}

fn with_lines() -> Orders {
    let mut source = source();
    source.lines = true;
    source.read().unwrap()
}

#[test]
fn who_left_is_as_lifelines_says() {
    let orders = orders();
    let firsts = firsts(&orders, as_of());
    let currency = source().currency;
    let groups = at_joining(&orders, None, &firsts, currency);
    let found = churn(&firsts, &groups, Bands::default(), as_of()).unwrap();
    assert_eq!((found.months, found.gone_days, found.shortened), (6, 183, true), "a year is too short for twelve months");
    assert_eq!((found.members, found.could, found.gone, found.median_days), (87, 57, 21, None));
    near(found.curve.last().unwrap().survival, 0.627_485_380_116_959);
    assert_eq!((found.curve[0].time, found.curve[0].ended, found.curve[0].at_risk), (184, 20, 57));
    let (low, high) = found.curve[1].interval;
    assert!((low - 0.487_219).abs() < 1e-6 && (high - 0.739_299).abs() < 1e-6, "{low} {high}");
    let quarter = groups.iter().position(|group| group.name.en == "first visit in").unwrap();
    let test = found.compared.iter().find(|compared| compared.group == quarter).unwrap();
    assert_eq!((test.members.as_slice(), test.test.degrees), (&[29, 20, 25][..], 2));
    near(test.test.chi_squared, 3.801_137_215_438_524_6);
    near(test.test.p, 0.149_483_597_525_473_07);
    let of = |value: usize| found.contrasts.iter().find(|contrast| (contrast.group, contrast.value) == (quarter, value)).unwrap();
    near(of(0).lift, 1.216_748_768_472_906_6);
    near(of(0).p, 0.203_388_380_098_168);
    near(of(3).lift, 0.271_428_571_428_571_46);
    near(of(3).p, 0.074_116_350_382_487_44);
    assert!(found.contrasts.iter().all(|contrast| contrast.q >= contrast.p));
}

#[test]
fn a_portrait_is_as_scipy_says() {
    let orders = orders();
    let summary = from_orders(&orders, true, as_of());
    let groups = so_far(&orders, None, &summary, as_of(), source().currency);
    let chosen: Vec<bool> = (0..orders.members.len()).map(|member| member < 40).collect();
    let found = portrait(&summary, &groups, &chosen, as_of()).unwrap();
    assert_eq!((found.members, found.others), (39, 48));
    let wanted = [
        (2.641_025_641_025_641, 2.354_166_666_666_666_6, -0.597_413_168_976_526_7, 1.171_131_117_694_475_6),
        (71_241.333_333_333_33, 63_499.541_666_666_664, -21_075.437_941_185_31, 36_559.021_274_518_64),
        (27_424.027_065_527_065, 28_754.430_208_333_33, -8_802.892_804_166_39, 6_142.086_518_553_857),
        (113.102_564_102_564_1, 96.187_5, -27.082_339_668_185_583, 60.912_467_228_633_13),
        (226.641_025_641_025_64, 198.104_166_666_666_66, -18.069_020_853_067_677, 75.142_738_801_785_64),
    ];
    for (figure, (group, others, low, high)) in found.figures.iter().zip(wanted) {
        near(figure.group, group);
        near(figure.others, others);
        near(figure.difference.interval.0, low);
        near(figure.difference.interval.1, high);
    }
}

#[test]
fn a_trial_is_as_scipy_says() {
    let orders = orders();
    let from = dates::day_of(2011, 9, 1).unwrap();
    let sides = |members: u32| (0..members).map(|member| (Some(member), member % 2 == 0)).collect::<Vec<_>>();
    let found = trial(&orders, &sides(88), from, as_of()).unwrap();
    near(found.buyers.treated, 27.0 / 44.0);
    near(found.buyers.held_out, 30.0 / 44.0);
    near(found.buyers.p, 0.503_182_739_777_887_6);
    for (of, [treated, held_out, low, high, p]) in [
        (
            &found.visits,
            [
                0.931_818_181_818_181_8,
                1.136_363_636_363_636_5,
                -0.656_973_489_742_056_3,
                0.247_882_580_651_146_82,
                0.371_260_147_128_763_43,
            ],
        ),
        (
            &found.spend,
            [26_532.113_636_363_636, 31_730.568_181_818_18, -18_907.305_029_187_184, 8_510.395_938_278_096, 0.452_981_798_607_939_4],
        ),
    ] {
        near(of.treated.mean, treated);
        near(of.held_out.mean, held_out);
        near(of.interval().unwrap().0, low);
        near(of.interval().unwrap().1, high);
        near(of.p(), p);
        assert!(of.exact.is_none());
    }
    // Twelve members: all 924 choices.
    let small = trial(&orders, &sides(12), from, as_of()).unwrap();
    let exact = small.spend.exact.unwrap();
    assert!(exact.all && exact.choices == 924);
    near(exact.p, 56.0 / 924.0);
    let (low, high) = exact.interval.unwrap();
    assert!((low + 78_650.0).abs() < 1e-6 && high.abs() < 1e-6, "{low} {high}");
    let welch = of_means(&small.spend.treated, &small.spend.held_out).unwrap();
    assert!(welch.few && (welch.difference - small.spend.welch.difference).abs() < 1e-12);
}

#[test]
fn discounts_and_elasticity_are_as_pandas_says() {
    let found = prices(&with_lines(), as_of()).unwrap();
    assert_eq!((found.listed, found.lines, found.discounted, found.members, found.habits.len()), (false, 1_873, 31, [12, 0, 73], 85));
    let slope = found.elasticity.unwrap();
    assert_eq!((slope.items, slope.weeks), (18, 212));
    near(slope.slope, -2.836_451_768_084_723_7);
    near(slope.interval.0, -6.134_919_788_102_222);
    near(slope.interval.1, 0.462_016_251_932_774_85);
}

#[test]
fn recommendations_hit_as_often_as_going_through_all_pairs() {
    let orders = orders();
    let all = bought(&orders, as_of());
    let found = recommend::tried(&all, orders.items.len(), as_of(), 28);
    assert_eq!((found.members, found.hits, found.popular_hits, found.only, found.power), (17, 5, 5, (2, 2), 0.0));
    let (low, high) = found.interval();
    assert!(low < 0.0 && high > 0.0, "seventeen members say nothing");
    for r in recommend::recommend(&all, orders.items.len(), 0.0, 0, 5) {
        assert!(
            !all.iter().any(|b| (b.member, b.item) == (r.member, r.item))
                && all.iter().any(|b| (b.member, b.item) == (r.member, r.because))
        );
    }
}

#[test]
fn variances_of_uneven_groups_are_those_of_the_quadratic_forms() {
    // Solved from the expectations of both quadratic forms with numpy; the mean and the predictors from the full matrix.
    let groups = [vec![3.0, 3.2], vec![2.5], vec![3.9, 4.1, 4.0], vec![3.3], vec![2.8, 2.6], vec![3.6, 3.7, 3.1]];
    let found = replenish::lasting(7, &groups).unwrap();
    near(found.within, 0.044_444_444_444_446);
    near(found.between, 0.286_321_839_080_458_6);
    near(found.mean, 3.188_708_909_583_187_5);
    let predictors = [3.106_389_07, 2.592_540_52, 3.960_087_46, 3.285_046_03, 2.735_198_21, 3.452_992_17];
    let spreads = [0.255_080_69, 0.287_953_07, 0.241_930_62, 0.287_953_07, 0.255_080_69, 0.241_930_62];
    for ((own, mean), spread) in groups.iter().zip(predictors).zip(spreads) {
        let (found_mean, found_spread) = found.next(own);
        assert!((found_mean - mean).abs() < 1e-8 && (found_spread - spread).abs() < 1e-8, "{found_mean} {found_spread}");
    }
}

struct Files {
    _folder: tempfile::TempDir,
    members: PathBuf,
    segment: PathBuf,
    trial: PathBuf,
    out: PathBuf,
}

/// A table of members with a child's birthday, a list, and a trial.
fn files() -> Files {
    let orders = orders();
    let folder = tempfile::tempdir().unwrap();
    let (mut members, mut segment, mut trial) =
        ("CustomerID,城市,备注,宝宝生日\n".to_owned(), "CustomerID\n99999\n".to_owned(), "CustomerID,group\n99999,held_out\n".to_owned());
    for number in 0..u32::try_from(orders.members.len()).unwrap() {
        let name = orders.members.text(number);
        members += &format!("{name},{},note {name},2011-0{}-05\n", ["北京", "上海", "广州"][number as usize % 3], number % 9 + 1);
        segment += &if number < 40 { format!("{name}\n") } else { String::new() };
        trial += &format!("{name},{}\n", ["treated", "held_out"][number as usize % 2]);
    }
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let (members, segment, trial) = (file("members.csv", &members), file("segment.csv", &segment), file("trial.csv", &trial));
    Files { members, segment, trial, out: folder.path().join("list.parquet"), _folder: folder }
}

const KINDS: [Analysis; 6] = [Analysis::Churn, Analysis::Next, Analysis::Uplift, Analysis::Portrait, Analysis::Prices, Analysis::Demand];

fn asked(kind: Analysis, files: &Files) -> Report {
    let mut ask = Ask::new(kind, source());
    ask.as_of = Some(time::parse_date("2011-12-10").unwrap());
    (ask.people, ask.segment, ask.trial) = (Some(files.members.clone()), Some(files.segment.clone()), Some(files.trial.clone()));
    ask.from = Some(time::parse_date("2011-09-01").unwrap());
    run(&ask).unwrap()
}

#[test]
fn each_question_makes_a_page_a_document_and_a_table() {
    let files = files();
    for kind in KINDS {
        let report = asked(kind, &files);
        let page = html::page(&report);
        assert!(!report.findings.is_empty() && page.contains("<svg") && page.ends_with("</html>\n"), "{kind:?}");
        assert!(!page.contains("NaN") && !page.contains(">inf"), "{kind:?}");
        for table in report.tables.iter().chain([&report.list]) {
            assert!(table.rows.iter().all(|row| row.len() == table.head.len()), "{kind:?} {}", table.title.en);
        }
        let document = json(&report, true);
        assert_eq!(document["list"].as_array().unwrap().len(), report.list.rows.len());
        assert!(!report.list.rows.is_empty(), "{kind:?}");
        write(&report, &files.out).unwrap();
        let bytes = std::fs::read(&files.out).unwrap();
        assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    }
}

#[test]
fn the_table_of_members_is_used() {
    let files = files();
    let churn = asked(Analysis::Churn, &files);
    assert!(churn.list.rows.iter().any(|row| format!("{row:?}").contains("城市")), "the city is looked at");
    assert!(churn.warnings.iter().any(|text| text.zh.contains("备注")), "free text is named and left out");
    let next = json(&asked(Analysis::Next, &files), false);
    assert!(next["figures"]["next"]["children"].as_u64().unwrap() > 50);
    let portrait = json(&asked(Analysis::Portrait, &files), false);
    let portrait = &portrait["figures"]["portrait"];
    assert!(portrait["unknown"] == 1 && portrait["members"] == 39, "{portrait}");
    let uplift = json(&asked(Analysis::Uplift, &files), false);
    assert_eq!(uplift["figures"]["uplift"]["without_orders"], 1);
    let orders = orders();
    let people = people::read(&source(), &files.members, &orders.members).unwrap();
    assert_eq!((people.known, people.attributes.len()), (88, 2));
}

#[test]
fn what_a_question_lacks_is_said() {
    for (kind, code) in [(Analysis::Portrait, "segment_missing"), (Analysis::Uplift, "trial_missing")] {
        assert_eq!(run(&Ask::new(kind, source())).unwrap_err().code(), code);
    }
    let files = files();
    let mut ask = Ask::new(Analysis::Uplift, source());
    ask.trial = Some(files.trial.clone());
    assert_eq!(run(&ask).unwrap_err().code(), "trial_missing");
    ask.from = Some(time::parse_date("2012-01-01").unwrap());
    assert_eq!(run(&ask).unwrap_err().code(), "trial_days_malformed");
    ask.trial = Some(PathBuf::from("/nowhere/trial.csv"));
    assert_eq!(run(&ask).unwrap_err().code(), "file_unreadable");
}

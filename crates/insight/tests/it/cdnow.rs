//! CDNOW, the sample of 2,357 customers that the papers use (`tests/data/README.md`).

use shuke_insight::value::{BgNbd, Customer, GammaGamma, Nbd, ParetoNbd, Rows, Spender, gamma_gamma};

/// id, x, t_x, T (days), mean spend.
pub fn sample() -> Vec<(u32, Customer, f64)> {
    let text = include_str!("../data/cdnow_summary.csv");
    let number = |cell: &str| cell.parse::<f64>().unwrap();
    let days = |cell: &str| (number(cell) * 7.0).round() as u32;
    text.lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let customer = Customer { repeats: cells[1].parse().unwrap(), last_days: days(cells[2]), age_days: days(cells[3]) };
            (cells[0].parse().unwrap(), customer, number(cells[4]))
        })
        .collect()
}

fn customers() -> Vec<Customer> {
    sample().into_iter().map(|(_, customer, _)| customer).collect()
}

#[track_caller]
pub fn near(found: f64, wanted: f64, relative: f64) {
    assert!((found - wanted).abs() <= relative * wanted.abs(), "{found} is not {wanted}");
}

#[test]
fn bg_nbd_is_that_of_the_paper() {
    let rows = Rows::of(&customers());
    let (model, estimate) = BgNbd::fit(&rows);
    near(estimate.log_likelihood, -9_582.429_21, 1e-9);
    for (found, wanted) in estimate.parameters.iter().zip([0.242_595, 4.413_602, 0.792_922, 2.425_907]) {
        near(*found, wanted, 1e-5);
    }
    for (found, wanted) in estimate.standard_errors.unwrap().iter().zip([0.012_557, 0.378_224, 0.185_734, 0.705_414]) {
        near(*found, wanted, 1e-4);
    }
    assert!(estimate.converged && estimate.evaluations < 40, "{}", estimate.evaluations);
    let (mut alive, mut quarter, mut year) = (0.0, 0.0, 0.0);
    for c in customers() {
        let (last, age) = (f64::from(c.last_days) / 7.0, f64::from(c.age_days) / 7.0);
        alive += model.alive(c.repeats, last, age);
        quarter += model.expected(c.repeats, last, age, 39.0);
        year += model.expected(c.repeats, last, age, 52.0);
    }
    near(alive, 1_917.277_67, 1e-6);
    near(quarter, 1_653.408_70, 1e-6);
    near(year, 2_089.398_71, 1e-6);
}

#[test]
fn pareto_nbd_is_that_of_the_paper() {
    let rows = Rows::of(&customers());
    let (model, estimate) = ParetoNbd::fit(&rows);
    near(estimate.log_likelihood, -9_594.976_18, 1e-9);
    for (found, wanted) in estimate.parameters.iter().zip([0.553_277, 10.577_683, 0.606_240, 11.668_735]) {
        near(*found, wanted, 1e-5);
    }
    for (found, wanted) in estimate.standard_errors.unwrap().iter().zip([0.047_628, 0.842_724, 0.187_285, 6.211_247]) {
        near(*found, wanted, 1e-4);
    }
    let (mut alive, mut quarter, mut discounted) = (0.0, 0.0, 0.0);
    let rate = 1.15_f64.ln() / 52.0;
    for c in customers() {
        let (last, age) = (f64::from(c.last_days) / 7.0, f64::from(c.age_days) / 7.0);
        alive += model.alive(c.repeats, last, age);
        quarter += model.expected(c.repeats, last, age, 39.0);
        discounted += model.discounted(c.repeats, last, age, rate);
    }
    near(alive, 1_051.875_25, 1e-6);
    near(quarter, 1_665.513_11, 1e-6);
    near(discounted, 7_205.548_09, 1e-6);
}

#[test]
fn gamma_gamma_is_that_of_the_paper() {
    let spenders: Vec<Spender> =
        sample().into_iter().filter(|(_, c, _)| c.repeats > 0).map(|(_, c, mean)| Spender { repeats: c.repeats, mean }).collect();
    assert_eq!(spenders.len(), 946);
    let (model, estimate) = GammaGamma::fit(&spenders);
    // The committed means are rounded to the cent; the full set in `full.rs` has all digits.
    near(estimate.log_likelihood, -4_055.917_69, 1e-4);
    for (found, wanted) in [model.p, model.q, model.v].iter().zip([6.249_572, 3.744_225, 15.443_521]) {
        near(*found, wanted, 2e-3);
    }
    let exact = GammaGamma { p: 6.249_572, q: 3.744_225, v: 15.443_521 };
    near(exact.expected(2, 22.345), 24.653_919, 1e-6);
    near(exact.expected(0, 0.0), 35.170_371, 1e-6);
    assert!(gamma_gamma::correlation(&spenders).abs() < 0.2);
}

#[test]
fn nobody_is_lost_over_a_thousand_resamples() {
    let all = customers();
    let mut dice = shuke_insight::numeric::random::Dice::new(11);
    let resamples = if std::env::var_os("SHUKE_SOAK").is_some() { 1_000 } else { 60 };
    for _ in 0..resamples {
        let drawn: Vec<Customer> = (0..all.len()).map(|_| all[dice.below(all.len())]).collect();
        let rows = Rows::of(&drawn);
        let (_, nbd) = Nbd::fit(&rows);
        for estimate in [BgNbd::fit(&rows).1, ParetoNbd::fit(&rows).1] {
            assert!(estimate.converged && !estimate.at_bound && estimate.standard_errors.is_some(), "{estimate:?}");
            assert!(estimate.log_likelihood > nbd.log_likelihood, "{estimate:?} {nbd:?}");
        }
    }
}

//! The whole analysis: fit, doubt, predict.

use super::customer::UNIT_DAYS;
use super::holdout::{Check, Histories, Model, check};
use super::{BgNbd, Estimate, GammaGamma, Nbd, ParetoNbd, Rows, Spender, gamma_gamma};
use rayon::prelude::*;
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// What to do.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The last day that is known, days since 1970-01-01.
    pub as_of: i32,
    /// Weeks to look ahead.
    pub weeks: f64,
    /// Months over which value is added up.
    pub months: u32,
    /// Discount of a month: 0.01 is one percent.
    pub monthly_discount: f64,
    /// Minor units of a major one.
    pub minor_per_major: f64,
}

/// One member's future.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Prediction {
    /// The member's number.
    pub member: u32,
    /// Repeat purchases so far.
    pub repeats: u32,
    /// The chance to be there still.
    pub alive: f64,
    /// Expected purchases in the weeks asked for.
    pub expected: f64,
    /// Expected spend of one purchase, minor units.
    pub spend: i64,
    /// Value over the months asked for, discounted, minor units.
    pub value: i64,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Value {
    /// Members with a purchase.
    pub members: usize,
    /// Of them, with a repeat purchase.
    pub repeat_buyers: usize,
    /// BG/NBD.
    pub bg_nbd: Estimate,
    /// Pareto/NBD.
    pub pareto_nbd: Estimate,
    /// NBD, without drop-out.
    pub nbd: Estimate,
    /// Gamma-Gamma; none where too few came again.
    pub gamma_gamma: Option<Estimate>,
    /// Whether the data show drop-out at all.
    pub drop_out_identified: bool,
    /// The model that the predictions come from.
    pub used: &'static str,
    /// Correlation of how often and how much.
    pub frequency_spend_correlation: f64,
    /// The hold-out check; none where the history is too short.
    pub holdout: Option<Check>,
    /// Codes of what speaks against trusting this.
    pub doubts: Vec<&'static str>,
    /// Members expected to be there still.
    pub alive: f64,
    /// Expected purchases of all members in the weeks asked for.
    pub expected: f64,
    /// Value of all members over the months asked for, minor units.
    pub value: i64,
    /// Every member's future.
    #[serde(skip)]
    pub predictions: Vec<Prediction>,
}

/// Weeks in a month, as in the CLV of the literature: 365.25 ÷ 7 ÷ 12, rounded.
const WEEKS_IN_MONTH: f64 = 4.345;
/// Gain in log-likelihood below which drop-out is not identified: a tenth of what chance alone gives.
const GAIN_MIN: f64 = 0.2;
/// Fewest members and repeat buyers for a fit.
const MEMBERS_MIN: usize = 30;
const REPEAT_MIN: usize = 10;

/// Fits, checks and predicts.
///
/// Errors: `members_too_few` where nothing can be said.
pub fn analyse(histories: &Histories, options: &Options) -> Result<Value> {
    let known: Vec<(usize, super::Customer)> =
        (0..histories.len()).filter_map(|m| Some((m, histories.customer(m, options.as_of)?))).collect();
    let repeat_buyers = known.iter().filter(|(_, c)| c.repeats > 0).count();
    if known.len() < MEMBERS_MIN || repeat_buyers < REPEAT_MIN {
        let detail = format!(
            "{} members, {repeat_buyers} of whom came again, are too few for a model of the future; it takes {MEMBERS_MIN} and {REPEAT_MIN}",
            known.len()
        );
        return Err(Error::refused("members_too_few", detail));
    }
    let rows = Rows::of(&known.iter().map(|(_, c)| *c).collect::<Vec<_>>());
    if rows.age_max == 0 {
        return Err(Error::refused("history_too_short", "all purchases are of one day; a model of the future needs some weeks"));
    }
    let fitted = Fitted::on(&rows);
    let spenders: Vec<Spender> = known
        .iter()
        .filter(|(_, c)| c.repeats > 0)
        .map(|(m, c)| Spender { repeats: c.repeats, mean: histories.mean_spend(*m, options.as_of, options.minor_per_major) })
        .collect();
    let spend = (spenders.iter().filter(|s| s.mean > 0.0).count() >= REPEAT_MIN).then(|| GammaGamma::fit(&spenders));
    let holdout = hold_out(histories, options.as_of);
    let predictions = predict(histories, &known, &fitted.model, spend.as_ref().map(|(model, _)| model), options);
    let correlation = gamma_gamma::correlation(&spenders);
    let doubts = doubts(&fitted, holdout.as_ref(), correlation, spend.as_ref(), &rows);
    Ok(Value {
        members: known.len(),
        repeat_buyers,
        used: fitted.used,
        drop_out_identified: fitted.identified,
        bg_nbd: fitted.bg,
        pareto_nbd: fitted.pareto,
        nbd: fitted.nbd,
        gamma_gamma: spend.map(|(_, estimate)| estimate),
        frequency_spend_correlation: correlation,
        holdout,
        doubts,
        alive: predictions.iter().map(|p| p.alive).sum(),
        expected: predictions.iter().map(|p| p.expected).sum(),
        value: predictions.iter().map(|p| p.value).fold(0, i64::saturating_add),
        predictions,
    })
}

struct Fitted {
    model: Model,
    used: &'static str,
    identified: bool,
    bg: Estimate,
    pareto: Estimate,
    nbd: Estimate,
}

impl Fitted {
    /// Fits all three; predictions come from the one of the two that fits better, or from NBD where neither shows drop-out.
    fn on(rows: &Rows) -> Self {
        let ((bg_model, bg), (pareto_model, pareto)) = rayon::join(|| BgNbd::fit(rows), || ParetoNbd::fit(rows));
        let (nbd_model, nbd) = Nbd::fit(rows);
        let better = bg.log_likelihood.max(pareto.log_likelihood);
        let identified = better - nbd.log_likelihood > GAIN_MIN;
        let (model, used) = match (identified, bg.log_likelihood >= pareto.log_likelihood) {
            (false, _) => (Model::Nbd(nbd_model), "nbd"),
            (true, true) => (Model::BgNbd(bg_model), "bg_nbd"),
            (true, false) => (Model::ParetoNbd(pareto_model), "pareto_nbd"),
        };
        Self { model, used, identified, bg, pareto, nbd }
    }
}

/// Fits on the first two thirds of the time and compares with the last third.
fn hold_out(histories: &Histories, as_of: i32) -> Option<Check> {
    let start = histories.days.iter().copied().min()?;
    let split = start + (as_of - start) * 2 / 3;
    if as_of - split < 28 {
        return None;
    }
    let customers: Vec<super::Customer> = (0..histories.len()).filter_map(|m| histories.customer(m, split)).collect();
    if customers.len() < MEMBERS_MIN || customers.iter().filter(|c| c.repeats > 0).count() < REPEAT_MIN {
        return None;
    }
    Some(check(&Fitted::on(&Rows::of(&customers)).model, histories, split, as_of))
}

fn predict(
    histories: &Histories,
    known: &[(usize, super::Customer)],
    model: &Model,
    spend: Option<&GammaGamma>,
    options: &Options,
) -> Vec<Prediction> {
    let mean = overall_mean(histories, options);
    known
        .par_iter()
        .map(|(m, customer)| {
            let own = histories.mean_spend(*m, options.as_of, options.minor_per_major);
            let spend = spend.map(|model| model.expected(customer.repeats, own)).filter(|spend| spend.is_finite()).unwrap_or(mean);
            let (mut before, mut value) = (0.0, 0.0);
            for month in 1..=options.months {
                let until = model.expected(*customer, WEEKS_IN_MONTH * f64::from(month));
                value += (until - before) * spend / (1.0 + options.monthly_discount).powi(i32::try_from(month).unwrap_or(i32::MAX));
                before = until;
            }
            Prediction {
                member: u32::try_from(*m).unwrap_or(u32::MAX),
                repeats: customer.repeats,
                alive: model.alive(*customer),
                expected: model.expected(*customer, options.weeks),
                spend: (spend * options.minor_per_major).round() as i64,
                value: (value * options.minor_per_major).round() as i64,
            }
        })
        .collect()
}

/// Mean spend of a purchase day, major units: for where Gamma-Gamma has nothing to say.
fn overall_mean(histories: &Histories, options: &Options) -> f64 {
    let days = histories.days.iter().zip(&histories.money).filter(|(day, _)| **day <= options.as_of);
    let (count, sum) = days.fold((0.0, 0.0), |(count, sum), (_, money)| (count + 1.0, sum + *money as f64));
    if count > 0.0 { sum / count / options.minor_per_major } else { 0.0 }
}

fn doubts(
    fitted: &Fitted,
    check: Option<&Check>,
    correlation: f64,
    spend: Option<&(GammaGamma, Estimate)>,
    rows: &Rows,
) -> Vec<&'static str> {
    let mut doubts = Vec::new();
    if !fitted.identified {
        doubts.push("drop_out_not_identified");
    }
    match check {
        None => doubts.push("no_hold_out"),
        Some(check) if check.actual < 1.0 || (check.expected / check.actual - 1.0).abs() > 0.25 => doubts.push("hold_out_differs"),
        Some(_) => {}
    }
    if correlation.abs() > 0.3 {
        doubts.push("spend_goes_with_frequency");
    }
    if spend.is_none_or(|(model, estimate)| model.q <= 1.0 || estimate.at_bound) {
        doubts.push("spend_not_identified");
    }
    if f64::from(rows.age_max) / UNIT_DAYS < 26.0 {
        doubts.push("history_short");
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::Dice;

    /// A shop that is BG/NBD by construction: the check must be near, and the sum of values too.
    fn simulated(seed: u64, members: usize, leave: Option<(f64, f64)>) -> Histories {
        let mut dice = Dice::new(seed);
        let mut histories = Histories { starts: vec![0], days: Vec::new(), money: Vec::new() };
        for member in 0..members {
            let rate = dice.gamma(0.8) / 6.0;
            let chance = leave.map_or(0.0, |(a, b)| dice.beta(a, b));
            let spend = 20.0 / (dice.gamma(4.0) / 3.0);
            let first = i32::try_from(member % 90).unwrap_or(0);
            let mut day = first;
            let mut at = 0.0;
            loop {
                if histories.days.len() > histories.starts[member] && histories.days.last() == Some(&day) {
                    if let Some(money) = histories.money.last_mut() {
                        *money += 1_000;
                    }
                } else {
                    histories.days.push(day);
                    histories.money.push((spend * dice.gamma(6.0) / 6.0 * 100.0) as i64 + 1);
                }
                // Nobody leaves before the first repeat purchase.
                if at > 0.0 && dice.unit() < chance {
                    break;
                }
                at += dice.exponential() / rate;
                day = first + (at * 7.0) as i32;
                if day > 600 {
                    break;
                }
            }
            histories.starts.push(histories.days.len());
        }
        histories
    }

    fn options(as_of: i32) -> Options {
        Options { as_of, weeks: 26.0, months: 12, monthly_discount: 0.01, minor_per_major: 100.0 }
    }

    #[test]
    fn a_simulated_shop_is_predicted() {
        let value = analyse(&simulated(3, 4_000, Some((1.0, 4.0))), &options(600)).unwrap();
        let check = value.holdout.as_ref().unwrap();
        assert!((check.expected / check.actual - 1.0).abs() < 0.1, "{} {}", check.expected, check.actual);
        assert!(value.drop_out_identified && value.used == "bg_nbd" && value.doubts.is_empty(), "{:?} {}", value.doubts, value.used);
        assert!((value.bg_nbd.parameters[0] - 0.8).abs() < 0.2, "{:?}", value.bg_nbd);
        assert!(value.predictions.iter().all(|p| (0.0..=1.0).contains(&p.alive) && p.value >= 0));
    }

    #[test]
    fn a_shop_that_nobody_leaves_is_said_to_be_one() {
        let value = analyse(&simulated(5, 3_000, None), &options(600)).unwrap();
        assert!(value.doubts.contains(&"drop_out_not_identified") || value.bg_nbd.log_likelihood - value.nbd.log_likelihood < 2.0);
        assert!(value.bg_nbd.log_likelihood >= value.nbd.log_likelihood - 1e-3);
    }

    #[test]
    fn too_little_is_refused_with_a_reason() {
        assert_eq!(analyse(&simulated(1, 5, Some((1.0, 2.0))), &options(600)).unwrap_err().code(), "members_too_few");
        assert_eq!(analyse(&Histories::default(), &options(600)).unwrap_err().code(), "members_too_few");
    }
}

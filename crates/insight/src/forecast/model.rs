//! Holt–Winters, tried on the past.

use rayon::prelude::*;
use serde::Serialize;
use shuke_kernel::{Error, Result};

/// Days of a season.
const SEASON: usize = 7;
/// Fewest days of history.
const DAYS_MIN: usize = 35;
/// Days of history that are looked at: three years. What is older says little about next week.
const DAYS_MAX: usize = 1_095;
/// Most days ahead.
const AHEAD_MAX: usize = 92;

/// A day to come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Days after the last one of the history, from 1.
    pub ahead: usize,
    /// Expected, minor units.
    pub expected: i64,
    /// Nine of ten past errors would keep within.
    pub low: i64,
    /// The upper end.
    pub high: i64,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// The days to come.
    pub points: Vec<Point>,
    /// Mean absolute error of the trial, as a share of mean sales.
    pub error_share: f64,
    /// The same for "as a week ago".
    pub naive_error_share: f64,
    /// Share of trial days within their interval.
    pub covered: f64,
    /// Starts of the trial.
    pub trials: usize,
    /// Trial of the latest start: days ahead, expected, actual.
    pub last_trial: Vec<(usize, f64, f64)>,
    /// Weights of level, trend, season, and the damping.
    pub weights: [f64; 4],
}

#[derive(Clone)]
struct State {
    level: f64,
    trend: f64,
    season: [f64; SEASON],
}

impl State {
    fn start(values: &[f64]) -> Self {
        let weeks = (values.len() / SEASON).clamp(1, 4);
        let used = &values[..weeks * SEASON];
        let level = used.iter().sum::<f64>() / used.len() as f64;
        let season = std::array::from_fn(|at| (0..weeks).map(|week| used[week * SEASON + at]).sum::<f64>() / weeks as f64 - level);
        Self { level, trend: 0.0, season }
    }
    fn expected(&self, at: usize, ahead: usize, damping: f64) -> f64 {
        let trend: f64 = (1..=ahead).map(|h| damping.powi(i32::try_from(h).unwrap_or(i32::MAX))).sum::<f64>() * self.trend;
        self.level + trend + self.season[(at + ahead - 1) % SEASON]
    }
    /// Takes in a value; the error that was made.
    fn learn(&mut self, at: usize, value: f64, [alpha, beta, gamma, damping]: [f64; 4]) -> f64 {
        let season = &mut self.season[at % SEASON];
        let before = self.level + damping * self.trend;
        let error = value - before - *season;
        self.level = before + alpha * error;
        self.trend = damping * self.trend + alpha * beta * error;
        *season += gamma * (1.0 - alpha) * error;
        error
    }
}

fn run(values: &[f64], weights: [f64; 4]) -> (State, f64) {
    let mut state = State::start(values);
    let mut squares = 0.0;
    for (at, value) in values.iter().enumerate() {
        let error = state.learn(at, *value, weights);
        squares += if at >= SEASON { error * error } else { 0.0 };
    }
    (state, squares)
}

/// The weights with the least squared error one step ahead: a grid, then ever smaller steps around the best.
fn weights(values: &[f64]) -> [f64; 4] {
    const ALPHAS: [f64; 4] = [0.02, 0.1, 0.25, 0.5];
    const BETAS: [f64; 3] = [0.0, 0.05, 0.2];
    const GAMMAS: [f64; 3] = [0.02, 0.1, 0.3];
    const DAMPINGS: [f64; 2] = [0.8, 0.95];
    let grid: Vec<[f64; 4]> = (0..72).map(|at| [ALPHAS[at % 4], BETAS[at / 4 % 3], GAMMAS[at / 12 % 3], DAMPINGS[at / 36]]).collect();
    let scored: Vec<(f64, [f64; 4])> = grid.into_par_iter().map(|w| (run(values, w).1, w)).collect();
    let (mut score, mut best) = scored.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::MAX, [0.1, 0.0, 0.1, 0.9]));
    let limits = [(0.001, 0.99), (0.0, 0.5), (0.0, 0.9), (0.7, 0.98)];
    let mut size = 0.1;
    while size > 0.002 {
        let mut moved = false;
        for at in 0..4 {
            for sign in [-1.0, 1.0] {
                let mut next = best;
                next[at] = (next[at] + sign * size).clamp(limits[at].0, limits[at].1);
                let error = run(values, next).1;
                if error < score {
                    (score, best, moved) = (error, next, true);
                }
            }
        }
        if !moved {
            size /= 2.0;
        }
    }
    best
}

/// What would be said after each day about the sum of the days that follow, with weights from the first `known` days alone.
pub(crate) fn damped(values: &[f64], known: usize, ahead: usize) -> Vec<f64> {
    let known = known.clamp(SEASON.min(values.len()), values.len());
    if known < SEASON {
        return vec![0.0; values.len()];
    }
    let weights = weights(&values[..known]);
    let mut state = State::start(&values[..known]);
    let mut after = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        state.learn(at, *value, weights);
        after.push((1..=ahead).map(|h| state.expected(at + 1, h, weights[3])).sum());
    }
    after
}

/// The days to come from daily minor units, the last day of which is whole.
///
/// Errors: `history_too_short`.
pub fn forecast(daily: &[i64], ahead: usize) -> Result<Forecast> {
    let ahead = ahead.clamp(1, AHEAD_MAX);
    if daily.len() < DAYS_MIN {
        let detail = format!("{} days are too few to forecast from; it takes {DAYS_MIN}, better eight weeks and more", daily.len());
        return Err(Error::refused("history_too_short", detail));
    }
    let values: Vec<f64> = daily[daily.len().saturating_sub(DAYS_MAX)..].iter().map(|value| *value as f64).collect();
    let weights = weights(&values);
    let trial = Trial::of(&values, ahead);
    let spreads: Vec<(f64, f64)> = (1..=ahead).map(|h| trial.spread(h)).collect();
    let (state, _) = run(&values, weights);
    let points = (1..=ahead)
        .map(|h| {
            let expected = state.expected(values.len(), h, weights[3]);
            let (low, high) = spreads[h - 1];
            let floor = |value: f64| value.max(0.0).round() as i64;
            Point { ahead: h, expected: floor(expected), low: floor(expected + low), high: floor(expected + high) }
        })
        .collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let share = |errors: &mut dyn Iterator<Item = f64>| {
        let (count, sum) = errors.fold((0.0, 0.0), |(count, sum), error| (count + 1.0, sum + error.abs()));
        if count > 0.0 && mean > 0.0 { sum / count / mean } else { f64::NAN }
    };
    let inside = trial.errors.iter().filter(|(h, error, _)| {
        let (low, high) = spreads[h - 1];
        (low..=high).contains(error)
    });
    Ok(Forecast {
        points,
        error_share: share(&mut trial.errors.iter().map(|(_, error, _)| *error)),
        naive_error_share: share(&mut trial.errors.iter().map(|(.., naive)| *naive)),
        covered: inside.count() as f64 / trial.errors.len().max(1) as f64,
        trials: trial.starts,
        last_trial: trial.last,
        weights,
    })
}

/// The forecast from many starts in the past.
struct Trial {
    /// Days ahead, error, and the error of "as a week ago".
    errors: Vec<(usize, f64, f64)>,
    starts: usize,
    last: Vec<(usize, f64, f64)>,
}

impl Trial {
    fn of(values: &[f64], ahead: usize) -> Self {
        let first = (values.len() / 2).max(SEASON * 3);
        // By what could be known when the trial begins.
        let weights = weights(&values[..first]);
        let mut trial = Self { errors: Vec::new(), starts: 0, last: Vec::new() };
        let mut state = State::start(&values[..first]);
        for at in 0..values.len() {
            if at >= first {
                trial.starts += 1;
                let reach = ahead.min(values.len() - at);
                let whole = reach == ahead || (trial.last.is_empty() && at == first);
                let made: Vec<(usize, f64, f64)> =
                    (1..=reach).map(|h| (h, state.expected(at, h, weights[3]), values[at + h - 1])).collect();
                for (h, expected, actual) in &made {
                    let back = at + h - 1 - SEASON * (h.div_ceil(SEASON));
                    trial.errors.push((*h, actual - expected, actual - values[back]));
                }
                if whole {
                    trial.last = made;
                }
            }
            state.learn(at, values[at], weights);
        }
        trial
    }
    /// The 5 % and 95 % errors of starts about as far ahead.
    fn spread(&self, h: usize) -> (f64, f64) {
        let near = |width: usize| -> Vec<f64> {
            self.errors.iter().filter(|(of, ..)| of.abs_diff(h) <= width).map(|(_, error, _)| *error).collect()
        };
        let mut errors = near(3);
        if errors.len() < 20 {
            errors = near(usize::MAX);
        }
        errors.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| errors.get((share * (errors.len().max(1) - 1) as f64).round() as usize).copied().unwrap_or(0.0);
        (at(0.05), at(0.95))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::random::Dice;

    #[test]
    fn a_weekly_shop_is_foreseen() {
        let mut dice = Dice::new(8);
        let week = [100.0, 90.0, 95.0, 110.0, 160.0, 240.0, 220.0];
        let level = |day: usize| week[day % 7] * (1.0 + day as f64 / 900.0);
        let daily: Vec<i64> = (0..210).map(|day| ((level(day) + 8.0 * dice.normal()) * 100.0) as i64).collect();
        let found = forecast(&daily, 14).unwrap();
        for point in &found.points {
            let wanted = level(209 + point.ahead) * 100.0;
            assert!((point.expected as f64 / wanted - 1.0).abs() < 0.15, "{point:?} {wanted}");
            assert!(point.low <= point.expected && point.expected <= point.high);
        }
        assert!(found.error_share < found.naive_error_share && (0.85..=1.0).contains(&found.covered), "{found:?}");
    }

    #[test]
    fn odd_histories() {
        assert_eq!(forecast(&[5; 10], 7).unwrap_err().code(), "history_too_short");
        let flat = forecast(&[0; 60], 500).unwrap();
        assert!(flat.points.len() == AHEAD_MAX && flat.points.iter().all(|p| p.expected == 0));
        assert!(forecast(&[i64::MAX / 8; 40], 7).unwrap().points[0].expected > 0);
    }
}

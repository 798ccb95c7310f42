//! What the models cost, in CPU time of this process; `scripts/bench-insight.sh` holds it against other programs.
//!
//! `bench fit FILE` (customer, x, t_x, T in weeks, CSV), `bench at FILE BG|PARETO P1 P2 P3 P4` (the log-likelihood
//! there), `bench again FILE TIMES` (bootstrap resamples, both models), `bench sets FILE SHARE` (one basket a line),
//! `bench five FILE.parquet`. Each prints one JSON object.

use shuke_insight::basket::{Baskets, frequent};
use shuke_insight::numeric::random::Dice;
use shuke_insight::orders::Source;
use shuke_insight::value::{BgNbd, Customer, ParetoNbd, Rows};
use shuke_insight::{cohort, pareto, rfm, rhythm, stage, summary};
use std::collections::HashMap;
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["fit", file] => fit(file),
        ["at", file, model, a, b, c, d] => at(file, model, [a.parse()?, b.parse()?, c.parse()?, d.parse()?]),
        ["again", file, times] => again(file, times.parse()?),
        ["sets", file, share] => sets(file, share.parse()?),
        ["five", file] => five(file),
        _ => Err("fit FILE, at FILE MODEL P1 P2 P3 P4, again FILE TIMES, sets FILE SHARE, or five FILE.parquet".into()),
    }
}

/// CPU seconds of the whole process, and its highest resident memory in megabytes.
fn spent() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    ((ticks(11) + ticks(12)) / 100.0, peak.unwrap_or(0.0) / 1024.0)
}

/// CPU seconds of one run: repeated until a second has been spent, since the clock ticks a hundred times a second.
fn timed<T>(mut run: impl FnMut() -> T) -> (T, f64) {
    let start = spent().0;
    let mut result = run();
    let mut runs = 1.0;
    while spent().0 - start < 1.0 {
        result = run();
        runs += 1.0;
    }
    (result, (spent().0 - start) / runs)
}

fn customers(file: &str) -> Result<Vec<Customer>, Box<dyn Error>> {
    let text = std::fs::read_to_string(file)?;
    let days = |cell: &str| cell.parse::<f64>().map(|weeks| (weeks * 7.0).round() as u32);
    let mut customers = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        customers.push(Customer { repeats: cells[1].parse()?, last_days: days(cells[2])?, age_days: days(cells[3])? });
    }
    Ok(customers)
}

/// The log-likelihood at parameters that another program found.
fn at(file: &str, model: &str, [a, b, c, d]: [f64; 4]) -> Result<(), Box<dyn Error>> {
    let rows = Rows::of(&customers(file)?);
    let log_likelihood = match model {
        "BG" => BgNbd { r: a, alpha: b, a: c, b: d }.log_likelihood(&rows),
        _ => ParetoNbd { r: a, alpha: b, s: c, beta: d }.log_likelihood(&rows),
    };
    println!("{}", serde_json::json!({ "log_likelihood": log_likelihood }));
    Ok(())
}

/// Fits resamples of the customers (Efron 1979) and counts those that did not come to an end.
fn again(file: &str, times: u64) -> Result<(), Box<dyn Error>> {
    let all = customers(file)?;
    let start = spent().0;
    let (mut failures, mut ends) = ([0_u32; 2], Vec::new());
    for seed in 0..times {
        let mut dice = Dice::new(seed);
        let sample: Vec<Customer> = (0..all.len()).map(|_| all[dice.below(all.len())]).collect();
        let rows = Rows::of(&sample);
        let (bg, pareto) = (BgNbd::fit(&rows).1, ParetoNbd::fit(&rows).1);
        for (failures, estimate) in failures.iter_mut().zip([&bg, &pareto]) {
            *failures += u32::from(!estimate.converged || estimate.at_bound || !estimate.log_likelihood.is_finite());
        }
        ends.push((bg.parameters[0], pareto.parameters[0]));
    }
    let mean = |pick: fn(&(f64, f64)) -> f64| ends.iter().map(pick).sum::<f64>() / ends.len().max(1) as f64;
    let found = serde_json::json!({ "resamples": times, "failures_bg": failures[0], "failures_pareto": failures[1],
        "mean_r_bg": mean(|r| r.0), "mean_r_pareto": mean(|r| r.1), "cpu_s": spent().0 - start });
    println!("{found}");
    Ok(())
}

fn fit(file: &str) -> Result<(), Box<dyn Error>> {
    let customers = customers(file)?;
    let (bg, bg_cpu) = timed(|| BgNbd::fit(&Rows::of(&customers)).1);
    let (pareto, pareto_cpu) = timed(|| ParetoNbd::fit(&Rows::of(&customers)).1);
    println!(
        "{}",
        serde_json::json!({
            "customers": customers.len(),
            "bg_nbd": { "cpu_s": bg_cpu, "log_likelihood": bg.log_likelihood, "evaluations": bg.evaluations },
            "pareto_nbd": { "cpu_s": pareto_cpu, "log_likelihood": pareto.log_likelihood, "evaluations": pareto.evaluations },
        })
    );
    Ok(())
}

fn sets(file: &str, share: f64) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(file)?;
    let mut names: HashMap<&str, u32> = HashMap::new();
    let mut baskets = Baskets::default();
    for line in text.lines() {
        let mut items: Vec<u32> = Vec::new();
        for name in line.split(' ').filter(|name| !name.is_empty()) {
            let next = u32::try_from(names.len())?;
            items.push(*names.entry(name).or_insert(next));
        }
        baskets.push(&mut items);
    }
    let least = baskets.count_of(share);
    let wall = Instant::now();
    let mut runs = 0_u32;
    let (found, cpu) = timed(|| {
        runs += 1;
        frequent(&baskets, least)
    });
    let wall_s = wall.elapsed().as_secs_f64() / f64::from(runs);
    println!("{}", serde_json::json!({ "baskets": baskets.len(), "least": least, "sets": found?.len(), "cpu_s": cpu, "wall_s": wall_s }));
    Ok(())
}

fn five(file: &str) -> Result<(), Box<dyn Error>> {
    let wall = Instant::now();
    let source = Source::new(file);
    let opened = summary::plain_parquet(&source)?.ok_or("not one order a row")?;
    let found = summary::from_parquet(&source, &opened, false, i32::MAX)?.summary;
    let read = spent().0;
    let as_of = found.last_day + 1;
    let scores = rfm::rfm(&found.members, as_of, rfm::Method::Mean)?;
    let last: Vec<Option<i32>> = found.members.iter().map(|member| (member.orders > 0).then_some(member.last_day)).collect();
    let stages = stage::stages(&last, None, stage::Bands::default(), as_of)?;
    let money: Vec<i64> = found.members.iter().map(|member| if member.orders > 0 { member.money } else { i64::MIN }).collect();
    let curve = pareto::pareto(&money)?;
    let cohorts = cohort::cohorts(&found, as_of);
    let gaps = rhythm::rhythm(&found, Vec::new(), as_of);
    let (cpu, peak) = spent();
    println!(
        "{}",
        serde_json::json!({
            "orders": found.orders, "members": scores.members.len(), "stages": stages.now.members, "for_eighty": curve.for_eighty,
            "top_share": curve.top_share, "cohorts": cohorts.cohorts.len(), "first_cohort": cohorts.cohorts[0].cells[0].members,
            "gaps": gaps.gaps, "median_gap": gaps.median_days, "scores": scores.scores.iter().map(|s| u64::from(s[0]) * 100 + u64::from(s[1]) * 10 + u64::from(s[2])).sum::<u64>(),
            "cpu_s": cpu, "cpu_reading_s": read, "wall_s": wall.elapsed().as_secs_f64(), "peak_mb": peak,
        })
    );
    Ok(())
}

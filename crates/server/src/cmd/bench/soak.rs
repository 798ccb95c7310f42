//! `shuke bench soak`: half of what the machine can do, for hours, with the background work; whether
//! memory, open files, latency and the outbox stay where they were.
//!
//! After a warm-up the run is cut into equal windows. The second quarter of the windows is the measure,
//! the last quarter is held against it: memory within 5 per cent, as many open files, the median of the
//! windows' p99 within 10 per cent, and no event that has waited longer than [`LAG_MS_MAX`].

use super::Place;
use super::load::at_per_mille;
use super::shop::{Met, Shop, Told};
use crate::wiring;
use anyhow::ensure;
use clap::Args;
use serde::Serialize;
use shuke_jobs::Backlog;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Windows of a run; a quarter of them is compared with another.
const WINDOWS: usize = 24;
/// An event waits at most so long for a reader that lags behind.
const LAG_MS_MAX: i64 = 10_000;
/// Two windows of one machine differ by so much without a cause, in microseconds.
const P99_SLACK_US: u64 = 2_000;
/// The allocator keeps so much for itself, in KiB.
const MEMORY_SLACK_KIB: u64 = 8 * 1_024;

/// How to measure.
#[derive(Clone, Debug, Args)]
pub struct Load {
    #[command(flatten)]
    place: Place,
    /// How long, after the peak was measured.
    #[arg(long, default_value_t = 7_200)]
    seconds: u64,
    /// Clients.
    #[arg(long, default_value_t = 16)]
    clients: usize,
    /// Which part of the peak, in per cent.
    #[arg(long, default_value_t = 50)]
    share: u64,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// What a window saw.
#[derive(Clone, Debug, Serialize)]
struct Window {
    sales: usize,
    p99_us: u64,
    memory_kib: u64,
    files: usize,
    event_lag_ms: i64,
    events_dead: i64,
    jobs_dead: i64,
}

pub(super) async fn run(load: &Load) -> anyhow::Result<()> {
    let scratch = load.place.scratch()?;
    let shop = Arc::new(Shop::open(&load.place, &scratch, load.clients + 8).await?);
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let work = shop.app.work();
    let worker = tokio::spawn(async move {
        wiring::runner().run_until(&work, async move { drop(stopped.wait_for(|stop| *stop).await) }).await;
    });
    shop.load(load.clients, Duration::from_secs(3)).await?;
    let peak = shop.load(load.clients, Duration::from_secs(10)).await?.took.len() as u64 / 10;
    let rate = (peak * load.share / 100).max(1);
    eprintln!("peak {peak} sales/s; {rate} sales/s for {} s", load.seconds);
    let pace = Duration::from_micros(1_000_000 * load.clients as u64 / rate);
    let time = Duration::from_secs(load.seconds.div_ceil(WINDOWS as u64).max(1));
    let mut windows = Vec::with_capacity(WINDOWS);
    for _ in 0..WINDOWS {
        let window = window(&shop, load.clients, pace, time).await?;
        eprintln!(
            "{:>7} sales  p99 {:>6} µs  {:>7} KiB  {} files  events wait {} ms",
            window.sales, window.p99_us, window.memory_kib, window.files, window.event_lag_ms
        );
        windows.push(window);
    }
    let _ = stop.send(true);
    worker.await?;
    let faults = faults(&windows);
    if load.json {
        println!("{}", serde_json::json!({ "bench": "soak", "peak_per_second": peak, "windows": windows, "faults": faults }));
    }
    ensure!(faults.is_empty(), "{}", faults.join("; "));
    eprintln!("memory, files, latency and outbox stayed where they were");
    Ok(())
}

/// Each client sells once in every `pace`, and catches up where a sale took longer.
async fn window(shop: &Arc<Shop>, clients: usize, pace: Duration, time: Duration) -> anyhow::Result<Window> {
    let over = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for client in 0..clients {
        let (shop, over) = (shop.clone(), over.clone());
        let first = Instant::now() + pace * u32::try_from(client)? / u32::try_from(clients)?;
        tasks.spawn(async move {
            let (mut met, mut due) = (Met::default(), first);
            while !over.load(Ordering::Relaxed) {
                tokio::time::sleep_until(due.into()).await;
                due += pace;
                match shop.sell().await? {
                    Told::Sold(took) => met.took.push(took),
                    Told::Later(_) => met.refused += 1,
                }
            }
            anyhow::Ok(met)
        });
    }
    tokio::time::sleep(time).await;
    over.store(true, Ordering::Relaxed);
    let mut all = Met::default();
    while let Some(done) = tasks.join_next().await {
        all.merge(done??);
    }
    ensure!(all.refused == 0, "{} sales were refused at half of the peak", all.refused);
    all.took.sort_unstable();
    let backlog = Backlog::read(&shop.app.db, shop.app.clock.now()).await?;
    Ok(Window {
        sales: all.took.len(),
        p99_us: at_per_mille(&all.took, 990),
        memory_kib: memory_kib()?,
        files: std::fs::read_dir("/proc/self/fd")?.count(),
        event_lag_ms: backlog.event_lag_ms,
        events_dead: backlog.events_dead,
        jobs_dead: backlog.jobs_dead,
    })
}

/// What this process holds in memory of its own, without the files that are mapped into it.
fn memory_kib() -> anyhow::Result<u64> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    Ok(line.and_then(|rest| rest.split_whitespace().next()).map_or(Ok(0), str::parse)?)
}

/// What did not stay where it was.
fn faults(windows: &[Window]) -> Vec<String> {
    let quarter = windows.len() / 4;
    let (early, late) = (&windows[quarter..2 * quarter], &windows[windows.len() - quarter..]);
    let median = |of: &[Window], figure: fn(&Window) -> u64| {
        let mut found: Vec<u64> = of.iter().map(figure).collect();
        found.sort_unstable();
        found.get(found.len() / 2).copied().unwrap_or_default()
    };
    let mut faults = Vec::new();
    let mut hold = |what: &str, figure: fn(&Window) -> u64, percent: u64, slack: u64| {
        let (before, after) = (median(early, figure), median(late, figure));
        if after > before * (100 + percent) / 100 + slack {
            faults.push(format!("{what} rose from {before} to {after}"));
        }
    };
    hold("memory in KiB", |window| window.memory_kib, 5, MEMORY_SLACK_KIB);
    hold("open files", |window| window.files as u64, 0, 2);
    hold("p99 in µs", |window| window.p99_us, 10, P99_SLACK_US);
    for (number, window) in windows.iter().enumerate() {
        // The measuring of the peak leaves some behind; the first quarter is there to catch up.
        if number >= quarter && window.event_lag_ms > LAG_MS_MAX {
            faults.push(format!("in window {number} an event had waited {} ms", window.event_lag_ms));
        }
        if window.events_dead > 0 || window.jobs_dead > 0 {
            faults.push(format!("in window {number} {} events and {} jobs were given up", window.events_dead, window.jobs_dead));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(change: impl Fn(u64, &mut Window)) -> Vec<String> {
        let still = Window { sales: 1, p99_us: 5_000, memory_kib: 100_000, files: 30, event_lag_ms: 0, events_dead: 0, jobs_dead: 0 };
        let mut windows = vec![still; WINDOWS];
        windows.iter_mut().zip(0..).for_each(|(window, number)| change(number, window));
        faults(&windows)
    }

    #[test]
    fn what_creeps_is_seen() {
        assert_eq!(windows(|_, _| {}), [""; 0]);
        // A start that is slow and fat is no creeping.
        assert_eq!(windows(|n, w| w.p99_us = if n < 3 { 90_000 } else { 5_000 }), [""; 0]);
        assert!(windows(|n, w| w.memory_kib += n * 2_000)[0].starts_with("memory in KiB rose"));
        assert!(windows(|n, w| w.files += n as usize)[0].starts_with("open files rose"));
        assert!(windows(|n, w| w.p99_us += n * 500)[0].starts_with("p99 in µs rose"));
        assert!(windows(|n, w| w.event_lag_ms = if n < 3 || n == 7 { 60_000 } else { 0 })[0].contains("window 7"));
        assert!(windows(|n, w| w.events_dead = i64::from(n == 9))[0].contains("1 events"));
    }
}

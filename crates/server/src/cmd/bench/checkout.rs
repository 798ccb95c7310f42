//! `shuke bench checkout`.

use super::Load;
use super::load::{Bench, Figure};
use std::sync::Arc;

pub(super) async fn run(load: &Load) -> anyhow::Result<()> {
    let temporary = load.place.scratch()?;
    let bench = Arc::new(Bench::open(load, temporary.path()).await?);
    // Statements are prepared, caches are warm.
    bench.figure(load.clients.iter().copied().max().unwrap_or(1), 2, load.sales.map(|_| 5)).await?;
    let mut figures = Vec::new();
    for clients in &load.clients {
        let figure = bench.figure(*clients, load.seconds, load.sales).await?;
        eprintln!("{}", line(&figure));
        figures.push(figure);
    }
    if load.json {
        println!("{}", serde_json::json!({ "bench": "checkout", "figures": figures }));
    }
    Ok(())
}

fn line(f: &Figure) -> String {
    let milli = |n: u64| format!("{}.{:02}", n / 1_000, n % 1_000 / 10);
    format!(
        "{:>3} clients: {:>6} sales/s  p50 {:>6} µs  p99 {:>6} µs  {} statements, {} round trips a sale  {} sales a commit  {} µs CPU a sale",
        f.clients,
        f.per_second,
        f.p50_us,
        f.p99_us,
        milli(f.statements_per_sale_milli),
        milli(f.trips_per_sale_milli),
        milli(f.sales_per_commit_milli),
        f.cpu_us_per_sale
    )
}

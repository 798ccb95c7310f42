//! `shuke bench raw`: the product and the bare statements, in one run on one database file each.

use super::Load;
use super::load::Bench;
use shuke_db::replay::replay;
use std::sync::Arc;
use std::time::Duration;

/// Sales whose statements are recorded.
const RECORDED: usize = 500;

pub(super) async fn run(load: &Load) -> anyhow::Result<()> {
    anyhow::ensure!(load.place.db.is_none(), "the raw loop is for SQLite; beside PostgreSQL stands pgbench");
    let mut rows = Vec::new();
    for clients in &load.clients {
        let temporary = load.place.scratch()?;
        let bench = Arc::new(Bench::open(load, temporary.path()).await?);
        bench.figure(*clients, 2, None).await?;
        let product = bench.figure(*clients, load.seconds, None).await?;
        bench.app.db.record(true);
        for _ in 0..RECORDED {
            bench.sell().await?;
        }
        let units = bench.app.db.record(false);
        drop(bench);
        let group = load.group.unwrap_or_else(|| usize::try_from(product.sales_per_commit_milli / 1_000).unwrap_or(1).max(1));
        let file = temporary.path().join("shuke.db");
        let time = Duration::from_secs(load.seconds);
        let raw = tokio::task::spawn_blocking(move || replay(&file, &units, group, time)).await??;
        let per_second = u64::try_from(u128::from(raw.units) * 1_000_000 / raw.elapsed.as_micros().max(1))?;
        let percent = product.per_second * 100 / per_second.max(1);
        eprintln!(
            "{clients:>3} clients: product {} sales/s, raw loop {per_second} units/s with {group} to a commit: {percent} %",
            product.per_second
        );
        rows.push(
            serde_json::json!({ "clients": clients, "product": product, "raw_per_second": per_second, "group": group, "percent": percent }),
        );
    }
    if load.json {
        println!("{}", serde_json::json!({ "bench": "raw", "figures": rows }));
    }
    Ok(())
}

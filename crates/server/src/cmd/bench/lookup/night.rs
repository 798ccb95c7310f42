//! The merchant's night while the till goes on, part by part.

use super::super::load::at_per_mille;
use super::Bench;
use crate::midnight::{self, Part};
use serde::Serialize;
use serde_json::json;
use shuke_kernel::Cx;
use shuke_kernel::time::add_days;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Tills that go on selling.
const SELLERS: usize = 2;

#[derive(Debug, Serialize)]
pub(super) struct Night {
    /// How many days it catches up with.
    days: i32,
    took_ms: u128,
    parts: Vec<PartTook>,
    sales: usize,
    sales_per_second: u128,
    sale_p50_us: u64,
    sale_p99_us: u64,
    sale_max_us: u64,
}

#[derive(Debug, Serialize)]
struct PartTook {
    part: &'static str,
    did: u64,
    took_ms: u128,
}

impl Bench {
    /// Does the work of the night after the next days.
    pub(super) async fn night(&mut self, days: i32) -> anyhow::Result<Night> {
        let day = add_days(self.shop.filled_on, self.shop.nights + days);
        let zone = shuke_kernel::Zone::parse("Asia/Shanghai")?;
        let cx = Cx::system(self.shop.merchant, zone.start(day).plus_ms(1), self.app.random.clone());
        let over = AtomicBool::new(false);
        let sellers = futures::future::try_join_all((0..SELLERS).map(|_| self.sell_until(&over)));
        let work = async {
            let mut parts = Vec::new();
            for part in Part::ALL {
                let began = Instant::now();
                let did = midnight::part(&self.app.db, &cx, day, *part).await?;
                parts.push(PartTook { part: part.as_str(), did, took_ms: began.elapsed().as_millis() });
            }
            over.store(true, Ordering::Relaxed);
            anyhow::Ok(parts)
        };
        let began = Instant::now();
        let (parts, sold) = futures::future::try_join(work, sellers).await?;
        let took = began.elapsed();
        let mut sold: Vec<Duration> = sold.into_iter().flatten().collect();
        sold.sort_unstable();
        self.shop.nights += days;
        Ok(Night {
            days,
            took_ms: parts.iter().map(|part| part.took_ms).sum(),
            parts,
            sales: sold.len(),
            sales_per_second: sold.len() as u128 * 1_000 / took.as_millis().max(1),
            sale_p50_us: at_per_mille(&sold, 500),
            sale_p99_us: at_per_mille(&sold, 990),
            sale_max_us: at_per_mille(&sold, 999),
        })
    }

    async fn sell_until(&self, over: &AtomicBool) -> anyhow::Result<Vec<Duration>> {
        let mut took = Vec::new();
        while !over.load(Ordering::Relaxed) {
            took.push(self.sell().await?);
        }
        Ok(took)
    }

    /// Three goods to any member, paid in cash at the price of a quote. Where the night has just changed what the price
    /// follows from, the cashier asks again.
    async fn sell(&self) -> anyhow::Result<Duration> {
        let (turn, member) = self.somebody().await?;
        let mut asked = 0;
        loop {
            let total = self.quote(turn, &member).await?["quote"]["total"].clone();
            let id = self.app.random.uuid(self.app.clock.now());
            let sale = json!({
                "id": id, "store": self.shop.store, "member": member, "channel": "till", "lines": self.lines(turn),
                "coupons": { "kind": "auto" }, "points": { "kind": "max" }, "expected_total": total,
                "payments": [{ "tender": "cash", "amount": total }],
            });
            let began = Instant::now();
            match self.call("POST", "/api/v1/orders", Some((&sale, id.to_string())), &self.shop.cashier).await {
                Ok(_) => return Ok(began.elapsed()),
                Err(error) if asked == 3 => return Err(error),
                Err(_) => asked += 1,
            }
        }
    }
}

impl Night {
    pub(super) fn print(&self) {
        let parts: Vec<String> = self.parts.iter().map(|part| format!("{} {} in {} ms", part.did, part.part, part.took_ms)).collect();
        eprintln!("the night of {} day(s) took {} ms: {}", self.days, self.took_ms, parts.join(", "));
        eprintln!(
            "meanwhile {} sales, {}/s, p50 {} µs, p99 {} µs, p99.9 {} µs",
            self.sales, self.sales_per_second, self.sale_p50_us, self.sale_p99_us, self.sale_max_us
        );
    }
}

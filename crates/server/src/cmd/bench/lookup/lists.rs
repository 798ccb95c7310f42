//! The console's lists of members and orders: each filter, sort and kind of search text, on the first page and deep in.

use super::super::load::at_per_mille;
use super::{Bench, people};
use serde::Serialize;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How often each page is asked for.
const TIMES: usize = 12;
/// Pages of 200 that are turned to come deep in.
const DEEP: usize = 25;

#[derive(Debug, Serialize)]
pub(super) struct ListFigure {
    what: String,
    rows: usize,
    first_p50_us: u64,
    first_max_us: u64,
    /// None where the list ends before.
    deep_p50_us: Option<u64>,
    deep_max_us: Option<u64>,
}

impl Bench {
    /// Everything that the document offers for the list.
    pub(super) async fn lists(&self) -> anyhow::Result<Vec<ListFigure>> {
        let mut figures = Vec::new();
        let members = self.queries().into_iter().map(|query| ("members", query));
        let orders = self.order_queries().await?.into_iter().map(|query| ("orders", query));
        for (of, query) in members.chain(orders) {
            let figure = self.list(of, &query).await?;
            // At once: a list that takes minutes is then the next one.
            figure.print();
            figures.push(figure);
        }
        Ok(figures)
    }

    /// Orders of all stores and of one, and by what finds an order.
    async fn order_queries(&self) -> anyhow::Result<Vec<String>> {
        let number = self.shop.members / 3;
        let (phone, (name, initials)) = (people::phone(number), people::name(number));
        let page = self.turn("/api/v1/orders?", None, 200).await?;
        let last = page["items"].as_array().and_then(|orders| orders.last()).map_or(&Value::Null, |order| &order["number"]);
        let order = last.as_str().unwrap_or_default();
        let mut all = vec![String::new(), format!("store={}", self.shop.store)];
        let texts = [order, &order[..order.len().min(10)], &order[..order.len().min(6)], &phone, &phone[7..], &name, &initials];
        all.extend(texts.iter().map(|text| format!("q={text}")));
        Ok(all)
    }

    fn queries(&self) -> Vec<String> {
        let number = self.shop.members / 3;
        let [province, city, district] = people::region(number);
        let region = format!("province={province}&city={city}&district={district}");
        let mut all = vec![
            String::new(),
            format!("q={}", people::phone(number)),
            format!("q={}", &people::phone(number)[7..]),
            format!("q={}", people::name(number).0),
            format!("q={}", people::name(number).1),
            format!("q={}", &people::name(number).1[..1]),
            "q=zzz".to_owned(),
            format!("store={}", self.shop.store),
            format!("store={}", self.shop.other_store),
            format!("province={province}"),
            "province=福建".to_owned(),
            "province=西藏".to_owned(),
            format!("province={province}&city={city}"),
            region.clone(),
            "birthday=08-15".to_owned(),
        ];
        let stages = ["prospect", "active", "marginal", "dormant", "lost", "new"];
        all.extend(stages.iter().map(|stage| format!("stage={stage}")));
        all.extend(self.shop.tags.iter().map(|tag| format!("tag={tag}")));
        let tag = self.shop.tags.first().map(ToString::to_string).unwrap_or_default();
        all.extend([
            format!("stage=dormant&store={}", self.shop.other_store),
            format!("stage=new&store={}", self.shop.other_store),
            format!("stage=lost&tag={tag}"),
            format!("stage=active&birthday=08-15&store={}", self.shop.store),
            format!("stage=prospect&{region}"),
            format!("tag={tag}&province=福建"),
        ]);
        all.push("sort=name".to_owned());
        for sort in ["last_visit", "spend"] {
            all.push(format!("sort={sort}"));
            all.extend(["active", "prospect"].iter().map(|stage| format!("sort={sort}&stage={stage}")));
        }
        all
    }

    async fn list(&self, of: &str, query: &str) -> anyhow::Result<ListFigure> {
        let path = format!("/api/v1/{of}?{}", encoded(query));
        let (first, page) = self.page(&path, 50).await?;
        let mut deep = None;
        let mut cursor = None;
        for turned in 0..DEEP {
            let page = self.turn(&path, cursor.as_deref(), 200).await?;
            match page["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
            if turned + 1 == DEEP {
                deep = Some(self.page(&format!("{path}&cursor={}", cursor.as_deref().unwrap_or_default()), 50).await?.0);
            }
        }
        Ok(ListFigure {
            what: if query.is_empty() { format!("{of}, all") } else { format!("{of}, {query}") },
            rows: page["items"].as_array().map_or(0, Vec::len),
            first_p50_us: at_per_mille(&first, 500),
            first_max_us: at_per_mille(&first, 999),
            deep_p50_us: deep.as_ref().map(|took| at_per_mille(took, 500)),
            deep_max_us: deep.as_ref().map(|took| at_per_mille(took, 999)),
        })
    }

    async fn turn(&self, path: &str, cursor: Option<&str>, limit: usize) -> anyhow::Result<Value> {
        let cursor = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        self.call("GET", &format!("{path}&limit={limit}{cursor}"), None, &self.shop.owner).await
    }

    async fn page(&self, path: &str, limit: usize) -> anyhow::Result<(Vec<Duration>, Value)> {
        let (mut took, mut last) = (Vec::with_capacity(TIMES), Value::Null);
        for _ in 0..TIMES {
            let began = Instant::now();
            last = self.turn(path, None, limit).await?;
            took.push(began.elapsed());
        }
        took.sort_unstable();
        Ok((took, last))
    }
}

/// A query with everything beyond ASCII in percent signs.
fn encoded(query: &str) -> String {
    query.bytes().fold(
        String::new(),
        |text, byte| if byte.is_ascii() { text + &char::from(byte).to_string() } else { text + &format!("%{byte:02X}") },
    )
}

impl ListFigure {
    fn print(&self) {
        let deep = match (self.deep_p50_us, self.deep_max_us) {
            (Some(p50), Some(max)) => format!("{p50:>8} {max:>8}"),
            _ => "       -        -".to_owned(),
        };
        eprintln!(
            "{:<70} {:>4} rows  first {:>8} {:>8}  deep {deep} µs (p50, max)",
            self.what, self.rows, self.first_p50_us, self.first_max_us
        );
    }
}

//! Questions of many files, of files larger than memory, and on a cluster: by SQL.

use super::model::{Analysis, Ask, ParetoOf};
use super::ops::{More, clv, concentration, counted, day_number, incomplete, of_summary};
use crate::report::{Report, says};
use crate::rhythm::Due;
use crate::sql::{Parts, Settings, Shop};
use crate::summary::Summary;
use crate::value::Histories;
use shuke_kernel::{Error, Result};
use std::path::PathBuf;

impl More for Shop {
    fn then(&self, until: i32) -> Result<Option<Summary>> {
        Self::then(self, until).map(Some)
    }
    fn histories(&self, until: i32) -> Result<Option<Histories>> {
        Self::histories(self, until).map(Some)
    }
    fn due(&self, summary: &Summary, as_of: i32) -> Result<Vec<Due>> {
        Self::due(self, summary, as_of)
    }
}

/// Runs an analysis over files, folders and patterns by SQL. The source's own path is not looked at.
///
/// Errors: `analysis_of_one_file` for one that keeps all orders in memory; as of opening ([`Shop::open`]), asking, and of
/// the analysis.
pub fn run_on(ask: &Ask, paths: &[PathBuf], settings: &Settings) -> Result<Report> {
    ask.check()?;
    let parts = match ask.analysis {
        Analysis::Rfm | Analysis::Stages | Analysis::Clusters | Analysis::Clv | Analysis::Pareto => Parts::default(),
        Analysis::Cohorts => Parts { months: true, when: false },
        Analysis::Rhythm => Parts { months: true, when: true },
        _ => {
            return Err(Error::invalid(
                "analysis_of_one_file",
                "this analysis keeps all orders in memory: give it one file, without --memory and --cluster",
            ));
        }
    };
    let given = ask.as_of.map(day_number).transpose()?;
    let mut source = ask.source.clone();
    source.until = ask.as_of;
    // Goods, stores and staff stand in lines, which plain files do not have.
    source.items = ask.analysis == Analysis::Pareto && ask.of != ParetoOf::Members;
    let mut shop = Shop::open(&source, paths, settings, ask.subtract_returns)?;
    let nothing = || Error::refused("members_too_few", "the files hold no order up to this day");
    let as_of = match given {
        Some(day) => day,
        None => shop.last_day()?.ok_or_else(nothing)?.saturating_add(1),
    };
    let mut report = answered(ask, &mut shop, as_of, parts)?;
    match shop.counts() {
        Some(counts) => {
            if let Some(figures) = report.figures.as_object_mut() {
                let mut read = serde_json::to_value(counts).unwrap_or_default();
                // Whose orders hold several members is not looked for here.
                read.as_object_mut().map(|read| read.remove("mixed_members"));
                figures.insert("read".into(), read);
            }
            counted(&mut report, counts);
        }
        None => incomplete(&mut report, shop.left_out),
    }
    Ok(report)
}

fn answered(ask: &Ask, shop: &mut Shop, as_of: i32, parts: Parts) -> Result<Report> {
    if ask.analysis == Analysis::Pareto && ask.of != ParetoOf::Members {
        let (what, (money, names)) = match ask.of {
            ParetoOf::Items => (says("商品", "goods"), shop.items()?),
            ParetoOf::Stores => (says("门店", "stores"), shop.stores(as_of)?),
            _ => (says("员工", "staff"), shop.staff(as_of)?),
        };
        if names.is_empty() {
            return Err(Error::invalid("column_missing", format!("the files have no column for {}; name it", what.en)));
        }
        return concentration(ask, &money, &what, names, as_of);
    }
    let summary = shop.summary(as_of, parts)?;
    let shop = &*shop;
    let name = |number: u32| shop.member(number);
    if ask.analysis == Analysis::Clv {
        return clv(ask, &shop.histories(as_of)?, as_of, &name);
    }
    of_summary(ask, &summary, shop, as_of, &name)
}

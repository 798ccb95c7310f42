//! What can be asked.

use crate::orders::Source;
use crate::rfm::Method;
use crate::stage::Bands;
use shuke_kernel::{Date, Error, Money, Result};
use std::path::PathBuf;

/// The analyses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// How recently, how often, for how much.
    Rfm,
    /// Active, marginal, dormant, lost.
    Stages,
    /// How few make how much.
    Pareto,
    /// Who came back.
    Cohorts,
    /// Who is due.
    Rhythm,
    /// What is bought together.
    Basket,
    /// Members who buy alike.
    Clusters,
    /// What members will be worth.
    Clv,
    /// What is not like the others.
    Anomalies,
    /// What will be sold.
    Forecast,
    /// What those who left had in common.
    Churn,
    /// What members will need and like next.
    Next,
    /// What a campaign added.
    Uplift,
    /// What a group of members is like.
    Portrait,
    /// Who waits for discounts.
    Prices,
    /// How many pieces of each product will be sold.
    Demand,
}

/// Whom Pareto is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Of {
    /// Members.
    #[default]
    Members,
    /// Goods.
    Items,
    /// Stores.
    Stores,
    /// Staff.
    Staff,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Which analysis.
    pub kind: Kind,
    /// The orders.
    pub source: Source,
    /// As of which day; none for the day after the last order.
    pub as_of: Option<Date>,
    /// Whether what was given back is taken off the money.
    pub subtract_returns: bool,
    /// How RFM cuts.
    pub cut: Method,
    /// The stages' bands.
    pub bands: Bands,
    /// Whom Pareto is about.
    pub of: Of,
    /// Least share of baskets of a set.
    pub support: f64,
    /// Least confidence of a rule.
    pub confidence: f64,
    /// Groups; none for the best by silhouette.
    pub groups: Option<usize>,
    /// Weeks to look ahead.
    pub weeks: f64,
    /// Months of value.
    pub months: u32,
    /// Discount of a month.
    pub monthly_discount: f64,
    /// Days of forecast.
    pub days: usize,
    /// What the shop knows of its members: a table with one member a row.
    pub people: Option<PathBuf>,
    /// A list of members to be described.
    pub segment: Option<PathBuf>,
    /// Who was treated and who held out.
    pub trial: Option<PathBuf>,
    /// The campaign's first day.
    pub from: Option<Date>,
}

impl Ask {
    /// A question with everything else by default.
    pub fn new(kind: Kind, source: Source) -> Self {
        Self {
            kind,
            source,
            as_of: None,
            subtract_returns: true,
            cut: Method::Mean,
            bands: Bands::default(),
            of: Of::default(),
            support: 0.01,
            confidence: 0.3,
            groups: None,
            weeks: 26.0,
            months: 12,
            monthly_discount: 0.01,
            days: 28,
            people: None,
            segment: None,
            trial: None,
            from: None,
        }
    }

    /// Refuses figures that make no sense. Errors: `share_malformed`, `horizon_malformed`, `groups_malformed`.
    pub fn check(&self) -> Result<()> {
        let share = |value: f64| value.is_finite() && (0.0..=1.0).contains(&value);
        if !(share(self.support) && self.support > 0.0 && share(self.confidence) && share(self.monthly_discount)) {
            return Err(Error::invalid("share_malformed", "support, confidence and discount are shares between 0 and 1, support above 0"));
        }
        if !(self.weeks.is_finite() && self.weeks > 0.0 && self.weeks <= 520.0 && (1..=120).contains(&self.months)) {
            return Err(Error::invalid("horizon_malformed", "look at most 520 weeks and 120 months ahead"));
        }
        if self.groups.is_some_and(|groups| !(2..=20).contains(&groups)) {
            return Err(Error::invalid("groups_malformed", "ask for 2 to 20 groups"));
        }
        Ok(())
    }

    /// Whether the analysis can do with the summary of a plain Parquet file.
    pub(super) const fn needs_only_summary(&self) -> bool {
        match self.kind {
            Kind::Rfm | Kind::Stages | Kind::Cohorts | Kind::Rhythm | Kind::Clusters => true,
            Kind::Pareto => matches!(self.of, Of::Members),
            _ => false,
        }
    }
}

/// Reads how RFM cuts: `mean`, `median`, `0.7`, `30,4,500` (days, purchases, money in major units).
///
/// Errors: `cut_malformed`.
pub fn parse_cut(text: &str, currency: shuke_kernel::Currency) -> Result<Method> {
    let malformed =
        || Error::invalid("cut_malformed", format!("{text:?} is no cut; write mean, median, a share such as 0.7, or days,orders,money"));
    match text.trim() {
        "mean" => Ok(Method::Mean),
        "median" => Ok(Method::Median),
        other if other.contains(',') => {
            let parts: Vec<&str> = other.split(',').map(str::trim).collect();
            let [days, orders, money] = parts[..] else { return Err(malformed()) };
            let (Money(money), _) = currency.parse_amount(money)?;
            Ok(Method::Fixed(days.parse().map_err(|_| malformed())?, orders.parse().map_err(|_| malformed())?, money))
        }
        other => {
            let share: f64 = other.parse().map_err(|_| malformed())?;
            if !(0.0..=1.0).contains(&share) {
                return Err(malformed());
            }
            Ok(Method::Quantile((share * 10_000.0).round() as u16))
        }
    }
}

//! What can be asked.

use crate::orders::Source;
use crate::rfm::Method;
use crate::stage::Bands;
use shuke_kernel::{Date, Error, Money, Result, text_enum};
use std::path::PathBuf;

text_enum! {
    /// Which analysis.
    pub enum Analysis {
        /// RFM: recency, frequency, money; the eight value cells.
        Rfm = "rfm",
        /// 顾客阶段: active, marginal, dormant, lost, and who moved.
        Stages = "stages",
        /// 二八: how few make how much.
        Pareto = "pareto",
        /// 复购: who came back, by month of the first purchase; four growth levers.
        Cohorts = "cohorts",
        /// 消费节奏: who is due, and when members come.
        Rhythm = "rhythm",
        /// 客户价值: who will come again, and what it is worth.
        Clv = "clv",
        /// 流失原因: what those who left had in common, and when they leave.
        Churn = "churn",
        /// 下一单: what each member will need again, and may like next.
        Next = "next",
        /// 画像与共性: what a group of members is like.
        Portrait = "portrait",
        /// 分群: members who buy alike.
        Clusters = "clusters",
        /// 搭配: what is bought together.
        Basket = "basket",
        /// 价格敏感度: who waits for discounts, and what a lower price brings.
        Prices = "prices",
        /// 需求: how many pieces of each product each store will sell.
        Demand = "demand",
        /// 预测: what will be sold.
        Forecast = "forecast",
        /// 增量效果: what a campaign added, against members who were held out.
        Uplift = "uplift",
        /// 异常: what to ask about.
        Anomalies = "anomalies",
        /// 经手: what staff did that should be asked about.
        Conduct = "conduct",
    }
}

text_enum! {
    /// Whom the Pareto curve is about.
    #[derive(Default)]
    pub enum ParetoOf {
        /// 会员.
        #[default]
        Members = "members",
        /// 商品.
        Items = "items",
        /// 门店.
        Stores = "stores",
        /// 员工.
        Staff = "staff",
    }
}

/// A question.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Which analysis.
    pub analysis: Analysis,
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
    pub of: ParetoOf,
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
    pub fn new(analysis: Analysis, source: Source) -> Self {
        Self {
            analysis,
            source,
            as_of: None,
            subtract_returns: true,
            cut: Method::Mean,
            bands: Bands::default(),
            of: ParetoOf::default(),
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

    /// Refuses figures that make no sense. Errors: `analysis_of_server`, `share_malformed`, `horizon_malformed`, `groups_malformed`.
    pub fn check(&self) -> Result<()> {
        if !self.analysis.facts().of_orders {
            return Err(Error::invalid("analysis_of_server", "this analysis reads the ledger, not orders; run it on the server"));
        }
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
        match self.analysis {
            Analysis::Rfm | Analysis::Stages | Analysis::Cohorts | Analysis::Rhythm | Analysis::Clusters => true,
            Analysis::Pareto => matches!(self.of, ParetoOf::Members),
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

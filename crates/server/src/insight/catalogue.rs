//! What each analysis asks, takes, rests on, and when not to trust it.

use super::body::Words;
use super::model::Analysis;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A parameter of an analysis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ParameterInfo {
    /// Its name in `parameters`.
    pub name: String,
    /// Its usual value; none where leaving it out means something of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual: Option<String>,
    /// What it says.
    pub about: Words,
}

/// An analysis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnalysisInfo {
    /// Which.
    pub analysis: Analysis,
    /// What it is called.
    pub title: Words,
    /// The question that it answers.
    pub question: Words,
    /// Its parameters beside `as_of` and `store`.
    pub parameters: Vec<ParameterInfo>,
    /// The papers, with the equations that are computed.
    pub source: String,
    /// What it was checked against.
    pub checked: Words,
    /// When not to trust it.
    pub distrust: Words,
    /// Whether groups of members that it finds can be saved as a tag.
    pub saves_groups: bool,
    /// Whether it is run every night.
    pub nightly: bool,
}

fn words((zh, en): (&str, &str)) -> Words {
    Words { zh: zh.to_owned(), en: en.to_owned() }
}

type Pair = (&'static str, &'static str);

/// The facts of one analysis, in the order of [`AnalysisInfo`].
struct Facts {
    title: Pair,
    question: Pair,
    parameters: &'static [(&'static str, Option<&'static str>, Pair)],
    source: &'static str,
    checked: Pair,
    distrust: Pair,
    saves_groups: bool,
}

const fn members(analysis: Analysis) -> Facts {
    match analysis {
        Analysis::Rfm => Facts {
            title: ("RFM", "RFM"),
            question: ("谁值得花心思？", "Who is worth the effort?"),
            parameters: &[(
                "cut",
                Some("mean"),
                (
                    "高低怎么分：mean 平均、median 中位、0.7 这样的分位，或固定的“天数,次数,金额”",
                    "Where high begins: mean, median, a share such as 0.7, or days,orders,money",
                ),
            )],
            source: "Hughes, Strategic Database Marketing, 1994",
            checked: ("与 pandas 在 Online Retail 数据上逐人核对", "Against pandas on Online Retail, member by member"),
            distrust: ("有批发大客户时，平均数被拉高，改用中位数", "Means as cuts where wholesale customers dominate: use the median"),
            saves_groups: true,
        },
        Analysis::Stages => Facts {
            title: ("顾客阶段", "Stages"),
            question: ("谁在流失？", "Who is leaving?"),
            parameters: &[("bands", Some("3,6,12"), ("活跃、边缘、沉睡各到几个月", "Months at which active, marginal and dormant end"))],
            source: "Calendar months since the last purchase; chance to be there: BG/NBD, Fader, Hardie, Lee 2005, eq. 6",
            checked: ("与 pandas 和系统的日历核对", "Against pandas and the kernel's calendar"),
            distrust: ("分段是约定，不是规律；按你这行的回购周期调", "A band is a convention; set it to your trade"),
            saves_groups: true,
        },
        Analysis::Pareto => Facts {
            title: ("二八", "Pareto"),
            question: ("谁撑起了生意？", "Who carries the business?"),
            parameters: &[
                ("of", Some("members"), ("看会员、商品、门店还是员工", "Members, items, stores or staff")),
                ("by", Some("product"), ("商品按单品还是按分类", "Items as products or categories")),
            ],
            source: "Lorenz 1905",
            checked: ("与 Online Retail 核对", "Against Online Retail"),
            distrust: ("刚开业、顾客不到五十位时", "A new shop with fewer than fifty members"),
            saves_groups: true,
        },
        other => later(other),
    }
}

const fn later(analysis: Analysis) -> Facts {
    match analysis {
        Analysis::Rhythm => Facts {
            title: ("消费节奏", "Rhythm"),
            question: ("该谁来了，什么时候来？", "Who is due, and when do they come?"),
            parameters: &[],
            source: "Whole days between purchases of a member; median interval",
            checked: ("与 pandas 核对", "Against pandas"),
            distrust: ("跨春节、开学这样的长假", "Intervals across a long holiday"),
            saves_groups: true,
        },
        Analysis::Clv => Facts {
            title: ("客户价值", "Value"),
            question: ("谁还会来，值多少？", "Who will come again, and what is it worth?"),
            parameters: &[
                ("weeks", Some("26"), ("往前看几周", "Weeks to look ahead")),
                ("months", Some("12"), ("价值算几个月", "Months of value")),
                ("monthly_discount", Some("0.01"), ("每月折现", "Discount of a month")),
            ],
            source: "BG/NBD: Fader, Hardie, Lee 2005, eq. 6, 10; Pareto/NBD: Schmittlein and others 1987, Fader and Hardie 2005, eq. 17, 41; Gamma-Gamma: Fader and Hardie 2013",
            checked: ("CDNOW 公布的参数和似然，误差一万分之一以内", "Published CDNOW estimates, log-likelihood to 1e-4"),
            distrust: (
                "包月、季节性强、不足半年的店；检验不过时报告里会说",
                "Contracts, seasons, less than half a year; the report says when its check fails",
            ),
            saves_groups: true,
        },
        _ => Facts {
            title: ("分群", "Clusters"),
            question: ("顾客有几种？", "What kinds of members are there?"),
            parameters: &[("groups", None, ("分几群；不填由系统挑最清楚的", "How many; the clearest where it is left out"))],
            source: "k-means++: Arthur, Vassilvitskii 2007; silhouette: Rousseeuw 1987",
            checked: ("与 scikit-learn 核对", "Against scikit-learn"),
            distrust: ("轮廓系数低于 0.25", "A silhouette below 0.25"),
            saves_groups: true,
        },
    }
}

const fn facts(analysis: Analysis) -> Facts {
    match analysis {
        Analysis::Cohorts => Facts {
            title: ("复购", "Cohorts"),
            question: ("新客留下来了吗？", "Do new members stay?"),
            parameters: &[],
            source: "Calendar months since the first purchase",
            checked: ("与 pandas 核对", "Against pandas"),
            distrust: ("最近一两个月的新客还没到该回来的时候", "The last month or two: it is too early to come back"),
            saves_groups: false,
        },
        Analysis::Basket => Facts {
            title: ("搭配", "Baskets"),
            question: ("什么总一起买？", "What goes together?"),
            parameters: &[
                ("by", Some("product"), ("按单品还是按分类", "By product or by category")),
                ("support", Some("0.01"), ("至少占多少单", "Least share of baskets")),
                ("confidence", Some("0.3"), ("买了前者，至少多大比例也买后者", "Least confidence of a rule")),
            ],
            source: "Pattern growth: Han, Pei, Yin 2000; lift, leverage, conviction: Brin and others 1997",
            checked: ("与 Borgelt 的 FP-growth、Eclat 和 arules 核对", "Borgelt's FP-growth and Eclat, arules"),
            distrust: ("只有几单的规则；一起做过促销的商品", "Rules of few baskets; goods that were promoted together"),
            saves_groups: false,
        },
        Analysis::Anomalies => Facts {
            title: ("异常", "Anomalies"),
            question: ("哪些单子该问一问？", "What should be asked about?"),
            parameters: &[],
            source: "Isolation forest: Liu, Ting, Zhou 2008; plain rules",
            checked: ("规则逐条有例子", "An example for each rule"),
            distrust: ("提醒只是疑问，不是结论", "An alert is a question"),
            saves_groups: false,
        },
        Analysis::Forecast => Facts {
            title: ("预测", "Forecast"),
            question: ("接下来能卖多少？", "What will be sold?"),
            parameters: &[("days", Some("28"), ("往前看几天", "Days ahead"))],
            source: "Damped Holt-Winters: Hyndman and Athanasopoulos, Forecasting, 8.3",
            checked: ("用它自己过去的误差，画在图里", "Its own past errors, drawn"),
            distrust: ("节假日、大促、不足八周的店", "Holidays, promotions, under eight weeks"),
            saves_groups: false,
        },
        Analysis::Conduct => Facts {
            title: ("经手", "Conduct"),
            question: ("员工的哪些操作该问一问？", "What did staff do that should be asked about?"),
            parameters: &[("days", Some("90"), ("看最近几天", "Days back"))],
            source: "Upper tail of the binomial distribution against the others' rate; plain rules on gifts by hand and cards used often",
            checked: ("二项分布与定义逐项核对，规则逐条有例子", "The distribution against its definition; an example for each rule"),
            distrust: ("提醒只是疑问：专管退换的人退得自然多", "An alert is a question: whoever does the returns has many of them"),
            saves_groups: false,
        },
        other => members(other),
    }
}

/// The analyses that are run every night.
pub(super) const NIGHTLY: &[Analysis] = Analysis::ALL;

/// Every analysis.
pub(super) fn all() -> Vec<AnalysisInfo> {
    let one = |analysis: &Analysis| {
        let facts = facts(*analysis);
        let parameter = |(name, usual, about): &(&str, Option<&str>, Pair)| ParameterInfo {
            name: (*name).to_owned(),
            usual: usual.map(str::to_owned),
            about: words(*about),
        };
        AnalysisInfo {
            analysis: *analysis,
            title: words(facts.title),
            question: words(facts.question),
            parameters: facts.parameters.iter().map(parameter).collect(),
            source: facts.source.to_owned(),
            checked: words(facts.checked),
            distrust: words(facts.distrust),
            saves_groups: facts.saves_groups,
            nightly: NIGHTLY.contains(analysis),
        }
    };
    Analysis::ALL.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_analysis_names_its_source_and_knows_its_parameters() {
        let known = serde_json::to_value(crate::insight::model::Parameters {
            cut: Some(String::new()),
            bands: Some(String::new()),
            of: Some(crate::insight::model::ParetoOf::Items),
            by: Some(crate::insight::model::ItemBy::Product),
            support: Some(0.1),
            confidence: Some(0.1),
            groups: Some(3),
            weeks: Some(1),
            months: Some(1),
            monthly_discount: Some(0.1),
            days: Some(1),
            ..Default::default()
        })
        .unwrap();
        let titles: std::collections::BTreeSet<String> = all().iter().map(|info| info.title.zh.clone()).collect();
        assert_eq!(titles.len(), Analysis::ALL.len(), "two analyses have one name");
        for info in all() {
            assert!(!info.source.is_empty() && !info.distrust.zh.is_empty(), "{info:?}");
            for parameter in &info.parameters {
                assert!(known.get(&parameter.name).is_some(), "{}: {}", info.title.en, parameter.name);
            }
        }
    }
}

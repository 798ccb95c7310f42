//! The one list of the analyses: what each asks, takes, rests on, and when not to trust it. The command line,
//! [`run`](super::run) and the server's catalogue all read it.

use super::Analysis;
use crate::report::{Text, says};

type Pair = (&'static str, &'static str);

/// A parameter of an analysis.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name in the server's `parameters`.
    pub name: &'static str,
    /// Its usual value; none where leaving it out means something of its own.
    pub usual: Option<&'static str>,
    /// Whether it has to be given.
    pub needed: bool,
    about: Pair,
}

impl Parameter {
    const fn new(name: &'static str, usual: &'static str, about: Pair) -> Self {
        Self { name, usual: Some(usual), needed: false, about }
    }
    const fn open(name: &'static str, about: Pair) -> Self {
        Self { name, usual: None, needed: false, about }
    }
    const fn needed(name: &'static str, about: Pair) -> Self {
        Self { name, usual: None, needed: true, about }
    }
    /// What it says, in Chinese and English.
    pub fn about(&self) -> Text {
        says(self.about.0, self.about.1)
    }
}

/// An analysis.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Which.
    pub analysis: Analysis,
    /// Its parameters beside the day and the store.
    pub parameters: &'static [Parameter],
    /// The papers, with the equations that are computed.
    pub source: &'static str,
    /// Whether it is asked of orders, in a file or in the lake; the others read the server's ledger.
    pub of_orders: bool,
    /// Whether its list puts members into groups that can be saved.
    pub saves_groups: bool,
    title: Pair,
    question: Pair,
    checked: Pair,
    distrust: Pair,
}

impl Facts {
    /// What it is called.
    pub fn title(&self) -> Text {
        says(self.title.0, self.title.1)
    }
    /// The question that it answers.
    pub fn question(&self) -> Text {
        says(self.question.0, self.question.1)
    }
    /// What it was checked against.
    pub fn checked(&self) -> Text {
        says(self.checked.0, self.checked.1)
    }
    /// When not to trust it.
    pub fn distrust(&self) -> Text {
        says(self.distrust.0, self.distrust.1)
    }
    /// Whether it can be asked without choosing anything.
    pub fn asks_nothing(&self) -> bool {
        self.parameters.iter().all(|parameter| !parameter.needed)
    }
}

impl Analysis {
    /// What it asks, takes and rests on.
    pub fn facts(self) -> &'static Facts {
        &TABLE[self as usize]
    }
}

const DAYS: Parameter = Parameter::new("days", "28", ("往前看几天", "Days ahead"));
const BY: Parameter = Parameter::new("by", "product", ("按单品还是按分类", "By product or by category"));
const BANDS: Parameter =
    Parameter::new("bands", "3,6,12", ("活跃、边缘、沉睡各到几个月", "Months at which active, marginal and dormant end"));

/// In the order of [`Analysis`].
static TABLE: [Facts; 17] = [
    Facts {
        analysis: Analysis::Rfm,
        title: ("RFM", "RFM"),
        question: ("谁值得花心思？", "Who is worth the effort?"),
        parameters: &[Parameter::new(
            "cut",
            "mean",
            (
                "高低怎么分：mean 平均、median 中位、0.7 这样的分位，或固定的“天数,次数,金额”",
                "Where high begins: mean, median, a share such as 0.7, or days,orders,money",
            ),
        )],
        source: "Hughes, Strategic Database Marketing, 1994",
        checked: ("与 pandas 在 Online Retail 数据上逐人核对", "Against pandas on Online Retail, member by member"),
        distrust: ("有批发大客户时，平均数被拉高，改用中位数", "Means as cuts where wholesale customers dominate: use the median"),
        of_orders: true,
        saves_groups: true,
    },
    Facts {
        analysis: Analysis::Stages,
        title: ("顾客阶段", "Stages"),
        question: ("谁在流失？", "Who is leaving?"),
        parameters: &[BANDS],
        source: "Calendar months since the last purchase; chance to be there: BG/NBD, Fader, Hardie, Lee 2005, eq. 6",
        checked: ("与 pandas 和系统的日历核对", "Against pandas and the kernel's calendar"),
        distrust: ("分段是约定，不是规律；按你这行的回购周期调", "A band is a convention; set it to your trade"),
        of_orders: true,
        saves_groups: true,
    },
    Facts {
        analysis: Analysis::Pareto,
        title: ("二八", "Pareto"),
        question: ("谁撑起了生意？", "Who carries the business?"),
        parameters: &[Parameter::new("of", "members", ("看会员、商品、门店还是员工", "Members, items, stores or staff")), BY],
        source: "Lorenz 1905",
        checked: ("与 Online Retail 核对", "Against Online Retail"),
        distrust: ("刚开业、顾客不到五十位时", "A new shop with fewer than fifty members"),
        of_orders: true,
        saves_groups: true,
    },
    Facts {
        analysis: Analysis::Cohorts,
        title: ("复购", "Cohorts"),
        question: ("新客留下来了吗？", "Do new members stay?"),
        parameters: &[],
        source: "Calendar months since the first purchase",
        checked: ("与 pandas 核对", "Against pandas"),
        distrust: ("最近一两个月的新客还没到该回来的时候", "The last month or two: it is too early to come back"),
        of_orders: true,
        saves_groups: false,
    },
    Facts {
        analysis: Analysis::Rhythm,
        title: ("消费节奏", "Rhythm"),
        question: ("该谁来了，什么时候来？", "Who is due, and when do they come?"),
        parameters: &[],
        source: "Whole days between purchases of a member; median interval",
        checked: ("与 pandas 核对", "Against pandas"),
        distrust: ("跨春节、开学这样的长假", "Intervals across a long holiday"),
        of_orders: true,
        saves_groups: true,
    },
    Facts {
        analysis: Analysis::Clv,
        title: ("客户价值", "Value"),
        question: ("谁还会来，值多少？", "Who will come again, and what is it worth?"),
        parameters: &[
            Parameter::new("weeks", "26", ("往前看几周", "Weeks to look ahead")),
            Parameter::new("months", "12", ("价值算几个月", "Months of value")),
            Parameter::new("monthly_discount", "0.01", ("每月折现", "Discount of a month")),
        ],
        source: "BG/NBD: Fader, Hardie, Lee 2005, eq. 6, 10; Pareto/NBD: Schmittlein and others 1987, Fader and Hardie 2005, eq. 17, 41; Gamma-Gamma: Fader and Hardie 2013",
        checked: ("CDNOW 公布的参数和似然，误差一万分之一以内", "Published CDNOW estimates, log-likelihood to 1e-4"),
        distrust: (
            "包月、季节性强、不足半年的店；检验不过时报告里会说",
            "Contracts, seasons, less than half a year; the report says when its check fails",
        ),
        of_orders: true,
        saves_groups: true,
    },
    Facts {
        analysis: Analysis::Churn,
        title: ("流失原因", "Churn"),
        question: ("走的人有什么共同点？", "What had those who left in common?"),
        parameters: &[BANDS],
        source: "Kaplan and Meier 1958, Greenwood's variance; log-rank: Mantel 1966; Newcombe 1998; Benjamini and Hochberg 1995",
        checked: ("与 lifelines、scipy 在 Online Retail 上核对", "lifelines and scipy on Online Retail"),
        distrust: ("共同点不等于原因；换季的货本来就走得快", "What they have in common is not why they left; seasons"),
        of_orders: true,
        saves_groups: false,
    },
    Facts {
        analysis: Analysis::Next,
        title: ("下一单", "Next need"),
        question: ("每位会员接下来要买什么？", "What will each member need next?"),
        parameters: &[DAYS],
        source: "Due dates: one-way random effects of ln intervals, Searle, Casella, McCulloch 1992, 3.6; recommended: Deshpande and Karypis 2004; by age: Wilson 1927",
        checked: ("用最近几周试过，和“卖得最多的”比，写在报告里", "Tried on the last weeks beside the most popular, shown in the report"),
        distrust: ("跨长假的间隔；商品少、会员只来一次的店", "Intervals across a holiday; few goods, members who buy once"),
        of_orders: true,
        saves_groups: true,
    },
    Facts {
        analysis: Analysis::Portrait,
        title: ("画像", "Portrait"),
        question: ("这群人是什么样的？", "What is this group like?"),
        parameters: &[Parameter::needed("tag", ("看哪个标签的会员", "The tag whose members are described"))],
        source: "Lift; Newcombe 1998; Welch 1947; Fisher's exact test; Benjamini and Hochberg 1995",
        checked: ("与 scipy 在 Online Retail 上核对", "scipy on Online Retail"),
        distrust: ("这群人当初就是按它挑的那一项", "Whatever the group was chosen by"),
        of_orders: true,
        saves_groups: true,
    },
    Facts {
        analysis: Analysis::Clusters,
        title: ("分群", "Clusters"),
        question: ("顾客有几种？", "What kinds of members are there?"),
        parameters: &[Parameter::open("groups", ("分几群；不填由系统挑最清楚的", "How many; the clearest where it is left out"))],
        source: "k-means++: Arthur, Vassilvitskii 2007; silhouette: Rousseeuw 1987",
        checked: ("与 scikit-learn 核对", "Against scikit-learn"),
        distrust: ("轮廓系数低于 0.25", "A silhouette below 0.25"),
        of_orders: true,
        saves_groups: true,
    },
    Facts {
        analysis: Analysis::Basket,
        title: ("搭配", "Baskets"),
        question: ("什么总一起买？", "What goes together?"),
        parameters: &[
            BY,
            Parameter::new("support", "0.01", ("至少占多少单", "Least share of baskets")),
            Parameter::new("confidence", "0.3", ("买了前者，至少多大比例也买后者", "Least confidence of a rule")),
        ],
        source: "Pattern growth: Han, Pei, Yin 2000; lift, leverage, conviction: Brin and others 1997",
        checked: ("与 Borgelt 的 FP-growth、Eclat 和 arules 核对", "Borgelt's FP-growth and Eclat, arules"),
        distrust: ("只有几单的规则；一起做过促销的商品", "Rules of few baskets; goods that were promoted together"),
        of_orders: true,
        saves_groups: false,
    },
    Facts {
        analysis: Analysis::Prices,
        title: ("价格敏感", "Prices"),
        question: ("谁在等打折，降价能多卖多少？", "Who waits for discounts, and what does a lower price bring?"),
        parameters: &[],
        source: "Habit: Wilson 1927 against the shop's share; elasticity: Tellis 1988, errors by item, Arellano 1987",
        checked: ("与 pandas、scipy 在 Online Retail 上核对", "pandas and scipy on Online Retail"),
        distrust: ("换季清货、量大从优、很少调价的店", "End of season, prices by quantity, few changes"),
        of_orders: true,
        saves_groups: true,
    },
    Facts {
        analysis: Analysis::Demand,
        title: ("需求", "Demand"),
        question: ("每样货还要备多少？", "How many pieces of each product will be sold?"),
        parameters: &[DAYS],
        source: "Daily goods: damped Holt-Winters; now and then: Croston 1972, Syntetos and Boylan 2005",
        checked: ("手算核对；用它自己过去的误差，写在表里", "By hand; its own past errors, shown"),
        distrust: ("断过货的、做促销的、刚上架的商品", "What was out of stock, promotions, new goods"),
        of_orders: true,
        saves_groups: false,
    },
    Facts {
        analysis: Analysis::Forecast,
        title: ("预测", "Forecast"),
        question: ("接下来能卖多少？", "What will be sold?"),
        parameters: &[DAYS],
        source: "Damped Holt-Winters: Hyndman and Athanasopoulos, Forecasting, 8.3",
        checked: ("用它自己过去的误差，画在图里", "Its own past errors, drawn"),
        distrust: ("节假日、大促、不足八周的店", "Holidays, promotions, under eight weeks"),
        of_orders: true,
        saves_groups: false,
    },
    Facts {
        analysis: Analysis::Uplift,
        title: ("活动增量", "Uplift"),
        question: ("这次活动多带来了什么？", "What did the campaign add?"),
        parameters: &[
            Parameter::needed("treated", ("活动发到的人：他们的标签", "Whom the campaign reached: their tag")),
            Parameter::needed("held_out", ("特意没发的对照组：他们的标签", "Who was held out on purpose: their tag")),
            Parameter::needed("from", ("活动第一天", "The campaign's first day")),
        ],
        source: "Newcombe 1998, method 10; Fisher's exact test; Welch 1947; below 30 a side Pitman's permutation test 1937",
        checked: ("与 scipy 核对，小样本逐一穷举", "scipy; all 924 choices of a small trial"),
        distrust: ("两组不是抽签分的；报告会先比活动之前", "Groups that were not drawn by lot; the report checks the time before"),
        of_orders: true,
        saves_groups: false,
    },
    Facts {
        analysis: Analysis::Anomalies,
        title: ("异常", "Anomalies"),
        question: ("哪些单子该问一问？", "What should be asked about?"),
        parameters: &[],
        source: "Isolation forest: Liu, Ting, Zhou 2008; plain rules",
        checked: ("规则逐条有例子", "An example for each rule"),
        distrust: ("提醒只是疑问，不是结论", "An alert is a question"),
        of_orders: true,
        saves_groups: false,
    },
    Facts {
        analysis: Analysis::Conduct,
        title: ("经手", "Conduct"),
        question: ("员工的哪些操作该问一问？", "What did staff do that should be asked about?"),
        parameters: &[Parameter::new("days", "90", ("看最近几天", "Days back"))],
        source: "Upper tail of the binomial distribution against the others' rate; plain rules on gifts by hand and cards used often",
        checked: ("二项分布与定义逐项核对，规则逐条有例子", "The distribution against its definition; an example for each rule"),
        distrust: ("提醒只是疑问：专管退换的人退得自然多", "An alert is a question: whoever does the returns has many of them"),
        of_orders: false,
        saves_groups: false,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::Ask;
    use crate::orders::Source;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_holds_every_analysis_once_and_in_order() {
        assert_eq!(TABLE.len(), Analysis::ALL.len());
        for (facts, analysis) in TABLE.iter().zip(Analysis::ALL) {
            assert_eq!((facts.analysis, analysis.facts().analysis), (*analysis, *analysis));
            assert!(!facts.source.is_empty() && !facts.distrust.0.is_empty(), "{facts:?}");
        }
        let titles: BTreeSet<&str> = TABLE.iter().map(|facts| facts.title.0).collect();
        assert_eq!(titles.len(), TABLE.len(), "two analyses have one name");
    }

    /// What the list calls usual is what is computed where nothing is said.
    #[test]
    fn usual_values_are_the_defaults() {
        let ask = Ask::new(Analysis::Rfm, Source::new("x"));
        let default = |name: &str| match name {
            "support" => ask.support.to_string(),
            "confidence" => ask.confidence.to_string(),
            "weeks" => ask.weeks.to_string(),
            "months" => ask.months.to_string(),
            "monthly_discount" => ask.monthly_discount.to_string(),
            "days" => ask.days.to_string(),
            "of" => ask.of.as_str().to_owned(),
            "cut" if ask.cut == crate::rfm::Method::Mean => "mean".to_owned(),
            "bands" if ask.bands == crate::stage::Bands::parse("3,6,12").unwrap() => "3,6,12".to_owned(),
            "by" => "product".to_owned(),
            other => panic!("{other} has no default"),
        };
        for facts in TABLE.iter().filter(|facts| facts.of_orders) {
            for parameter in facts.parameters {
                let usual = parameter.usual.map(str::to_owned);
                assert!(usual.is_none_or(|usual| usual == default(parameter.name)), "{}: {}", facts.analysis.as_str(), parameter.name);
            }
        }
    }

    #[test]
    fn what_reads_the_ledger_is_not_asked_of_a_file() {
        let ask = Ask::new(Analysis::Conduct, Source::new("x"));
        assert_eq!(crate::ask::run(&ask).unwrap_err().code(), "analysis_of_server");
    }
}

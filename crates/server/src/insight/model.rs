//! A run, its parameters, and members on their way to a tag.

use super::body::RunReport;
use serde::{Deserialize, Serialize};
use shuke_insight::ask::{self, Analysis, Ask, ParetoOf};
use shuke_insight::orders::Source;
use shuke_insight::stage::Bands;
use shuke_kernel::{Currency, Date, Error, Instant, MerchantId, Result, Uuid, id, text_enum};
use shuke_loyalty::coupon::CouponTemplateId;
use shuke_member::tag::TagId;
use utoipa::ToSchema;

id!(RunId, "An analysis that was asked for.");
id!(SaveId, "Members of a group that are saved as a tag.");

text_enum! {
    /// How far a run is.
    pub enum RunState {
        /// It waits for its turn.
        Queued = "queued",
        /// It is being computed.
        Running = "running",
        /// What it found is there.
        Done = "done",
        /// It could not be computed; `fault` says why.
        Failed = "failed",
        /// Somebody stopped it.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What a run is at.
    pub enum RunStep {
        /// It waits.
        Waiting = "waiting",
        /// The lake is brought up to date.
        Refreshing = "refreshing",
        /// The lines are read.
        Reading = "reading",
        /// It is computed.
        Computing = "computing",
        /// What it found is being kept.
        Keeping = "keeping",
        /// It has ended.
        Ended = "ended",
    }
}

text_enum! {
    /// What an item is.
    pub enum ItemBy {
        /// 商品.
        Product = "product",
        /// 分类.
        Category = "category",
    }
}

/// How an analysis is to be done; what is left out has its usual value, see `GET /api/v1/insight/analyses`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Parameters {
    /// As of which local day; today, for `forecast` yesterday.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub as_of: Option<Date>,
    /// One store only; all where it is left out. Staff of a store must name theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Uuid>,
    /// `rfm`: where high begins: `mean`, `median`, a share such as `0.7`, or `days,orders,money` in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
    /// `stages`, `churn`: months after the last purchase at which active, marginal and dormant end: `3,6,12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bands: Option<String>,
    /// `pareto`: whose money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<ParetoOf>,
    /// `basket`, `pareto` of items: what an item is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<ItemBy>,
    /// `basket`: least share of baskets, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support: Option<f64>,
    /// `basket`: least confidence of a rule, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// `clusters`: how many groups, 2 to 20; the best by silhouette where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<u32>,
    /// `clv`: weeks to look ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weeks: Option<u32>,
    /// `clv`: months of value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// `clv`: discount of a month, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monthly_discount: Option<f64>,
    /// `forecast`, `demand`, `next`: days ahead; `conduct`: days back; 1 to 366.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// `portrait`: the members with this tag are described.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<TagId>,
    /// `uplift`: whom the campaign reached, by their tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treated: Option<TagId>,
    /// `uplift`: who was held out by chance, by their tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_out: Option<TagId>,
    /// `uplift`: the campaign's first day; its last one lies before `as_of`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
}

impl Parameters {
    /// The tags that they name.
    pub(super) fn tags(&self) -> impl Iterator<Item = TagId> {
        [self.tag, self.treated, self.held_out].into_iter().flatten()
    }

    /// Refuses what lacks something, or can't be.
    ///
    /// Errors: `insight_tag_needed`, `insight_from_needed`, `cut_malformed`, `bands_malformed`, `share_malformed`,
    /// `horizon_malformed`, `groups_malformed`.
    pub(super) fn check(&self, analysis: Analysis, currency: Currency) -> Result<()> {
        let facts = analysis.facts();
        let missing = |name: &str| match name {
            "tag" => self.tag.is_none(),
            "treated" => self.treated.is_none(),
            "held_out" => self.held_out.is_none(),
            _ => self.from.is_none(),
        };
        if let Some(lacking) = facts.parameters.iter().find(|parameter| parameter.needed && missing(parameter.name)) {
            let fault = match lacking.name {
                "from" => Error::invalid("insight_from_needed", "say on which day the campaign began"),
                _ => super::ops::no_tag(),
            };
            let code = fault.code();
            return Err(fault.field(format!("/parameters/{}", lacking.name), code, "this is needed"));
        }
        if self.days.is_some_and(|days| !(1..=366).contains(&days)) {
            return Err(Error::invalid("horizon_malformed", "look at 1 to 366 days"));
        }
        match facts.of_orders {
            true => self.ask(analysis, Source::new(""), currency).map(|_| ()),
            false => Ok(()),
        }
    }

    /// The question that they put to a file of orders.
    ///
    /// Errors: `cut_malformed`, `bands_malformed`, `share_malformed`, `horizon_malformed`, `groups_malformed`.
    pub(super) fn ask(&self, analysis: Analysis, source: Source, currency: Currency) -> Result<Ask> {
        let mut ask = Ask::new(analysis, Source { currency, ..source });
        (ask.as_of, ask.from) = (self.as_of, self.from);
        if let Some(cut) = &self.cut {
            ask.cut = ask::parse_cut(cut, currency)?;
        }
        if let Some(bands) = &self.bands {
            ask.bands = Bands::parse(bands)?;
        }
        ask.of = self.of.unwrap_or_default();
        ask.support = self.support.unwrap_or(ask.support);
        ask.confidence = self.confidence.unwrap_or(ask.confidence);
        ask.groups = self.groups.map(|groups| groups as usize);
        ask.weeks = self.weeks.map_or(ask.weeks, f64::from);
        ask.months = self.months.unwrap_or(ask.months);
        ask.monthly_discount = self.monthly_discount.unwrap_or(ask.monthly_discount);
        ask.days = self.days.map_or(ask.days, |days| days as usize);
        ask.check()?;
        Ok(ask)
    }
}

/// An analysis to be run.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunDraft {
    /// Which.
    pub analysis: Analysis,
    /// How.
    #[serde(default)]
    pub parameters: Parameters,
}

/// An analysis that was asked for, and how far it is.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Which.
    pub analysis: Analysis,
    /// How.
    pub parameters: Parameters,
    /// How far it is.
    pub state: RunState,
    /// What it is at.
    pub step: RunStep,
    /// The share of the way, in ten thousandths.
    pub progress: i64,
    /// Whether it was asked for by the night's schedule.
    pub scheduled: bool,
    /// The local day as of which it is true, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub as_of: Option<Date>,
    /// Rows of the long list, which is taken out as CSV.
    pub list_rows: i64,
    /// Why it failed: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault_code: Option<String>,
    /// Why it failed, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// When it was asked for.
    pub created_at: Instant,
    /// By whom.
    pub actor: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
}

/// A run with what it found.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RunDetail {
    /// The run.
    pub run: Run,
    /// What it found, once it is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<RunReport>,
}

text_enum! {
    /// How far a save is.
    pub enum SaveState {
        /// Members are being tagged, or will be in a moment.
        Queued = "queued",
        /// All have the tag, and their coupon where there is one.
        Done = "done",
        /// It could not be done; `fault` says why.
        Failed = "failed",
    }
}

/// A group of a run to be saved as a tag: name a new one, or give one that is there.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveDraft {
    /// The key of the group, as the report lists it.
    pub group: String,
    /// The name of a new tag; the tag of this name where there is one.
    #[serde(default)]
    pub name: Option<String>,
    /// A manual tag that is there.
    #[serde(default)]
    pub tag: Option<TagId>,
    /// A coupon for each of them beside the tag: its published template. Needs `coupon:issue`.
    #[serde(default)]
    pub coupon: Option<CouponTemplateId>,
}

/// Members of a group on their way to a tag.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Save {
    /// Its id.
    pub id: SaveId,
    /// The run that found them.
    pub run: RunId,
    /// The group.
    pub group: String,
    /// The tag: afterwards exactly the group's members have it.
    pub tag: TagId,
    /// How far it is.
    pub state: SaveState,
    /// Members who got the tag.
    pub given: i64,
    /// Members who had the tag and are not in the group.
    pub taken: i64,
    /// The template of the coupon that each of them gets; all coupons have this save as their issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon: Option<CouponTemplateId>,
    /// Members who got the coupon.
    pub issued: i64,
    /// Members who got none, because they have had as many as the template allows.
    pub passed_over: i64,
    /// Why it failed: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault_code: Option<String>,
    /// Why it failed, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
}

/// A run or save that a worker holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held<I> {
    pub(super) merchant: MerchantId,
    pub(super) id: I,
    /// Which attempt it is: a worker that lost its lease is another.
    pub(super) attempt: i64,
}

//! The terms of a threshold offer, and the rule that says why it doesn't apply.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Error, Money, Result, Uuid, id};
pub use shuke_loyalty::rule::Hours;
use shuke_loyalty::rule::{Channel, Occasion, SaleLine, Scope, WhyNot};
use shuke_loyalty::tier::TierId;
use utoipa::ToSchema;

id!(OfferId, "An automatic promotion.");

/// One step of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LadderStep {
    /// What must be reached, in minor units.
    pub threshold: Money,
    /// What is taken off, in minor units.
    pub off: Money,
}

/// How the saving follows from what was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ThresholdRule {
    /// Of the steps that are reached, the one that takes off most applies, once.
    Ladder {
        /// The steps, in any order.
        steps: Vec<LadderStep>,
    },
    /// For each full `every`, `off`.
    Repeating {
        /// Minor units of one round.
        every: Money,
        /// Minor units taken off for each round.
        off: Money,
        /// The most rounds; none for no limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        times_max: Option<i64>,
    },
}

/// What a rule gives for an amount reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThresholdSaving {
    /// The threshold of the step or round.
    pub threshold: Money,
    /// What is taken off in all, in minor units.
    pub off: Money,
    /// How many rounds; 1 for a ladder.
    pub times: i64,
}

impl ThresholdRule {
    /// What it takes off where `reached` is the net of the lines that count; none below the lowest
    /// threshold. Never more than `reached`.
    pub fn saving(&self, reached: Money) -> Option<ThresholdSaving> {
        let found = match self {
            Self::Ladder { steps } => steps
                .iter()
                .filter(|step| step.threshold <= reached)
                .max_by_key(|step| (step.off, step.threshold))
                .map(|step| ThresholdSaving { threshold: step.threshold, off: step.off, times: 1 }),
            Self::Repeating { every, off, times_max } if every.is_positive() => {
                let full = reached.0.max(0) / every.0;
                let times = times_max.map_or(full, |max| full.min(max));
                let total = Money(off.0.saturating_mul(times));
                (times > 0).then_some(ThresholdSaving { threshold: *every, off: total, times })
            }
            Self::Repeating { .. } => None,
        };
        found.map(|saving| ThresholdSaving { off: saving.off.min(reached).max(Money::ZERO), ..saving })
    }
    /// The lowest amount at which anything is taken off, in minor units.
    pub fn threshold_min(&self) -> Money {
        match self {
            Self::Ladder { steps } => steps.iter().map(|step| step.threshold).min().unwrap_or(Money(i64::MAX)),
            Self::Repeating { every, .. } => *every,
        }
    }
}

/// A threshold offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdOffer {
    /// The offer.
    pub id: OfferId,
    /// What people call it.
    pub name: String,
    /// How the saving follows from what was reached.
    pub rule: ThresholdRule,
    /// Which goods count.
    #[serde(default)]
    pub scope: Scope,
    /// In which stores; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<Uuid>,
    /// In which channels; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// For which tiers; empty for everybody, members or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<TierId>,
    /// The first local day; none for always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last local day; none for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// At which hours and on which days of the week.
    #[serde(default)]
    pub hours: Hours,
    /// The higher goes first.
    #[serde(default)]
    pub priority: i64,
    /// Of the offers with the same group one applies: the first by priority, among equals the one
    /// that takes off most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusive_group: Option<String>,
    /// Whether lines that a member or tier price lowered count.
    #[serde(default = "yes")]
    pub combines_with_member_price: bool,
}

const fn yes() -> bool {
    true
}

impl ThresholdOffer {
    /// An offer on everything, everywhere, always.
    pub fn new(id: OfferId, name: impl Into<String>, rule: ThresholdRule) -> Self {
        Self {
            id,
            name: name.into(),
            rule,
            scope: Scope::ALL,
            stores: Vec::new(),
            channels: Vec::new(),
            tiers: Vec::new(),
            from: None,
            to: None,
            hours: Hours::default(),
            priority: 0,
            exclusive_group: None,
            combines_with_member_price: true,
        }
    }

    /// Whether a line counts for the threshold and takes a share of the saving.
    pub fn counts(&self, line: &SaleLine<'_>) -> bool {
        (self.combines_with_member_price || !line.member_priced) && self.scope.contains(line.item)
    }

    /// What the lines that count come to, and how many there are.
    pub fn base(&self, lines: &[SaleLine<'_>]) -> (Money, usize) {
        lines.iter().filter(|line| self.counts(line)).fold((Money::ZERO, 0), |(sum, n), line| (Money(sum.0 + line.net.0), n + 1))
    }

    /// Why the offer doesn't apply to this sale, or nothing where it does. `lines` are as they stand
    /// when the stage begins. Exclusive groups are the price engine's.
    pub fn why_not(&self, occasion: &Occasion, lines: &[SaleLine<'_>]) -> Option<WhyNot> {
        if let Some(valid_from) = self.from.filter(|from| occasion.today < *from) {
            return Some(WhyNot::NotYetValid { valid_from });
        }
        if let Some(expires_on) = self.to.filter(|to| occasion.today > *to) {
            return Some(WhyNot::Expired { expires_on });
        }
        if !self.hours.contains(occasion.minute, occasion.weekday) {
            return Some(WhyNot::OutsideHours);
        }
        occasion.why_not(&self.stores, &self.channels, &self.tiers).or_else(|| self.why_not_lines(lines))
    }

    fn why_not_lines(&self, lines: &[SaleLine<'_>]) -> Option<WhyNot> {
        let (reached, counted) = self.base(lines);
        if counted == 0 {
            let in_scope = lines.iter().any(|line| self.scope.contains(line.item));
            return Some(if in_scope { WhyNot::MemberPriceExcluded } else { WhyNot::NoLineInScope });
        }
        let threshold = self.rule.threshold_min();
        if reached < threshold {
            return Some(WhyNot::ThresholdShort { threshold, reached, short: Money(threshold.0 - reached.0) });
        }
        self.rule.saving(reached).is_none_or(|saving| !saving.off.is_positive()).then_some(WhyNot::NoBenefitLeft)
    }

    /// Checks an offer at the door.
    ///
    /// Errors: `offer_invalid`, with the fault of the first field that is out of its range.
    pub fn check(&self) -> Result<()> {
        let invalid = |field: &str, detail: &str| {
            Err(Error::invalid("offer_invalid", "the offer can't be used").field(field, "out_of_range", detail))
        };
        let sound = |threshold: Money, off: Money| threshold.is_positive() && off.is_positive() && off <= threshold;
        match &self.rule {
            ThresholdRule::Ladder { steps } if steps.is_empty() || !steps.iter().all(|step| sound(step.threshold, step.off)) => {
                return invalid("/rule/steps", "needs steps, each taking off more than 0 and at most its threshold");
            }
            ThresholdRule::Repeating { every, off, times_max } if !sound(*every, *off) || times_max.is_some_and(|max| max < 1) => {
                return invalid("/rule", "must take off more than 0 and at most its threshold, at least once");
            }
            _ => {}
        }
        if matches!((self.from, self.to), (Some(from), Some(to)) if to < from) {
            return invalid("/to", "must not be before from");
        }
        let hours = &self.hours;
        if !(0..1_440).contains(&hours.from_minute) || !(0..=1_440).contains(&hours.to_minute) {
            return invalid("/hours", "minutes must be 0 to 1440");
        }
        if !hours.weekdays.iter().all(|day| (1..=7).contains(day)) {
            return invalid("/hours/weekdays", "days must be 1 to 7");
        }
        Ok(())
    }
}

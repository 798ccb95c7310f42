//! The list of the analyses as it is sent; the list itself is [`shuke_insight::ask`]'s.

use super::body::{Words, words};
use serde::{Deserialize, Serialize};
use shuke_insight::ask::{Analysis, Facts, Parameter};
use utoipa::ToSchema;

/// A parameter of an analysis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ParameterInfo {
    /// Its name in `parameters`.
    pub name: String,
    /// Its usual value; none where leaving it out means something of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual: Option<String>,
    /// Whether it has to be given.
    pub needed: bool,
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

/// Whether an analysis is run every night: those that can be asked without choosing anything.
pub(super) fn is_nightly(analysis: Analysis) -> bool {
    analysis.facts().asks_nothing()
}

fn parameter(parameter: &Parameter) -> ParameterInfo {
    ParameterInfo {
        name: parameter.name.to_owned(),
        usual: parameter.usual.map(str::to_owned),
        needed: parameter.needed,
        about: words(&parameter.about()),
    }
}

fn info(facts: &Facts) -> AnalysisInfo {
    AnalysisInfo {
        analysis: facts.analysis,
        title: words(&facts.title()),
        question: words(&facts.question()),
        parameters: facts.parameters.iter().map(parameter).collect(),
        source: facts.source.to_owned(),
        checked: words(&facts.checked()),
        distrust: words(&facts.distrust()),
        saves_groups: facts.saves_groups,
        nightly: is_nightly(facts.analysis),
    }
}

/// Every analysis.
pub(super) fn all() -> Vec<AnalysisInfo> {
    Analysis::ALL.iter().map(|analysis| info(analysis.facts())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::{ItemBy, Parameters};
    use super::*;
    use shuke_insight::ask::ParetoOf;
    use shuke_kernel::Uuid;
    use shuke_member::tag::TagId;

    /// Every parameter of the list is one that the server takes, and the other way round.
    #[test]
    fn the_list_and_the_server_know_the_same_parameters() {
        let known = serde_json::to_value(Parameters {
            as_of: None,
            store: None,
            cut: Some(String::new()),
            bands: Some(String::new()),
            of: Some(ParetoOf::Items),
            by: Some(ItemBy::Product),
            support: Some(0.1),
            confidence: Some(0.1),
            groups: Some(3),
            weeks: Some(1),
            months: Some(1),
            monthly_discount: Some(0.1),
            days: Some(1),
            tag: Some(TagId(Uuid::nil())),
            treated: Some(TagId(Uuid::nil())),
            held_out: Some(TagId(Uuid::nil())),
            from: Some(shuke_kernel::time::parse_date("2026-11-22").unwrap()),
        })
        .unwrap();
        let mut unused: std::collections::BTreeSet<&str> = known.as_object().unwrap().keys().map(String::as_str).collect();
        for analysis in Analysis::ALL {
            for parameter in analysis.facts().parameters {
                assert!(known.get(parameter.name).is_some(), "{}: {}", analysis.as_str(), parameter.name);
                unused.remove(parameter.name);
            }
        }
        assert!(unused.is_empty(), "nothing takes {unused:?}");
        assert_eq!(
            all().iter().filter(|info| !info.nightly).map(|info| info.analysis.as_str()).collect::<Vec<_>>(),
            ["portrait", "uplift"]
        );
    }
}

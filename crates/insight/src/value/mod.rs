//! Value 客户价值: will a member come again, how often, and for how much.
//!
//! Three published models on one small summary per member (repeat purchases x, time of the last one t_x,
//! age T, mean spend): [`bg_nbd`], [`pareto_nbd`] and [`gamma_gamma`], with [`nbd`] as the yardstick of a
//! shop whose data show no drop-out. [`holdout`] fits on the first part of the time and compares with what
//! then happened; [`analysis`] is what the command and the server call.
//!
//! Invariants: purchases of one day are one. Time is in weeks (days ÷ 7). Members without a repeat purchase
//! belong in the purchase models and not in Gamma-Gamma. No result is printed for a parameter that the data
//! do not identify.
//!
//! Checked against Fader, Hardie and Lee's published estimates on CDNOW and against values computed with
//! thirty to forty digits. Deliberately not here: covariates, contracts (a known end), seasonality.

pub mod analysis;
pub mod bg_nbd;
pub mod customer;
pub mod gamma_gamma;
pub mod holdout;
pub mod nbd;
pub mod pareto_nbd;
mod report;

pub use bg_nbd::BgNbd;
pub use customer::{Customer, Rows, Spender};
pub use gamma_gamma::GammaGamma;
pub use holdout::{Histories, histories_of};
pub use nbd::Nbd;
pub use pareto_nbd::ParetoNbd;
pub use report::report;

use crate::numeric::newton::Fit;
use serde::Serialize;

/// A model's parameters, with what is known about how sure they are.
#[derive(Clone, Debug, Serialize)]
pub struct Estimate {
    /// Names of the parameters, in the order of the paper.
    pub names: &'static [&'static str],
    /// The parameters.
    pub parameters: Vec<f64>,
    /// Their standard errors, where the likelihood gives them.
    pub standard_errors: Option<Vec<f64>>,
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// How often the likelihood was computed.
    pub evaluations: u32,
    /// Whether the search came to its end.
    pub converged: bool,
    /// Whether a parameter ended at a bound: the data do not say where it is.
    pub at_bound: bool,
}

impl Estimate {
    fn of<const N: usize>(names: &'static [&'static str], fit: &Fit<N>) -> Self {
        Self {
            names,
            parameters: fit.at.to_vec(),
            standard_errors: fit.errors.filter(|_| !fit.at_bound).map(|errors| errors.to_vec()),
            log_likelihood: fit.point.value,
            evaluations: fit.evaluations,
            converged: fit.converged || fit.at_bound,
            at_bound: fit.at_bound,
        }
    }
}

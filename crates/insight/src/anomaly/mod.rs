//! Anomalies 异常检测: orders and members that are not like the others, each with its reason.
//!
//! Plain rules first, since a rule can be told to the person concerned: much given back, many purchases of one
//! member on a day (a shared card), a staff who gives back far more than colleagues. Then the isolation forest
//! (Liu, Ting and Zhou, *Isolation Forest*, ICDM 2008) over the members' figures: what random cuts separate
//! sooner is stranger. A score above 0.6 is shown, with the figure that is farthest from the median.
//!
//! An alert is a question, not a verdict: a wholesale customer is as strange as a thief.

mod forest;
mod model;
mod report;

pub use forest::{Forest, forest};
pub use model::{Alert, Anomalies, Reason, anomalies};
pub use report::report;

//! Forecast 预测: sales of the coming days, with intervals that come from the forecast's own past errors.
//!
//! Additive Holt–Winters with a damped trend and a week's season (Holt 1957, Winters 1960; damping Gardner and
//! McKenzie 1985; as "ETS(A,Ad,A)" in Hyndman and Athanasopoulos, *Forecasting: Principles and Practice*,
//! 3rd ed., 8.3), its four weights by the least squared error one step ahead. It is tried on the last weeks as
//! if they had not happened yet; the spread of those errors at each distance is the interval, and the same
//! trial is made with "as a week ago": where that does as well, the report says so.
//!
//! It knows neither holidays nor promotions. Do not trust it over less than eight weeks of history.

mod model;
mod report;

pub(crate) use model::damped;
pub use model::{Forecast, Point, forecast};
pub use report::report;

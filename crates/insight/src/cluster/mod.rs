//! Clusters 聚类: members who buy alike.
//!
//! k-means (Lloyd 1982) from k-means++ starts (Arthur and Vassilvitskii 2007) on scaled features, the best of
//! several starts; k by the mean silhouette (Rousseeuw 1987). Features are the logarithms of recency,
//! frequency and money, since a few wholesale customers would otherwise be all that is seen. Names come from
//! what sets a group apart, so that they stay the same from run to run; seeds are fixed.
//!
//! k-means finds round groups of like spread, and finds k of them in anything: a silhouette below 0.25 means
//! that there is no structure to speak of, and the report says so.

mod model;
mod report;

pub use model::{Clustering, Options, assign, kmeans, lloyd, scaled, silhouette};
pub use report::report;

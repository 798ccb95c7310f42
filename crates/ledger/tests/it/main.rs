//! The ledger's promises, kept by both databases.

#[cfg(test)]
mod api;
#[cfg(test)]
mod bulk;
#[cfg(test)]
mod elle;
#[cfg(test)]
mod million;
#[cfg(test)]
mod model;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod races;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tamper;
#[cfg(test)]
mod time;

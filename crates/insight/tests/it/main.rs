//! The analyses against published and reference results.

#[cfg(test)]
mod cdnow;
#[cfg(test)]
mod full;
#[cfg(test)]
mod members;
#[cfg(test)]
mod parquet;
#[cfg(test)]
mod retail;
#[cfg(test)]
mod rough;
#[cfg(feature = "sql")]
#[cfg(test)]
mod sql;

//! The promises of the facade, kept by both databases.

#[cfg(test)]
mod group;
#[cfg(test)]
mod retry;
#[cfg(test)]
mod support;
#[cfg(test)]
mod transaction;
#[cfg(test)]
mod wall;

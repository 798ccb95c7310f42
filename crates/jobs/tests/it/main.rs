//! Readers and jobs: each effect once, whatever fails in between.

#[cfg(test)]
mod event;
#[cfg(test)]
mod job;
#[cfg(test)]
mod support;

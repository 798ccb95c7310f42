//! Scenarios of follow-ups, on both databases.

#[cfg(test)]
mod batch;
#[cfg(test)]
mod follow_up;
#[cfg(test)]
mod life;
#[cfg(test)]
mod support;

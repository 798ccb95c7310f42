//! Scenarios of the catalogue, stock and the till, on both databases.

#[cfg(test)]
mod approval;
#[cfg(test)]
mod benefit;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod claim;
#[cfg(test)]
mod cost;
#[cfg(test)]
mod counter;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod figure;
#[cfg(test)]
mod held;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod life;
#[cfg(test)]
mod list;
#[cfg(test)]
mod me;
#[cfg(test)]
mod merge;
#[cfg(test)]
mod merge_benefits;
#[cfg(test)]
mod merge_late;
#[cfg(test)]
mod offers;
#[cfg(test)]
mod offline;
#[cfg(test)]
mod points;
#[cfg(test)]
mod points_kinds;
#[cfg(test)]
mod prepaid;
#[cfg(test)]
mod purse;
#[cfg(test)]
mod receipt;
#[cfg(test)]
mod report;
#[cfg(test)]
mod settlement;
#[cfg(test)]
mod shift;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod stamps;
#[cfg(test)]
mod stock;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tax;
#[cfg(test)]
mod tiers;
#[cfg(test)]
mod till_view;
#[cfg(test)]
mod trials;
#[cfg(test)]
mod world;

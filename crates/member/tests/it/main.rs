//! Scenarios of members through the API, on both databases.

#[cfg(test)]
mod bulk;
#[cfg(test)]
mod card;
#[cfg(test)]
mod field;
#[cfg(test)]
mod group;
#[cfg(test)]
mod list;
#[cfg(test)]
mod me;
#[cfg(test)]
mod member;
#[cfg(test)]
mod pin;
#[cfg(test)]
mod profile;
#[cfg(test)]
mod purchase;
#[cfg(test)]
mod search;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod stock;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tag;
#[cfg(test)]
mod wechat;

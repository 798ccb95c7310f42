//! Scenarios of loyalty: coupons, tiers, the wallet and the policies, through the API.

#[cfg(test)]
mod coupon;
#[cfg(test)]
mod coupon_kinds;
#[cfg(test)]
mod coupon_use;
#[cfg(test)]
mod gift_card;
#[cfg(test)]
mod me;
#[cfg(test)]
mod membership;
#[cfg(test)]
mod pass;
#[cfg(test)]
mod pass_life;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod reward;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tier;
#[cfg(test)]
mod tier_undo;
#[cfg(test)]
mod transfer;
#[cfg(test)]
mod wallet;

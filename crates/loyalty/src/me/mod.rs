//! What members see on their own phones of what they hold, and what they redeem there.
//!
//! Balances with what ends next and every movement with its reason; passes and their visits; coupons, and
//! why one can't be used now; the tier and the way to the next; stamps, streaks, gifts; rewards, and
//! redeeming one for points; other kinds of points; what the groups hold that the member belongs to; and
//! redeeming the code of a coupon or a gift card.
//!
//! Everything takes a [`shuke_http::Me`]: whose it is comes from the session alone, and a thing that is
//! another's is not there. What the shop keeps to itself (what a reward costs it, who of the staff did
//! what) is left out.
//!
//! Deliberately not here: rules. A reward that asks for money on top is redeemed at the till; each noun's
//! own ops say what holds.

pub mod api;
mod model;
pub mod ops;

pub use model::{Assets, Movement, MyCodeDraft, MyCoupon, MyGroup, MyRedemption, MyReward, MyRewardDraft};

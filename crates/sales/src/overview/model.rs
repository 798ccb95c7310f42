//! The view, and its timeline.

use crate::habit::Habits;
use crate::order::Order;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, text_enum};
use shuke_ledger::account::Balances;
use shuke_ledger::lot::LotView;
use shuke_loyalty::coupon::ops::CouponView;
use shuke_loyalty::tier::ops::TierView;
use shuke_member::group::GroupPerson;
use shuke_member::member::{MemberView, View};
use shuke_member::note::Note;
use shuke_member::preference::DeclaredPreferences;
use shuke_member::relationship::Relationship;
use utoipa::ToSchema;

text_enum! {
    /// What kind of thing happened.
    pub enum HappeningKind {
        /// The member joined.
        Joined = "joined",
        /// Something was bought.
        Order = "order",
        /// Something was sent or said.
        Contact = "contact",
        /// The stage changed.
        Stage = "stage",
        /// The tier changed.
        Tier = "tier",
    }
}

/// Something that happened with a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Happening {
    /// When.
    pub at: Instant,
    /// What kind.
    pub kind: HappeningKind,
    /// What, in a few words: an order's number, a stage, what a contact was about.
    pub what: String,
}

/// How much of a member a caller may see.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    /// Who the member is.
    pub person: View,
    /// Orders.
    pub orders: bool,
    /// What the member has.
    pub value: bool,
    /// Tier and coupons.
    pub loyalty: bool,
}

/// Everything about a member.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    /// The profile, masked as the caller's role asks.
    pub member: MemberView,
    /// How well the shop and the member know each other.
    pub relationship: Relationship,
    /// What the member has; with `ledger:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balances: Option<Balances>,
    /// Up to 50 open lots, those that end first at the top; with `ledger:read`.
    pub lots: Vec<LotView>,
    /// The tier, and the way to the next; with `loyalty:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierView>,
    /// Up to 50 coupons that can still be used; with `loyalty:read`.
    pub coupons: Vec<CouponView>,
    /// The last ten orders with their lines; with `sale:read`.
    pub orders: Vec<Order>,
    /// The last things that happened, newest first.
    pub timeline: Vec<Happening>,
    /// What staff wrote: what is pinned, then the newest; nothing for those who may not know the member.
    pub notes: Vec<Note>,
    /// What the member says they like; nothing for those who may not know the member.
    pub declared: DeclaredPreferences,
    /// What the orders tell; with `sale:read`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub habits: Option<Habits>,
    /// The groups that the member belongs to.
    pub groups: Vec<GroupPerson>,
    /// The people of the group, where the member is one.
    pub people: Vec<GroupPerson>,
}

/// Puts what happened into one order, newest first, so much of it.
pub fn timeline(mut all: Vec<Happening>, length: usize) -> Vec<Happening> {
    all.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.kind.as_str().cmp(b.kind.as_str())).then_with(|| a.what.cmp(&b.what)));
    all.truncate(length);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stands_first() {
        let happening = |at, kind, what: &str| Happening { at: Instant(at), kind, what: what.to_owned() };
        let found = timeline(
            vec![
                happening(1, HappeningKind::Joined, ""),
                happening(5, HappeningKind::Order, "b"),
                happening(5, HappeningKind::Contact, "a"),
                happening(3, HappeningKind::Stage, "active"),
            ],
            3,
        );
        let order: Vec<(i64, &str)> = found.iter().map(|one| (one.at.0, one.kind.as_str())).collect();
        assert_eq!(order, [(5, "contact"), (5, "order"), (3, "stage")]);
    }
}

//! The view, and its timeline.

use crate::habit::Habits;
use crate::order::Order;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, Money, Uuid, text_enum};
use shuke_ledger::AccountKind;
use shuke_ledger::account::Balances;
use shuke_ledger::journal::Entry;
use shuke_ledger::lot::LotView;
use shuke_loyalty::coupon::ops::CouponView;
use shuke_loyalty::tier::TierId;
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
        /// Points or prepaid value came or went beside a sale: a top-up, a correction, an expiry.
        Value = "value",
    }
}

/// Something that happened with a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Happening {
    /// When.
    pub at: Instant,
    /// What kind.
    pub kind: HappeningKind,
    /// What, in a few words or as a code: an order's number, a stage, what a contact was about, how a tier changed
    /// (`upgrade`), what moved value (`top_up`).
    pub what: String,
    /// How a contact went, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Uuid>,
    /// What was paid for the order, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The tier after its change; none for no tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierId>,
    /// What it gave and took of the member's accounts; with `ledger:read`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Moved>,
}

impl Happening {
    /// Something that happened, told by its text alone.
    pub fn new(at: Instant, kind: HappeningKind, what: impl Into<String>) -> Self {
        Self { at, kind, what: what.into(), outcome: None, order: None, amount: None, tier: None, moves: Vec::new() }
    }
}

/// What something gave to one of a member's accounts, or took from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    /// Which account.
    pub account: AccountKind,
    /// Why, as a code: `earned`, `expired`.
    pub why: String,
    /// Above zero came in, below zero went out. Points, visits, or minor units.
    pub amount: i64,
}

/// What one source moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// When.
    pub at: Instant,
    /// What kind of source: `sale`, `top_up`.
    pub source_kind: String,
    /// Which.
    pub source_id: Uuid,
    /// By account and reason.
    pub moves: Vec<Moved>,
}

/// Puts the entries of a statement together by what caused them, in the order in which they come.
pub fn movements(entries: &[Entry]) -> Vec<Movement> {
    let mut all: Vec<Movement> = Vec::new();
    for entry in entries {
        let at = all.iter().position(|one| one.source_id == entry.source_id && one.source_kind == entry.source_kind);
        let at = at.unwrap_or_else(|| {
            all.push(Movement { at: entry.at, source_kind: entry.source_kind.clone(), source_id: entry.source_id, moves: Vec::new() });
            all.len() - 1
        });
        let moves = &mut all[at].moves;
        match moves.iter_mut().find(|one| one.account == entry.account && one.why == entry.why) {
            Some(one) => one.amount = one.amount.saturating_add(entry.amount),
            None => moves.push(Moved { account: entry.account, why: entry.why.clone(), amount: entry.amount }),
        }
    }
    all
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
        let happening = |at, kind, what: &str| Happening::new(Instant(at), kind, what);
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

    #[test]
    fn entries_stand_together_by_their_source() {
        let entry = |source: u128, account, amount, why: &str| Entry {
            at: Instant(7),
            account,
            amount,
            other: AccountKind::PrepaidSold,
            why: why.to_owned(),
            source_kind: "top_up".to_owned(),
            source_id: Uuid::from_u128(source),
            source_line: 0,
            store: None,
            actor: "system".to_owned(),
        };
        let found = movements(&[
            entry(1, AccountKind::Principal, 300, "top_up"),
            entry(2, AccountKind::Principal, 5, "top_up"),
            entry(1, AccountKind::Bonus, 20, "bonus"),
            entry(1, AccountKind::Principal, 200, "top_up"),
        ]);
        let told: Vec<(u128, Vec<i64>)> =
            found.iter().map(|one| (one.source_id.as_u128(), one.moves.iter().map(|moved| moved.amount).collect())).collect();
        assert_eq!(told, [(1, vec![500, 20]), (2, vec![5])]);
    }
}

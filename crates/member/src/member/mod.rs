//! Members 会员: customers who can be identified.
//!
//! Life cycle: enrolled (in one call: profile, card, dependents, tags, consents) → `active` ⇄
//! `frozen` → `erased`, or → `merged` into another member ([`crate::merge`]), and back. An erased member keeps number, figures and ledger; name, phone, cards and
//! everything else that tells who it was are gone, for good.
//!
//! Invariants: one phone number, one member (the unique blind index says so); a member number is
//! unique and never used again; personal texts are sealed before they reach SQL; what a caller sees
//! depends on the role ([`View`]), and a look at the full person is in the audit log.
//!
//! Finding: [`ops::search`] tells by its form what a text is (phone in any spelling, last four
//! digits, number, card, name, initials) and asks one index.
//!
//! Deliberately not here: balances and tiers (higher slices), free-form search inside names (they
//! are sealed).

pub(crate) mod absorb;
pub mod api;
mod birthday;
mod change;
pub(crate) mod draft;
pub(crate) mod enrol;
mod export;
mod known;
mod model;
pub(crate) mod name;
pub(crate) mod number;
pub mod ops;
mod phone;
mod search;
pub mod store;
mod view;

pub use birthday::Birthday;
pub use change::MemberChange;
pub(crate) use change::given;
pub use draft::EnrolRequest;
pub use enrol::{Enrol, EnrolOutcome, Enrolled, KnownBy, MemberEnrolled};
pub use export::Exported;
pub(crate) use model::seal;
pub use model::{
    Gender, Member, MemberBrief, MemberId, MemberKind, MemberState, Person, PersonView, Region, SealedBrief, SealedPerson, Stat, View,
    not_found,
};
pub use phone::Phone;
pub use search::{Found, MatchedBy};
pub use view::MemberView;

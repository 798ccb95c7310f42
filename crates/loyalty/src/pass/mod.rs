//! Passes 次卡、套餐: visits that were paid for before they are made.
//!
//! A [`PassPlan`] has items: so many visits of certain services (limited), any number within the pass's
//! days (unlimited), of every service (all-pass), or several of these (a package). What is paid is spread
//! over the items by what their visits are worth, and over an item's visits as they are made, so that the
//! recognised values add up to the price to the cent.
//!
//! Life cycle: a plan is sold to a member (`pass.sold`); a visit uses it, at checkout as the payment of a
//! service's line or by itself (`pass.visited`), and can be undone; the pass is extended, frozen and
//! thawed, given to another member as a new pass, or refunded for what is left by the plan's terms. Its
//! days may begin with the first visit; when all visits are undone, they have not begun.
//!
//! In the ledger an item is two lots of its member: visits, and the value that is still to be recognised.
//! A visit takes one and its share of the other into revenue; that is when a pass is *consumed*. What the
//! pass was sold for is *received*, and no sale. Lots end with the pass's last local day, at midnight.
//!
//! Invariants: the last visit is used once (a lot's CHECK); whoever uses, gives back or changes a pass has
//! the member's accounts locked; undoing every visit leaves every lot as it was; at an item's last visit
//! nothing is left to recognise.
//!
//! Its sale may earn points ([`PassEarnPolicy`]), a visit never does: the money earns once.
//!
//! Deliberately not here: prices. A line that a pass pays is priced at what the visit was paid with, and
//! takes no part in offers, coupons and points.

pub mod api;
mod change;
mod earn;
mod model;
pub mod ops;
pub mod plan;
mod refund;
pub(crate) mod store;
mod verify;
pub mod visit;

pub use earn::{PassEarnPolicy, PassPointsReader};
pub use model::*;
pub use plan::{PassItem, PassPlan, PassPlanId, PassRefundMethod, PassRefundTerms, PassStart, PassValidity};
pub use store::{VisitRow, by_ids_stmt, read};
pub use verify::check;
pub use visit::{At, Chosen, PassWhyNot, Wanted, choose};

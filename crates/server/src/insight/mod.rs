//! Insight 洞察 in the server: analyses of the lake that somebody asked for, and what they found.
//!
//! A run is asked for (`queued`), taken by whichever server does the background work (`running`, with a step
//! and a share of the way), and ends `done`, `failed` or `cancelled`. The [`courier`] takes one at a time: the
//! lake is brought up to date, its lines are laid into a file of the machine ([`shuke_insight::lake`]), and
//! [`shuke_insight::ask`] does what the command line does. What was found is kept: words, figures, plots and
//! tables in the database, the long list in the lake's store.
//!
//! Every night the standard set is asked for once a merchant.
//!
//! Invariants: one merchant's run sees that merchant's lake only; a run that is bound to a store sees that
//! store's lines only, and staff of a store see runs of their stores only. Nobody's name is in what is kept: a
//! member is a number of the lake, which is written as the member's own number when somebody reads it, and as
//! nobody once the member is erased. A run ends once: the worker that lost its lease changes nothing.
//!
//! Members of a group that a run found (a cell, a stage, a cluster) are saved as a tag in batches, each with
//! its count, so that a worker that dies is followed by one that gives nobody anything twice; with the tag they can
//! get a coupon, of one run once.
//!
//! Deliberately not here: the methods, and reading files; see `shuke_insight`.

pub mod api;
mod beside;
mod body;
mod catalogue;
mod conduct;
pub mod courier;
mod groups;
mod model;
pub(crate) mod ops;
mod save;
mod store;
mod work;

pub use model::{Run, RunId, RunState, Save, SaveId, SaveState};

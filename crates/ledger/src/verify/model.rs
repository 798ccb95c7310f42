//! What `verify` says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that is not as it was computed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// Which rule is broken, as a code: `balance`, `lot`, `seal`.
    pub check: String,
    /// What differs, with ids, in plain words.
    pub text: String,
}

impl Difference {
    /// A difference.
    pub fn new(check: &str, text: impl Into<String>) -> Self {
        Self { check: check.to_owned(), text: text.into() }
    }
}

/// What was checked, and the first thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Entries of the ledger.
    pub entries: i64,
    /// Members' accounts.
    pub accounts: i64,
    /// Lots, empty ones included.
    pub lots: i64,
    /// Sealed batches.
    pub seals: i64,
    /// Entries that the worker has not sealed yet.
    pub unsealed_entries: i64,
    /// Nothing where everything agrees. Checks come in a fixed order, and so do the rows of each.
    pub first_difference: Option<Difference>,
}

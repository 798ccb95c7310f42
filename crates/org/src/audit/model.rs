//! An entry.

use serde::{Deserialize, Serialize};
use shuke_kernel::Instant;
use utoipa::ToSchema;

shuke_kernel::id!(AuditId, "An entry of the audit log.");

/// An entry about to be written.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) action: &'static str,
    pub(super) subject: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
}

impl Entry {
    /// What was done to what: `Entry::new("staff.changed", id)`.
    pub fn new(action: &'static str, subject: impl std::fmt::Display) -> Self {
        Self { action, subject: subject.to_string(), old: None, new: None }
    }
    /// How it was before.
    #[must_use]
    pub fn old(mut self, value: &impl Serialize) -> Self {
        self.old = serde_json::to_string(value).ok();
        self
    }
    /// How it is now.
    #[must_use]
    pub fn new_value(mut self, value: &impl Serialize) -> Self {
        self.new = serde_json::to_string(value).ok();
        self
    }
}

/// An entry as it is shown.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AuditView {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Instant,
    /// Who: `staff:…`, `key:…` or `system`.
    pub actor: String,
    /// What was done.
    #[schema(example = "staff.changed")]
    pub action: String,
    /// To what.
    pub subject: String,
    /// How it was before, where that says something.
    pub old: Option<serde_json::Value>,
    /// How it was afterwards.
    pub new: Option<serde_json::Value>,
}

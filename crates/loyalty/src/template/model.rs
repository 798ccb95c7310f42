//! A coupon template.

use crate::coupon::{CouponTemplateId, CouponTerms};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Result, text_enum};
use utoipa::ToSchema;

text_enum! {
    /// Where a template is in its life.
    pub enum TemplateState {
        /// Being written; issues nothing.
        Draft = "draft",
        /// Issues.
        Published = "published",
        /// Issues nothing more.
        Stopped = "stopped",
    }
}

/// A coupon template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CouponTemplate {
    /// The template.
    pub id: CouponTemplateId,
    /// What people call it.
    pub name: String,
    /// What its coupons copy.
    pub terms: CouponTerms,
    /// Where it is in its life.
    pub state: TemplateState,
    /// How many coupons were issued and not taken back unused.
    pub issued: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was changed last.
    pub changed_at: Instant,
}

/// A name of at most this many characters.
pub(crate) const NAME_CHARS_MAX: usize = 100;

/// Checks what a thing is called.
///
/// Errors: `name_malformed`.
pub(crate) fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let error = Error::invalid("name_malformed", "the name can't be used");
        return Err(error.field("/name", "out_of_range", format!("must have 1 to {NAME_CHARS_MAX} characters")));
    }
    Ok(())
}

//! A member of staff.

use super::PasswordHash;
use crate::StoreId;
use serde::{Deserialize, Serialize};
use shuke_http::Role;
use shuke_kernel::{Error, Instant, Result};
use utoipa::ToSchema;

shuke_kernel::id!(StaffId, "A member of staff.");

const USERNAME_CHARS_MAX: usize = 40;

/// What a person signs in with: letters of any script, digits and `. _ - @`, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    /// Reads one, or `username_malformed`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim().to_lowercase();
        let length = text.chars().count();
        if (1..=USERNAME_CHARS_MAX).contains(&length) && text.chars().all(|c| c.is_alphanumeric() || "._-@".contains(c)) {
            return Ok(Self(text));
        }
        Err(Error::invalid("username_malformed", "a user name can't be taken as it is").field(
            "/username",
            "username_malformed",
            format!("write 1 to {USERNAME_CHARS_MAX} letters, digits or . _ - @, without spaces"),
        ))
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A member of staff, without the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// What they sign in with.
    #[schema(example = "xiaowang")]
    pub username: String,
    /// The name to show.
    #[schema(example = "王芳")]
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The stores they may touch; null means all.
    pub stores: Option<Vec<StoreId>>,
    /// Whether they may sign in.
    pub active: bool,
    /// When they were entered.
    pub created_at: Instant,
}

impl Staff {
    /// Whether they count as an owner.
    pub fn is_owner(&self) -> bool {
        self.active && self.role == Role::Owner
    }
    /// Whether somebody bound to `stores` may see them: those who share a store.
    pub fn shares(&self, stores: Option<&[shuke_kernel::Uuid]>) -> bool {
        match (stores, &self.stores) {
            (None, _) | (_, None) => true,
            (Some(mine), Some(theirs)) => theirs.iter().any(|store| mine.contains(&store.0)),
        }
    }
}

/// A member of staff about to be entered.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// What they sign in with.
    pub username: Username,
    /// The name to show.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The stores they may touch; none means all.
    pub stores: Option<Vec<StoreId>>,
    /// The hash of their password.
    pub password: PasswordHash,
}

/// What of a member of staff can be changed, all at once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StaffChange {
    /// The name to show.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The stores they may touch; null means all. Owners are never bound to stores.
    pub stores: Option<Vec<StoreId>>,
    /// Whether they may sign in.
    pub active: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_is_one_word_in_lower_case() {
        assert_eq!(Username::parse(" XiaoWang ").unwrap().as_str(), "xiaowang");
        assert_eq!(Username::parse("王芳").unwrap().as_str(), "王芳");
        for wrong in ["", "a b", "a/b", &"x".repeat(41)] {
            assert_eq!(Username::parse(wrong).unwrap_err().code(), "username_malformed");
        }
    }
}

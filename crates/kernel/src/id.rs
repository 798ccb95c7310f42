//! Typed ids. Every noun has its own type, made with [`id!`](crate::id!), so that a member's id
//! can't be passed where an order's is wanted.

use serde::{Deserialize, Serialize};

/// A merchant: the leading key of every table. Small, because it stands in every key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MerchantId(pub i64);

impl std::fmt::Display for MerchantId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Declares a typed UUID: `id!(MemberId, "A member.")`.
#[macro_export]
macro_rules! id {
    ($name:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize, ::utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(pub $crate::Uuid);

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl ::std::str::FromStr for $name {
            type Err = $crate::Error;
            fn from_str(text: &str) -> $crate::Result<Self> {
                $crate::Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| $crate::Error::invalid("id_malformed", "an id is a UUID such as 0190a8f0-7c1e-7b61-9d3f-2a4b5c6d7e8f"))
            }
        }
        impl $crate::value::ToValue for $name {
            fn to_value(&self) -> $crate::value::Value {
                $crate::value::Value::Uuid(self.0)
            }
        }
        impl $crate::value::FromValue for $name {
            fn from_value(value: $crate::value::Value) -> $crate::Result<Self> {
                <$crate::Uuid as $crate::value::FromValue>::from_value(value).map(Self)
            }
        }
        impl From<$crate::Uuid> for $name {
            fn from(value: $crate::Uuid) -> Self {
                Self(value)
            }
        }
        impl From<$name> for $crate::Uuid {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

//! The values that a database column can hold, and the conversions of our types to and from them.
//!
//! Columns are BIGINT, TEXT, BOOLEAN and UUID; everything else is written as one of these. The type
//! lives here and not beside the driver so that every id and amount converts itself.

use crate::{Date, Error, Instant, MerchantId, Money, Points, Rate, Result, Uuid};
use std::borrow::Cow;

/// One value of a row or a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// BIGINT.
    Int(i64),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT.
    Text(Cow<'static, str>),
    /// UUID, 16 bytes.
    Uuid(Uuid),
}

/// Something that can be a parameter.
pub trait ToValue {
    /// The column value.
    fn to_value(&self) -> Value;
}

/// Something that can be read from a column.
pub trait FromValue: Sized {
    /// Reads it; a value of another type is a fault of ours.
    fn from_value(value: Value) -> Result<Self>;
}

fn mismatch(wanted: &str, found: &Value) -> Error {
    Error::internal(format!("column holds {found:?}, expected {wanted}"))
}

macro_rules! integers {
    ($($name:ty, $wrap:expr, $get:expr;)*) => {$(
        impl ToValue for $name {
            fn to_value(&self) -> Value {
                let get: fn(&$name) -> i64 = $get;
                Value::Int(get(self))
            }
        }
        impl FromValue for $name {
            fn from_value(value: Value) -> Result<Self> {
                match value {
                    Value::Int(number) => Ok($wrap(number)),
                    other => Err(mismatch("BIGINT", &other)),
                }
            }
        }
    )*};
}
integers! {
    i64, |n| n, |n| *n;
    Money, Money, |n| n.0;
    Points, Points, |n| n.0;
    Rate, Rate, |n| n.0;
    Instant, Instant, |n| n.0;
    MerchantId, MerchantId, |n| n.0;
}

impl ToValue for bool {
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
}
impl FromValue for bool {
    fn from_value(value: Value) -> Result<Self> {
        match value {
            Value::Bool(b) => Ok(b),
            Value::Int(n) => Ok(n != 0),
            other => Err(mismatch("BOOLEAN", &other)),
        }
    }
}
impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(Cow::Owned(self.to_owned()))
    }
}
impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::Text(Cow::Owned(self.clone()))
    }
}
impl FromValue for String {
    fn from_value(value: Value) -> Result<Self> {
        match value {
            Value::Text(text) => Ok(text.into_owned()),
            other => Err(mismatch("TEXT", &other)),
        }
    }
}
impl ToValue for Uuid {
    fn to_value(&self) -> Value {
        Value::Uuid(*self)
    }
}
impl FromValue for Uuid {
    fn from_value(value: Value) -> Result<Self> {
        match value {
            Value::Uuid(id) => Ok(id),
            other => Err(mismatch("UUID", &other)),
        }
    }
}
impl ToValue for Date {
    fn to_value(&self) -> Value {
        Value::Text(Cow::Owned(self.to_string()))
    }
}
impl FromValue for Date {
    fn from_value(value: Value) -> Result<Self> {
        match value {
            Value::Text(text) => text.parse().map_err(|_| Error::internal(format!("column holds {text:?}, expected a date"))),
            other => Err(mismatch("TEXT date", &other)),
        }
    }
}
impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}
impl FromValue for Value {
    fn from_value(value: Value) -> Result<Self> {
        Ok(value)
    }
}
impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}
impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, ToValue::to_value)
    }
}
impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self> {
        match value {
            Value::Null => Ok(None),
            other => T::from_value(other).map(Some),
        }
    }
}

/// Gives an enum its short TEXT form, for columns and JSON alike:
/// `text_enum!(Stage { Active = "active", Lost = "lost" })` after the enum's declaration.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:tt),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize, ::utoipa::ToSchema)]
        $vis enum $name {
            $($(#[$vmeta])* #[serde(rename = $text)] $variant),*
        }
        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The short text, as stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
        impl ::std::str::FromStr for $name {
            type Err = $crate::Error;
            fn from_str(text: &str) -> $crate::Result<Self> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err($crate::Error::invalid(
                        "value_unknown",
                        format!("{other:?} is not one of {}", [$($text),*].join(", ")),
                    )),
                }
            }
        }
        impl $crate::value::ToValue for $name {
            fn to_value(&self) -> $crate::value::Value {
                $crate::value::Value::Text(::std::borrow::Cow::Borrowed(self.as_str()))
            }
        }
        impl $crate::value::FromValue for $name {
            fn from_value(value: $crate::value::Value) -> $crate::Result<Self> {
                let text = <String as $crate::value::FromValue>::from_value(value)?;
                text.parse().map_err(|_| $crate::Error::internal(format!("column holds {text:?}, not a {}", stringify!($name))))
            }
        }
    };
}

#[cfg(test)]
mod tests {
    crate::text_enum! {
        /// A sample.
        pub enum Sample {
            /// One.
            One = "one",
            /// Two.
            TwoWords = "two_words",
        }
    }

    /// The document would promise other texts than those that are sent.
    #[test]
    fn the_schema_has_the_texts_of_the_wire() {
        let schema = serde_json::to_value(<Sample as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(schema["enum"], serde_json::to_value(Sample::ALL).unwrap());
        assert_eq!(schema["enum"], serde_json::json!(["one", "two_words"]));
    }
}

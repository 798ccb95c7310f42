//! One error type: few kinds, a stable code, a text for the outside and one for the log.
//!
//! The code is the translation key and part of the API; the outside text says what happened and
//! what to do; the inside text never leaves the log.

use serde::{Deserialize, Serialize};

/// The result of everything that can be refused.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it was, which is all that a caller needs to decide what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request can't be understood or a value is out of its range. 400.
    Invalid,
    /// Nobody is signed in, or the sign-in failed. 401.
    Unauthenticated,
    /// Signed in, but not allowed. 403.
    Forbidden,
    /// No such thing for this merchant. 404.
    NotFound,
    /// Somebody else was first; read again and decide. 409.
    Conflict,
    /// Understood, but a business rule says no. 422.
    Refused,
    /// Too many requests. 429.
    TooMany,
    /// Try again soon, with the same key. 503.
    Unavailable,
    /// A fault of ours. 500.
    Internal,
}

impl Kind {
    /// The HTTP status that stands for this kind.
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Refused => 422,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

/// A fault of one input field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON pointer to the field: `/lines/0/quantity`.
    pub field: String,
    /// Stable code, the translation key.
    pub code: String,
    /// What to do about it, in English.
    pub detail: String,
}

/// Why something was not done.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    code: &'static str,
    detail: String,
    fields: Vec<FieldError>,
    inside: Option<String>,
    retry_after_s: Option<u32>,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(code: &'static str, detail: impl Into<String>) -> Self {
            Self::new(Kind::$kind, code, detail)
        }
    )*};
}

impl Error {
    /// An error of a kind with its code and outside text.
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, code, detail: detail.into(), fields: Vec::new(), inside: None, retry_after_s: None }))
    }
    constructors! {
        /// The request can't be understood (400).
        invalid => Invalid;
        /// Not signed in (401).
        unauthenticated => Unauthenticated;
        /// Not allowed (403).
        forbidden => Forbidden;
        /// No such thing (404).
        not_found => NotFound;
        /// Somebody was first (409).
        conflict => Conflict;
        /// A rule says no (422).
        refused => Refused;
        /// Slow down (429).
        too_many => TooMany;
        /// Try again, with the same key (503).
        unavailable => Unavailable;
    }
    /// A write whose outcome nobody knows (503): the same request under the same key finds out.
    pub fn unconfirmed(inside: impl Into<String>) -> Self {
        Error::unavailable(
            "write_unconfirmed",
            "it is not known whether this was written; send the same request with the same Idempotency-Key again, and it is done once",
        )
        .inside(inside)
        .retry_after_s(1)
    }
    /// A fault of ours: the text goes to the log, the outside learns only that it happened.
    pub fn internal(inside: impl Into<String>) -> Self {
        Self::new(Kind::Internal, "internal", "something went wrong on our side; nothing was changed").inside(inside)
    }
    /// Adds the fault of one field.
    pub fn field(mut self, field: impl Into<String>, code: impl Into<String>, detail: impl Into<String>) -> Self {
        self.0.fields.push(FieldError { field: field.into(), code: code.into(), detail: detail.into() });
        self
    }
    /// Adds text for the log.
    pub fn inside(mut self, text: impl Into<String>) -> Self {
        self.0.inside = Some(text.into());
        self
    }
    /// Says when to come back.
    pub fn retry_after_s(mut self, seconds: u32) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }
    /// The kind.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }
    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }
    /// The outside text.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }
    /// The faults by field.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }
    /// The text for the log.
    pub fn inside_text(&self) -> Option<&str> {
        self.0.inside.as_deref()
    }
    /// Seconds after which to try again.
    pub fn retry_after(&self) -> Option<u32> {
        self.0.retry_after_s
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)?;
        if let Some(inside) = &self.0.inside {
            write!(f, " ({inside})")?;
        }
        for fault in &self.0.fields {
            write!(f, "; {}: {}", fault.field, fault.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

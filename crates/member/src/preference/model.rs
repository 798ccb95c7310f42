//! Declared preferences.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Result};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Preferences of one member.
const ENTRIES_MAX: usize = 50;
const KEY_CHARS_MAX: usize = 40;
const TEXT_CHARS_MAX: usize = 200;

/// What a member says they like, by key.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = BTreeMap<String, String>)]
pub struct Declared(pub BTreeMap<String, String>);

impl std::fmt::Debug for Declared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} preferences", self.0.len())
    }
}

/// What a member says they like, and since when it stands so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeclaredPreferences {
    /// By key.
    pub declared: Declared,
    /// When it was last changed; absent where nothing was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Instant>,
}

impl Declared {
    /// Keys and texts without white space around them. Refuses what can't be: `preferences_malformed`.
    pub fn checked(&self) -> Result<Self> {
        let fault = |place: String, detail: String| {
            Err(Error::invalid("preferences_malformed", "these preferences can't be kept").field(place, "text_malformed", detail))
        };
        if self.0.len() > ENTRIES_MAX {
            return fault(String::new(), format!("a member has at most {ENTRIES_MAX} preferences"));
        }
        let mut out = BTreeMap::new();
        for (key, text) in &self.0 {
            let (trimmed, value) = (key.trim(), text.trim());
            let fits = |text: &str, max: usize| (1..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control);
            if !fits(trimmed, KEY_CHARS_MAX) || !fits(value, TEXT_CHARS_MAX) {
                let detail = format!("a key has 1 to {KEY_CHARS_MAX} characters and a text 1 to {TEXT_CHARS_MAX}, in one line");
                return fault(format!("/{key}"), detail);
            }
            if out.insert(trimmed.to_owned(), value.to_owned()).is_some() {
                return fault(format!("/{key}"), "this key is there twice".to_owned());
            }
        }
        Ok(Self(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_are_short_lines() {
        let of = |pairs: &[(&str, &str)]| Declared(pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect());
        assert_eq!(of(&[(" 口味 ", " 不辣 ")]).checked().unwrap(), of(&[("口味", "不辣")]));
        for wrong in [of(&[("", "x")]), of(&[("x", " ")]), of(&[("x", "a\nb")]), of(&[("x", "1"), ("x ", "2")])] {
            assert_eq!(wrong.checked().unwrap_err().code(), "preferences_malformed");
        }
        let many = Declared((0..=ENTRIES_MAX).map(|number| (number.to_string(), "x".to_owned())).collect());
        assert!(many.checked().is_err());
    }
}

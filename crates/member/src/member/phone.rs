//! Phone numbers: any spelling in, E.164 inside.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Result};
use utoipa::ToSchema;

/// A phone number in E.164: `+8613800000042`. It can't be invalid.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "+8613800000042")]
pub struct Phone(String);

impl Phone {
    /// Reads a number as people write it: spaces, dashes, brackets, full-width digits, with or
    /// without the country's prefix. `country` (ISO 3166, `CN`) is meant where there is none.
    ///
    /// Errors: `phone_malformed`.
    pub fn parse(text: &str, country: &str) -> Result<Self> {
        let tidy = tidy(text);
        let malformed = || Error::invalid("phone_malformed", "this is not a phone number; write it like 13800000042 or +86 138 0000 0042");
        if let Some(national) = chinese(&tidy, country).filter(|national| national.len() == 11 && national.starts_with('1')) {
            // Eleven digits from 1 on are a mobile in China; the general rules let more pass.
            let mobile = national.as_bytes().get(1).is_some_and(|digit| (b'3'..=b'9').contains(digit));
            return if mobile { Ok(Self(format!("+86{national}"))) } else { Err(malformed()) };
        }
        if tidy.len() < 6 {
            return Err(malformed());
        }
        let country = country.parse().ok();
        let number = phonenumber::parse(country, &tidy).map_err(|_| malformed())?;
        if !phonenumber::is_valid(&number) {
            return Err(malformed());
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }

    /// A number that was in E.164 when it was sealed.
    pub(crate) fn sealed(text: String) -> Self {
        Self(text)
    }

    /// E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four digits.
    pub fn last4(&self) -> &str {
        self.0.get(self.0.len().saturating_sub(4)..).unwrap_or_default()
    }

    /// As a country's people write it: without the prefix for +86, E.164 for others.
    pub fn national(&self) -> &str {
        self.0.strip_prefix("+86").unwrap_or(&self.0)
    }

    /// `138****0042`: enough to ask "is it the one that ends in 0042?".
    pub fn masked(&self) -> String {
        let shown = self.national();
        let head = 3.min(shown.len().saturating_sub(4));
        let stars = shown.len().saturating_sub(head + 4);
        format!("{}{}{}", shown.get(..head).unwrap_or_default(), "*".repeat(stars), self.last4())
    }
}

/// ASCII digits and a leading plus; everything that people put between digits is gone.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '0'..='9' => out.push(c),
            '０'..='９' => out.extend(char::from_u32(u32::from(c) - u32::from('０') + u32::from('0'))),
            '+' | '＋' if out.is_empty() => out.push('+'),
            ' ' | '\u{a0}' | '\u{3000}' | '-' | '－' | '–' | '—' | '(' | ')' | '（' | '）' | '.' | '/' => {}
            // A letter or another sign: no phone number.
            _ => return String::new(),
        }
    }
    out
}

/// What follows +86 in a Chinese number. Nearly all members of a Chinese shop have one, and a mobile
/// among them needs none of the general parser's tables.
fn chinese<'a>(tidy: &'a str, country: &str) -> Option<&'a str> {
    match tidy.strip_prefix("+86").or_else(|| tidy.strip_prefix("0086")) {
        Some(rest) => Some(rest),
        None if country != "CN" || tidy.starts_with('+') => None,
        None => Some(tidy.strip_prefix("86").filter(|_| tidy.len() == 13).unwrap_or(tidy)),
    }
}

/// Whether a search text can be (part of) a number: digits and what people put between them.
pub(crate) fn digits(text: &str) -> Option<String> {
    let tidy = tidy(text);
    (!tidy.is_empty() && tidy.bytes().all(|b| b.is_ascii_digit())).then_some(tidy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_is_one_number() {
        for spelling in [
            "13800000042",
            "138 0000 0042",
            "+86 138-0000-0042",
            "008613800000042",
            "8613800000042",
            "１３８００００００４２",
            "(138)00000042",
        ] {
            assert_eq!(Phone::parse(spelling, "CN").unwrap().as_str(), "+8613800000042", "{spelling}");
        }
        assert_eq!(Phone::parse("020 7946 0958", "GB").unwrap().as_str(), "+442079460958");
        assert_eq!(Phone::parse("+44 20 7946 0958", "CN").unwrap().as_str(), "+442079460958");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "12345", "1380000004", "138000000421", "phone", "138x0000042", "+", "10000000042", "++8613800000042"] {
            assert_eq!(Phone::parse(text, "CN").map_err(|e| e.code()), Err("phone_malformed"), "{text}");
        }
    }

    #[test]
    fn the_mask_keeps_three_and_four_digits() {
        assert_eq!(Phone::parse("13800000042", "CN").unwrap().masked(), "138****0042");
        assert_eq!(Phone::parse("+442079460958", "CN").unwrap().masked(), "+44******0958");
    }
}

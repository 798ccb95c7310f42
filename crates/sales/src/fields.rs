//! Parsing of the catalogue's input at the door: texts, codes, amounts and quantities with their
//! limits. `field` is a JSON pointer.

use serde::{Deserialize, Deserializer};
use shuke_kernel::{Error, Money, Result};
use shuke_org::text;

/// Most characters of a name.
pub const NAME_CHARS_MAX: usize = 200;
/// Most characters of a note.
pub const NOTE_CHARS_MAX: usize = 1_000;
/// Most characters of a code, SKU or barcode.
pub const CODE_CHARS_MAX: usize = 64;
/// The largest price or cost, in minor units.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;
/// The largest quantity of one line, in thousandths of a piece.
pub const QUANTITY_MILLI_MAX: i64 = 1_000_000_000_000;

/// An error about one field.
pub fn fault(field: &str, code: &'static str, detail: impl Into<String>) -> Error {
    let detail = detail.into();
    Error::invalid(code, detail.clone()).field(field, code, detail)
}

/// One line of text of at most `chars_max` characters, trimmed; may be empty. Else `text_malformed`.
pub fn note(field: &str, text: &str, chars_max: usize) -> Result<String> {
    text::optional_line(field.trim_start_matches('/'), text, chars_max)
}

/// The same, but not empty and of at most [`NAME_CHARS_MAX`] characters.
pub fn name(field: &str, text: &str) -> Result<String> {
    text::line(field.trim_start_matches('/'), text, NAME_CHARS_MAX)
}

/// A code, SKU or barcode: 1 to 64 characters without spaces, else `code_malformed`.
pub fn code(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || count > CODE_CHARS_MAX || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(fault(field, "code_malformed", "1 to 64 characters without spaces"));
    }
    Ok(text.to_owned())
}

/// A price or cost, 0 to 10¹² minor units, else `amount_out_of_range`.
pub fn amount(field: &str, amount: Money) -> Result<Money> {
    if (0..=AMOUNT_MAX).contains(&amount.0) {
        return Ok(amount);
    }
    Err(fault(field, "amount_out_of_range", "between 0 and 1,000,000,000,000 minor units"))
}

/// A quantity from `least` to 10¹² thousandths of a piece, else `quantity_out_of_range`.
pub fn quantity_milli(field: &str, quantity_milli: i64, least: i64) -> Result<i64> {
    if (least..=QUANTITY_MILLI_MAX).contains(&quantity_milli) {
        return Ok(quantity_milli);
    }
    Err(fault(field, "quantity_out_of_range", format!("between {least} and 1,000,000,000,000 thousandths of a piece")))
}

/// Reads a field of a PATCH that may be cleared: absent leaves it alone, `null` clears it.
pub fn patched<'de, T: Deserialize<'de>, D: Deserializer<'de>>(reader: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(reader).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_database_can_hold_is_refused_with_its_place() {
        let error = name("/name", "a\0b").unwrap_err();
        assert_eq!((error.code(), error.fields()[0].field.as_str()), ("text_malformed", "/name"));
        assert_eq!(name("/name", "  ").unwrap_err().fields()[0].code, "text_empty");
        assert_eq!(name("/name", &"奶".repeat(201)).unwrap_err().fields()[0].code, "text_too_long");
        assert_eq!(name("/name", " 奶粉 ").unwrap(), "奶粉");
        assert_eq!(code("/sku", "A 1").unwrap_err().code(), "code_malformed");
        assert_eq!(amount("/price", Money(-1)).unwrap_err().code(), "amount_out_of_range");
        assert_eq!(quantity_milli("/q", 0, 1).unwrap_err().code(), "quantity_out_of_range");
    }
}

//! Texts that people type: names, addresses, notes.

use shuke_kernel::{Error, Result};

/// Characters in a name.
pub const NAME_CHARS_MAX: usize = 80;
/// Characters in an address.
pub const ADDRESS_CHARS_MAX: usize = 200;

/// One line of text that must be there, without the white space around it.
///
/// Errors: `text_malformed` with the field, where it is empty, too long, or holds control characters.
pub fn line(field: &str, text: &str, chars_max: usize) -> Result<String> {
    let text = optional_line(field, text, chars_max)?;
    if text.is_empty() {
        return Err(malformed(field, "text_empty", "fill in this field"));
    }
    Ok(text)
}

/// One line of text that may be empty.
pub fn optional_line(field: &str, text: &str, chars_max: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > chars_max {
        return Err(malformed(field, "text_too_long", &format!("write at most {chars_max} characters")));
    }
    if text.chars().any(char::is_control) {
        return Err(malformed(field, "text_control", "write one line, without line breaks or control characters"));
    }
    Ok(text.to_owned())
}

fn malformed(field: &str, code: &str, detail: &str) -> Error {
    Error::invalid("text_malformed", "a text can't be taken as it is").field(format!("/{field}"), code, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_with_something_in_it() {
        assert_eq!(line("name", "  静安店 ", 80).unwrap(), "静安店");
        assert_eq!(line("name", " ", 80).unwrap_err().fields()[0].code, "text_empty");
        assert_eq!(line("name", "a\nb", 80).unwrap_err().fields()[0].code, "text_control");
        assert_eq!(line("name", "静安店", 2).unwrap_err().fields()[0].field, "/name");
        assert_eq!(optional_line("address", "", 80).unwrap(), "");
    }
}

//! Phone numbers as people write them, to the one form in which they are stored and compared.

use super::values::narrow;
use phonenumber::{Mode, country};
use shuke_kernel::{Error, Result};

/// Reads a phone number, mobile or landline, to E.164 (`+8613800138000`). A number without its country's
/// code is one of mainland China; write others with `+`.
///
/// Errors: `phone_malformed`; `phone_shortened` where a spreadsheet program has cut its digits;
/// `phone_several` where the cell holds more than one.
pub fn parse(text: &str) -> Result<String> {
    let text = narrow(text);
    let text = text.trim().trim_start_matches('\'');
    if is_shortened(text) {
        let detail = format!("{text:?} is a number that a spreadsheet program has shortened; format its column as text and export again");
        return Err(Error::invalid("phone_shortened", detail));
    }
    if text.contains(['/', ';', ',', '、', '|']) {
        return Err(Error::invalid("phone_several", format!("{text:?} holds more than one number; keep one")));
    }
    let text = text.strip_suffix(".0").unwrap_or(text);
    if let Some(mobile) = mainland_mobile(text) {
        return Ok(mobile);
    }
    let malformed =
        || Error::invalid("phone_malformed", format!("{text:?} is no phone number; write it like 13800138000 or +852 5123 4567"));
    let international = text.strip_prefix("00").map(|rest| format!("+{rest}"));
    let number = phonenumber::parse(Some(country::Id::CN), international.as_deref().unwrap_or(text)).map_err(|_| malformed())?;
    if !phonenumber::is_valid(&number) {
        return Err(malformed());
    }
    Ok(number.format().mode(Mode::E164).to_string())
}

/// `1.38E+10`: what is left of a number in a column that was too narrow.
fn is_shortened(text: &str) -> bool {
    text.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        digits(mantissa) && digits(exponent.trim_start_matches('+'))
    })
}

/// The common case without a look into the tables of all countries: 11 digits in the ranges that
/// mainland mobiles have, which is what those tables say of them too (a test compares).
fn mainland_mobile(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{A0}')).collect();
    let bare = digits.strip_prefix("+86").or_else(|| digits.strip_prefix("86").filter(|rest| rest.len() == 11)).unwrap_or(&digits);
    let bytes = bare.as_bytes();
    let plain = bytes.len() == 11 && bytes.iter().all(u8::is_ascii_digit);
    let common = plain && matches!((bytes[0], bytes[1], bytes[2]), (b'1', b'3' | b'8', _) | (b'1', b'5' | b'9', b'0'..=b'3' | b'5'..=b'9'));
    common.then(|| format!("+86{bare}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_phones_in_many_ways() {
        let cases = [
            ("13800138000", "+8613800138000"),
            (" 138-0013-8000 ", "+8613800138000"),
            ("+86 138 0013 8000", "+8613800138000"),
            ("８６１３８００１３８０００", "+8613800138000"),
            ("（+86）13800138000", "+8613800138000"),
            ("0086 13800138000", "+8613800138000"),
            ("'13800138000", "+8613800138000"),
            ("13800138000.0", "+8613800138000"),
            ("17612345678", "+8617612345678"),
            ("010-62345678", "+861062345678"),
            ("(021) 5234 5678", "+862152345678"),
            ("0755 86123456", "+8675586123456"),
            ("+852 5123 4567", "+85251234567"),
            ("+1 (415) 555-2671", "+14155552671"),
        ];
        for (text, wanted) in cases {
            assert_eq!(parse(text).ok().as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_phone_says_why() {
        let code = |text| parse(text).unwrap_err().code();
        for text in ["", "张三", "1380013800", "138001380001", "12345678901", "10086x", "+86", "++1", "1", "15400000000"] {
            assert_eq!(code(text), "phone_malformed", "{text}");
        }
        assert_eq!(code("1.38E+10"), "phone_shortened");
        assert_eq!(code("1.38001e10"), "phone_shortened");
        assert_eq!(code("13800138000/13900139000"), "phone_several");
        assert_eq!(code("13800138000、13900139000"), "phone_several");
    }

    #[test]
    fn the_short_way_says_what_the_tables_say() {
        for range in 130..200 {
            let text = format!("{range}12345678");
            if mainland_mobile(&text).is_some() {
                let number = phonenumber::parse(Some(country::Id::CN), &text).unwrap();
                assert!(phonenumber::is_valid(&number), "{text}");
            }
        }
    }
}

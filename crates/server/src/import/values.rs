//! Cells to values: amounts, whole numbers, yes and no, gender, lists. Dates are in [`super::dates`],
//! phones in [`super::phone`].
//!
//! Each function refuses what it does not know, and guesses nothing.

use shuke_kernel::{Currency, Error, Money, Result};

/// What a member's gender cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// 女
    Female,
    /// 男
    Male,
    /// 其他
    Other,
}

/// Whether a cell holds nothing: empty, or one of the words that databases write for nothing.
pub fn is_blank(text: &str) -> bool {
    matches!(text.trim(), "" | "-" | "--" | "—" | "NULL" | "null" | "\\N" | "None" | "nan" | "NaN" | "N/A" | "#N/A" | "无")
}

/// Reads a cell that may hold nothing.
pub fn optional<T>(text: &str, read: impl FnOnce(&str) -> Result<T>) -> Result<Option<T>> {
    if is_blank(text) { Ok(None) } else { read(text).map(Some) }
}

/// Full-width letters, digits, signs and spaces as the plain ones they stand for.
pub fn narrow(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{A0}' => ' ',
        _ => c,
    };
    text.chars().map(plain).collect()
}

/// Reads an amount of money; true where it had more decimals than the currency and was rounded.
/// Besides what [`Currency::parse_amount`] knows: `12.50元`, `(12.50)` for a negative one, spaces.
///
/// Errors: `amount_malformed`, `amount_too_large`.
pub fn money(text: &str, currency: &Currency) -> Result<(Money, bool)> {
    let cleaned: String = narrow(text).chars().filter(|c| !c.is_whitespace()).collect();
    let cleaned = cleaned.strip_suffix('元').or_else(|| cleaned.strip_suffix('圆')).unwrap_or(&cleaned);
    match cleaned.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) if !inner.contains('-') => currency.parse_amount(&format!("-{inner}")),
        _ => currency.parse_amount(cleaned),
    }
}

/// Reads a whole number: `12`, `-3`, `1,234`, and `12.00`, which a spreadsheet program writes for 12.
///
/// Errors: `integer_malformed`.
pub fn integer(text: &str) -> Result<i64> {
    let malformed = || Error::invalid("integer_malformed", format!("{text:?} is no whole number; write it like 12"));
    let cleaned: String = narrow(text).chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
    let (whole, fraction) = cleaned.split_once('.').unwrap_or((&cleaned, "0"));
    if whole.is_empty() || fraction.is_empty() || !fraction.bytes().all(|b| b == b'0') {
        return Err(malformed());
    }
    whole.parse().map_err(|_| malformed())
}

/// Reads yes or no. Errors: `yes_no_malformed`.
pub fn yes_no(text: &str) -> Result<bool> {
    match narrow(text).trim().to_lowercase().as_str() {
        "是" | "有" | "对" | "启用" | "yes" | "y" | "true" | "t" | "1" | "on" | "√" | "✓" => Ok(true),
        "否" | "无" | "不" | "没有" | "停用" | "no" | "n" | "false" | "f" | "0" | "off" | "×" | "✗" => Ok(false),
        _ => Err(Error::invalid("yes_no_malformed", format!("{text:?} is neither yes nor no; write 是 or 否"))),
    }
}

/// Reads a gender; nothing where the cell says that it is unknown. Errors: `gender_malformed`.
pub fn gender(text: &str) -> Result<Option<Gender>> {
    match narrow(text).trim().to_lowercase().as_str() {
        "女" | "女性" | "女士" | "小姐" | "f" | "female" | "woman" | "w" => Ok(Some(Gender::Female)),
        "男" | "男性" | "先生" | "m" | "male" | "man" => Ok(Some(Gender::Male)),
        "其他" | "other" => Ok(Some(Gender::Other)),
        "未知" | "保密" | "不详" | "未填写" | "unknown" | "u" => Ok(None),
        blank if is_blank(blank) => Ok(None),
        _ => Err(Error::invalid("gender_malformed", format!("{text:?} is no gender; write 女, 男 or 未知"))),
    }
}

/// Cuts a cell with several names, such as tags, into them; no name twice.
pub fn list(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split([',', ';', '|', '、', '，', '；', '\n']).map(str::trim) {
        if !is_blank(name) && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_every_dress() {
        let read = |text| money(text, &Currency::CNY).ok();
        assert_eq!(read("￥１，２３４．５０ 元"), Some((Money(123_450), false)));
        assert_eq!(read("(12.50)"), Some((Money(-1_250), false)));
        assert_eq!(read("0.001"), Some((Money(0), true)));
        assert_eq!(read("-11062.06"), Some((Money(-1_106_206), false)));
        assert_eq!(read("12.5.0"), None);
        assert_eq!(read("1E3"), None);
        assert_eq!(read("99999999999999999999"), None);
        assert_eq!(read("元"), None);
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(integer("1,234").ok(), Some(1_234));
        assert_eq!(integer("-80995").ok(), Some(-80_995));
        assert_eq!(integer("６.00").ok(), Some(6));
        for bad in ["", "1.5", "1.", ".0", "a", "9223372036854775808", "1e3"] {
            assert_eq!(integer(bad).unwrap_err().code(), "integer_malformed", "{bad}");
        }
    }

    #[test]
    fn words() {
        assert_eq!(gender("女").ok(), Some(Some(Gender::Female)));
        assert_eq!(gender(" M ").ok(), Some(Some(Gender::Male)));
        assert_eq!(gender("保密").ok(), Some(None));
        assert_eq!(gender("其他").ok(), Some(Some(Gender::Other)));
        assert_eq!(gender("x").unwrap_err().code(), "gender_malformed");
        assert_eq!((yes_no("是").ok(), yes_no("FALSE").ok(), yes_no("?").ok()), (Some(true), Some(false), None));
        assert_eq!(list("A、B，A;  ;-"), ["A", "B"]);
        assert_eq!(optional("NULL", integer).ok(), Some(None));
        assert_eq!(optional("7", integer).ok(), Some(Some(7)));
    }
}

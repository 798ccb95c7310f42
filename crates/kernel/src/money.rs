//! Money, points and rates: 64-bit integers, checked arithmetic, one rounding rule.
//!
//! Half rounds away from zero wherever a rate is applied. A sum that leaves 64 bits is an error
//! (`amount_too_large`), never a wrap.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An amount in minor units of the merchant's currency: 分 for CNY, cents, yen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64, example = 12900)]
pub struct Money(pub i64);

/// A number of points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64, example = 129)]
pub struct Points(pub i64);

/// A rate in basis points: 10,000 is the whole, 9,000 is 9折.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64, example = 9000)]
pub struct Rate(pub i64);

fn too_large() -> Error {
    Error::invalid("amount_too_large", "the amount is larger than the system can hold")
}

/// `a × b ÷ c`, half away from zero, computed in 128 bits.
///
/// Errors: `amount_too_large` where the result leaves 64 bits or `c` is zero.
pub fn mul_div(a: i64, b: i64, c: i64) -> Result<i64> {
    if c == 0 {
        return Err(too_large());
    }
    let product = i128::from(a) * i128::from(b);
    let divisor = i128::from(c);
    let (product, divisor) = if divisor < 0 { (-product, -divisor) } else { (product, divisor) };
    let half = divisor / 2;
    let odd = divisor % 2;
    let magnitude = product.unsigned_abs();
    let divisor_u = divisor.unsigned_abs();
    let quotient = magnitude / divisor_u;
    let remainder = magnitude % divisor_u;
    let up = remainder > half.unsigned_abs() || (odd == 0 && remainder == half.unsigned_abs());
    let rounded = quotient + u128::from(up);
    let signed = i128::try_from(rounded).map_err(|_| too_large())? * if product < 0 { -1 } else { 1 };
    i64::try_from(signed).map_err(|_| too_large())
}

macro_rules! amount {
    ($name:ident) => {
        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// The sum, or `amount_too_large`.
            pub fn plus(self, other: Self) -> Result<Self> {
                self.0.checked_add(other.0).map(Self).ok_or_else(too_large)
            }
            /// The difference, or `amount_too_large`.
            pub fn minus(self, other: Self) -> Result<Self> {
                self.0.checked_sub(other.0).map(Self).ok_or_else(too_large)
            }
            /// This many times the amount, or `amount_too_large`.
            pub fn times(self, count: i64) -> Result<Self> {
                self.0.checked_mul(count).map(Self).ok_or_else(too_large)
            }
            /// `self × numerator ÷ denominator`, half away from zero.
            pub fn scale(self, numerator: i64, denominator: i64) -> Result<Self> {
                mul_div(self.0, numerator, denominator).map(Self)
            }
            /// The sum of many, or `amount_too_large`.
            pub fn sum<I: IntoIterator<Item = Self>>(items: I) -> Result<Self> {
                items.into_iter().try_fold(Self::ZERO, Self::plus)
            }
            /// Whether the amount is above zero.
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }
            /// Whether the amount is below zero.
            pub const fn is_negative(self) -> bool {
                self.0 < 0
            }
            /// Whether there is nothing.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }
        impl std::ops::Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(self.0.saturating_neg())
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
amount!(Money);
amount!(Points);

impl Rate {
    /// The whole: 10,000 basis points.
    pub const WHOLE: Self = Self(10_000);

    /// The share of an amount that this rate stands for, half away from zero.
    pub fn of(self, amount: Money) -> Result<Money> {
        amount.scale(self.0, Self::WHOLE.0)
    }
    /// What is left to the whole: 9折 (9,000) leaves 1,000.
    pub const fn complement(self) -> Self {
        Self(Self::WHOLE.0 - self.0)
    }
}

/// `1234567` as `1,234,567`.
pub fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A currency: its ISO 4217 code and how many decimals its amounts are written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency {
    code: [u8; 3],
    decimals: u8,
}

/// Code, decimals, and what stands before an amount.
const CURRENCIES: &[(&str, u8, &str)] = &[
    ("CNY", 2, "¥"),
    ("HKD", 2, "HK$"),
    ("MOP", 2, "MOP$"),
    ("TWD", 2, "NT$"),
    ("USD", 2, "$"),
    ("EUR", 2, "€"),
    ("GBP", 2, "£"),
    ("SGD", 2, "S$"),
    ("MYR", 2, "RM"),
    ("THB", 2, "฿"),
    ("AUD", 2, "A$"),
    ("CAD", 2, "CA$"),
    ("CHF", 2, "CHF "),
    ("JPY", 0, "¥"),
    ("KRW", 0, "₩"),
    ("VND", 0, "₫"),
    ("KWD", 3, "KWD "),
    ("BHD", 3, "BHD "),
    ("OMR", 3, "OMR "),
];

impl Currency {
    /// 人民币, the default.
    pub const CNY: Self = Self { code: *b"CNY", decimals: 2 };

    /// The currency with this ISO code, or `currency_unknown`.
    pub fn parse(code: &str) -> Result<Self> {
        let known = CURRENCIES.iter().find(|(name, ..)| *name == code);
        match (known, <[u8; 3]>::try_from(code.as_bytes())) {
            (Some((_, decimals, _)), Ok(code)) => Ok(Self { code, decimals: *decimals }),
            _ => Err(Error::invalid("currency_unknown", format!("{code} is not a currency that Shuke knows; use an ISO code such as CNY"))),
        }
    }
    /// The ISO code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("CNY")
    }
    /// How many decimals an amount is written with.
    pub const fn decimals(&self) -> u8 {
        self.decimals
    }
    /// Minor units in one major unit.
    pub const fn minor_per_major(&self) -> i64 {
        10_i64.pow(self.decimals as u32)
    }
    /// `12345` as `123.45`.
    pub fn format(&self, amount: Money) -> String {
        let scale = self.minor_per_major().unsigned_abs();
        let (major, minor) = (amount.0.unsigned_abs() / scale, amount.0.unsigned_abs() % scale);
        let sign = if amount.0 < 0 { "-" } else { "" };
        match self.decimals {
            0 => format!("{sign}{major}"),
            decimals => format!("{sign}{major}.{minor:0width$}", width = decimals as usize),
        }
    }
    /// `1234567` as `¥12,345.67`, for people to read.
    pub fn show(&self, amount: Money) -> String {
        let sign = CURRENCIES.iter().find(|(code, ..)| *code == self.code()).map_or("", |(_, _, sign)| *sign);
        let plain = self.format(amount);
        let (minus, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
        let (major, minor) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        format!("{minus}{sign}{}{minor}", grouped(major))
    }
    /// Reads a decimal number of major units exactly (`12.5`, `-3`, `1,234.50`); more decimals than
    /// the currency has are rounded half away from zero and reported by the second value.
    pub fn parse_amount(&self, text: &str) -> Result<(Money, bool)> {
        let malformed = || Error::invalid("amount_malformed", format!("{text:?} is not an amount; write it like 12.50"));
        let cleaned: String = text.trim().chars().filter(|c| *c != ',' && *c != '，').collect();
        let cleaned = cleaned.trim_start_matches(['¥', '￥', '$', '£', '€']);
        let (negative, digits) = match cleaned.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, cleaned.strip_prefix('+').unwrap_or(cleaned)),
        };
        let digits = digits.trim_start_matches(['¥', '￥', '$', '£', '€']);
        let (major, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (major.is_empty() && fraction.is_empty()) || !all_digits(major) || !all_digits(fraction) {
            return Err(malformed());
        }
        let kept = fraction.len().min(self.decimals as usize);
        let mut number = format!("{major}{}", &fraction[..kept]);
        number.extend(std::iter::repeat_n('0', self.decimals as usize - kept));
        let mut value: i64 = if number.is_empty() { 0 } else { number.parse().map_err(|_| too_large())? };
        let dropped = &fraction[kept..];
        if dropped.bytes().next().is_some_and(|b| b >= b'5') {
            value = value.checked_add(1).ok_or_else(too_large)?;
        }
        let rounded = dropped.bytes().any(|b| b != b'0');
        Ok((Money(if negative { -value } else { value }), rounded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_rounds_away_from_zero() {
        assert_eq!(mul_div(5, 1, 2).ok(), Some(3));
        assert_eq!(mul_div(-5, 1, 2).ok(), Some(-3));
        assert_eq!(mul_div(5, 1, -2).ok(), Some(-3));
        assert_eq!(mul_div(4, 1, 3).ok(), Some(1));
        assert_eq!(mul_div(5, 1, 3).ok(), Some(2));
        assert!(mul_div(i64::MAX, 2, 1).is_err());
        assert_eq!(mul_div(i64::MAX, 10_000, 10_000).ok(), Some(i64::MAX));
    }

    #[test]
    fn amounts_are_read_exactly() {
        let read = |text| Currency::CNY.parse_amount(text).ok();
        assert_eq!(read("12.5"), Some((Money(1250), false)));
        assert_eq!(read("-0.005"), Some((Money(-1), true)));
        assert_eq!(read("¥1,234.50"), Some((Money(123_450), false)));
        assert_eq!(read("2.510"), Some((Money(251), false)));
        assert_eq!(read(""), None);
        assert_eq!(read("1e3"), None);
        let yen = Currency::parse("JPY").ok();
        assert_eq!(yen.and_then(|c| c.parse_amount("99.5").ok()), Some((Money(100), true)));
        assert_eq!(Currency::CNY.format(Money(-5)), "-0.05");
    }

    #[test]
    fn amounts_are_shown_with_their_sign() {
        let show = |code, minor| Currency::parse(code).unwrap().show(Money(minor));
        assert_eq!(show("CNY", 123_456_789), "¥1,234,567.89");
        assert_eq!(show("CNY", -99_999), "-¥999.99");
        assert_eq!(show("CNY", 100_000), "¥1,000.00");
        assert_eq!(show("JPY", 1_234), "¥1,234");
        assert_eq!(show("KWD", i64::MIN), "-KWD 9,223,372,036,854,775.808");
    }
}

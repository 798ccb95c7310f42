//! Decimal numbers, read and multiplied exactly: prices with more decimals than the currency has,
//! quantities in pieces and parts of them.

use super::values::narrow;
use shuke_kernel::{Currency, Error, Money, Result};

/// Most digits behind the point.
const DECIMALS_MAX: usize = 9;
/// Most digits at all: 10²⁷ times a quantity of 10¹² stays within 128 bits.
const DIGITS_MAX: usize = 24;

/// A decimal number: `mantissa` ÷ 10^`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// Signs of currencies, of both widths.
const SIGNS: [char; 5] = ['¥', '￥', '$', '£', '€'];

impl Decimal {
    /// Reads `12.5`, `-3`, `1,234.505`, `￥12.50`, `12.50元`, `(12.50)` for a negative one.
    ///
    /// Errors: `number_malformed`.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || Error::invalid("number_malformed", format!("{text:?} is no number; write it like 12.50"));
        let cleaned: String = narrow(text).chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
        let cleaned = cleaned.trim_end_matches(['元', '圆']);
        let (brackets, cleaned) = match cleaned.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) => (true, inner),
            None => (false, cleaned),
        };
        let unsigned = cleaned.trim_start_matches(SIGNS);
        let (minus, unsigned) = match unsigned.strip_prefix('-') {
            Some(rest) => (true, rest.trim_start_matches(SIGNS)),
            None => (false, unsigned.strip_prefix('+').unwrap_or(unsigned)),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let sound = !(whole.is_empty() && fraction.is_empty()) && digits(whole) && digits(fraction) && !(brackets && minus);
        let fraction = fraction.trim_end_matches('0');
        if !sound || fraction.len() > DECIMALS_MAX || whole.len() + fraction.len() > DIGITS_MAX {
            return Err(malformed());
        }
        let magnitude = format!("0{whole}{fraction}").parse::<i128>().map_err(|_| malformed())?;
        let mantissa = if brackets || minus { -magnitude } else { magnitude };
        Ok(Self { mantissa, scale: u32::try_from(fraction.len()).unwrap_or(0) })
    }

    /// The same without its sign.
    pub const fn abs(self) -> Self {
        Self { mantissa: self.mantissa.abs(), scale: self.scale }
    }
    /// -1, 0 or 1.
    pub const fn sign(self) -> i128 {
        self.mantissa.signum()
    }

    /// Thousandths, where the number has no finer part. Errors: `quantity_too_fine`, `number_malformed`.
    pub fn thousandths(self) -> Result<i64> {
        if self.scale > 3 {
            return Err(Error::invalid("quantity_too_fine", "a quantity has at most three decimals"));
        }
        i64::try_from(self.mantissa * 10_i128.pow(3 - self.scale)).map_err(|_| too_large())
    }

    /// As an amount of major units: half away from zero to the minor unit.
    pub fn money(self, currency: &Currency) -> Result<Money> {
        self.times(1_000, currency)
    }

    /// `quantity_milli` thousandths of a piece at this price: exact, then half away from zero to the minor unit.
    pub fn times(self, quantity_milli: i64, currency: &Currency) -> Result<Money> {
        let scaled = i128::from(quantity_milli) * i128::from(currency.minor_per_major());
        let exact = self.mantissa.checked_mul(scaled).ok_or_else(too_large)?;
        round(exact, 1_000 * 10_i128.pow(self.scale))
    }

    /// This amount for so many thousandths of a piece, for one piece: half away from zero.
    pub fn for_one(self, quantity_milli: i64, currency: &Currency) -> Result<Money> {
        let scaled = 1_000 * i128::from(currency.minor_per_major());
        let exact = self.mantissa.checked_mul(scaled).ok_or_else(too_large)?;
        let whole = 10_i128.pow(self.scale).checked_mul(i128::from(quantity_milli.max(1))).ok_or_else(too_large)?;
        round(exact, whole)
    }
}

fn too_large() -> Error {
    Error::invalid("amount_too_large", "the amount is larger than the system can hold")
}

fn round(exact: i128, divisor: i128) -> Result<Money> {
    let (quotient, rest) = (exact / divisor, exact % divisor);
    let up = if rest.abs() * 2 >= divisor { exact.signum() } else { 0 };
    i64::try_from(quotient + up).map(Money).map_err(|_| too_large())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn a_price_with_more_decimals_is_multiplied_before_it_is_rounded() {
        let gbp = Currency::parse("GBP").unwrap();
        assert_eq!(of("0.001").times(1_000_000, &gbp).ok(), Some(Money(100)));
        assert_eq!(of("0.125").times(1_000, &gbp).ok(), Some(Money(13)));
        assert_eq!(of("-0.125").times(1_000, &gbp).ok(), Some(Money(-13)));
        assert_eq!(of("2.55").times(6_000, &gbp).ok(), Some(Money(1_530)));
        assert_eq!(of("11062.06").money(&gbp).ok(), Some(Money(1_106_206)));
        assert_eq!(of("10").for_one(3_000, &gbp).ok(), Some(Money(333)));
        assert_eq!(of("99.5").money(&Currency::parse("JPY").unwrap()).ok(), Some(Money(100)));
    }

    #[test]
    fn numbers_in_every_dress() {
        for (text, mantissa, scale) in [
            ("1,234.50", 12345, 1),
            ("￥ 12.5 元", 125, 1),
            ("(3)", -3, 0),
            ("-£0.04", -4, 2),
            ("+7", 7, 0),
            (".5", 5, 1),
            ("80995.00", 80995, 0),
        ] {
            assert_eq!(of(text), Decimal { mantissa, scale }, "{text}");
        }
        for text in ["", ".", "-", "1e3", "1.2.3", "12a", "(-3)", "0.1234567891", "1234567890123456789012345"] {
            assert_eq!(Decimal::parse(text).unwrap_err().code(), "number_malformed", "{text}");
        }
    }

    #[test]
    fn quantities_are_thousandths() {
        assert_eq!(of("1.25").thousandths().ok(), Some(1_250));
        assert_eq!(of("-80995").thousandths().ok(), Some(-80_995_000));
        assert_eq!(of("0.0005").thousandths().unwrap_err().code(), "quantity_too_fine");
        assert_eq!(of("99999999999999999999").thousandths().unwrap_err().code(), "amount_too_large");
    }
}

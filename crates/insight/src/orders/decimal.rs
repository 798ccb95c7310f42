//! Numbers as files write them, exact: no floating point between a cell and its minor units.

/// A number: mantissa ÷ 10^scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// All digits, with the sign.
    pub mantissa: i64,
    /// Digits behind the point, at most 9.
    pub scale: u32,
}

const POWERS: [i128; 28] = {
    let mut powers = [1_i128; 28];
    let mut i = 1;
    while i < 28 {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

impl Decimal {
    /// One.
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// Reads `12.5`, `-3`, `1,234.50`, `¥12.50`, `12.50元`, `(3.20)` for a negative one, `1.5E3`. None where it is no number.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        plain(bytes).or_else(|| dressed(&super::names::decode(bytes)))
    }

    /// The same of a binary fraction, by its shortest decimal form.
    pub fn of_float(value: f64) -> Option<Self> {
        if !value.is_finite() || value.abs() >= 1e15 {
            return None;
        }
        let nine = format!("{value:.9}");
        let short = format!("{value}");
        dressed(if short.len() <= nine.len() { &short } else { &nine })
    }

    /// The product in units of 10^-decimals, half away from zero; none where it leaves 64 bits.
    pub fn times(self, other: Self, decimals: u32) -> Option<i64> {
        let exact = i128::from(self.mantissa) * i128::from(other.mantissa);
        let scale = self.scale + other.scale;
        let value = if scale <= decimals {
            exact.checked_mul(POWERS[(decimals - scale) as usize])?
        } else {
            let divisor = POWERS[(scale - decimals) as usize];
            let (quotient, rest) = (exact / divisor, exact % divisor);
            quotient + if rest.abs() * 2 >= divisor { exact.signum() } else { 0 }
        };
        i64::try_from(value).ok()
    }

    /// In units of 10^-decimals, half away from zero.
    pub fn units(self, decimals: u32) -> Option<i64> {
        self.times(Self::ONE, decimals)
    }
}

/// Digits with at most one point and a sign.
fn plain(bytes: &[u8]) -> Option<Decimal> {
    let (negative, digits) = match bytes.first()? {
        b'-' => (true, &bytes[1..]),
        b'+' => (false, &bytes[1..]),
        _ => (false, bytes),
    };
    let (mut mantissa, mut scale, mut point, mut any) = (0_i64, 0, false, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                any = true;
                // What is finer than a billionth is left off.
                if point && scale == 9 {
                    continue;
                }
                mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
                scale += u32::from(point);
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    any.then_some(Decimal { mantissa: if negative { -mantissa } else { mantissa }, scale })
}

/// Everything else: signs of currencies, separators, brackets, full-width digits, powers of ten.
fn dressed(text: &str) -> Option<Decimal> {
    let mut kept = String::with_capacity(text.len());
    for c in text.trim().chars() {
        let c = match c {
            '０'..='９' => char::from(b'0' + u8::try_from(u32::from(c) - u32::from('０')).ok()?),
            '．' => '.',
            '－' | '−' => '-',
            '（' => '(',
            '）' => ')',
            other => other,
        };
        match c {
            ',' | '，' | '¥' | '￥' | '$' | '£' | '€' | '元' | '圆' | '\u{a0}' | ' ' | '\'' => {}
            other => kept.push(other),
        }
    }
    if let Some(inner) = kept.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let inside = plain(inner.as_bytes()).filter(|inside| inside.mantissa >= 0)?;
        return Some(Decimal { mantissa: -inside.mantissa, ..inside });
    }
    if let Some((number, power)) = kept.split_once(['e', 'E']) {
        let (number, power) = (plain(number.as_bytes())?, power.parse::<i32>().ok().filter(|power| power.abs() <= 15)?);
        let scale = i32::try_from(number.scale).ok()? - power;
        return match u32::try_from(scale) {
            Ok(scale) if scale <= 9 => Some(Decimal { scale, ..number }),
            Ok(scale) => {
                Some(Decimal { mantissa: i64::try_from(i128::from(number.mantissa) / POWERS.get(scale as usize - 9)?).ok()?, scale: 9 })
            }
            Err(_) => Some(Decimal {
                mantissa: i64::try_from(i128::from(number.mantissa) * POWERS.get(scale.unsigned_abs() as usize)?).ok()?,
                scale: 0,
            }),
        };
    }
    plain(kept.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn units(text: &str) -> Option<i64> {
        Decimal::parse(text.as_bytes()).and_then(|decimal| decimal.units(2))
    }

    #[test]
    fn numbers_in_every_dress() {
        for (text, wanted) in [
            ("12.5", 1_250),
            ("-3", -300),
            ("1,234.505", 123_451),
            ("￥ 12.50元", 1_250),
            ("(3.20)", -320),
            ("１２．５", 1_250),
            ("1.5E3", 150_000),
            ("2.5e-1", 25),
            (".5", 50),
            ("+7", 700),
            ("0.00000000049", 0),
        ] {
            assert_eq!(units(text), Some(wanted), "{text}");
        }
        for text in ["", "-", ".", "abc", "1.2.3", "--1", "(-3)", "NaN", "99999999999999999999", "1e99"] {
            assert_eq!(units(text), None, "{text}");
        }
    }

    #[test]
    fn half_goes_away_from_zero_once() {
        let of = |text: &str| Decimal::parse(text.as_bytes()).unwrap();
        assert_eq!(of("0.125").times(of("1"), 2), Some(13));
        assert_eq!(of("-1").times(of("0.125"), 2), Some(-13));
        assert_eq!(of("1000").times(of("0.001"), 2), Some(100));
        assert_eq!(Decimal::of_float(2.675).and_then(|d| d.units(2)), Some(268));
        assert_eq!(Decimal::of_float(0.1 + 0.2).and_then(|d| d.units(2)), Some(30));
        assert_eq!(Decimal::of_float(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = Decimal::parse(&bytes).map(|decimal| decimal.times(decimal, 3));
        }

        #[test]
        fn what_is_written_is_read(minor in -1_000_000_000_000_i64..1_000_000_000_000) {
            let text = format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.abs() / 100, minor.abs() % 100);
            prop_assert_eq!(units(&text), Some(minor));
        }
    }
}

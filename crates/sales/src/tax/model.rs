//! Rates and rounding.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Money, Rate, Result, money, text_enum};
use shuke_org::setting::Section;
use utoipa::ToSchema;

text_enum! {
    /// Whether prices hold tax.
    pub enum TaxMode {
        /// No tax is shown.
        None = "none",
        /// 含税: prices hold it.
        Inclusive = "inclusive",
        /// 不含税: it comes on top.
        Exclusive = "exclusive",
    }
}

/// How sales are taxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TaxPolicy {
    /// Whether prices hold tax.
    pub mode: TaxMode,
    /// The rate of products that have none of their own, in basis points.
    pub rate: Rate,
}

impl Default for TaxPolicy {
    fn default() -> Self {
        Self { mode: TaxMode::None, rate: Rate(0) }
    }
}

impl Section for TaxPolicy {
    const NAME: &'static str = "tax";
    fn check(&self) -> Result<()> {
        if (0..=Rate::WHOLE.0).contains(&self.rate.0) {
            return Ok(());
        }
        let error = Error::invalid("tax_policy_invalid", "the tax can't be used");
        Err(error.field("/rate", "out_of_range", "between 0 and 10,000 basis points"))
    }
}

/// The tax of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaxedLine {
    /// The rate; none where nothing is taxed.
    pub rate: Option<Rate>,
    /// The tax, in minor units.
    pub tax: Money,
    /// The part of it that is paid on top of the net: all or nothing.
    pub added: Money,
}

/// The tax of a line that comes to `net`, by the product's own rate or the policy's.
///
/// Errors: `amount_too_large`.
pub fn line(policy: &TaxPolicy, own: Option<Rate>, net: Money) -> Result<TaxedLine> {
    let rate = own.unwrap_or(policy.rate);
    Ok(match policy.mode {
        TaxMode::None => TaxedLine::default(),
        TaxMode::Inclusive => {
            let tax = Money(money::mul_div(net.0, rate.0, Rate::WHOLE.0 + rate.0)?);
            TaxedLine { rate: Some(rate), tax, added: Money::ZERO }
        }
        TaxMode::Exclusive => {
            let tax = rate.of(net)?;
            TaxedLine { rate: Some(rate), tax, added: tax }
        }
    })
}

/// What lines of one rate come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRow {
    /// The rate, in basis points.
    pub rate: Rate,
    /// Without tax, in minor units.
    pub net: Money,
    /// The tax, in minor units.
    pub tax: Money,
}

/// One row per rate, the lowest first, of lines given as rate, what was paid with tax, and tax.
///
/// Errors: `amount_too_large`.
pub fn summary(lines: impl IntoIterator<Item = (Option<Rate>, Money, Money)>) -> Result<Vec<TaxRow>> {
    let mut rows: Vec<TaxRow> = Vec::new();
    for (rate, paid, tax) in lines {
        let Some(rate) = rate else { continue };
        let net = paid.minus(tax)?;
        match rows.iter_mut().find(|row| row.rate == rate) {
            Some(row) => (row.net, row.tax) = (row.net.plus(net)?, row.tax.plus(tax)?),
            None => rows.push(TaxRow { rate, net, tax }),
        }
    }
    rows.sort_by_key(|row| row.rate);
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn policy(mode: TaxMode) -> TaxPolicy {
        TaxPolicy { mode, rate: Rate(1_300) }
    }

    #[test]
    fn prices_hold_it_or_it_comes_on_top() {
        let of = |mode, own, net| line(&policy(mode), own, Money(net)).unwrap();
        assert_eq!(of(TaxMode::None, Some(Rate(900)), 113), TaxedLine::default());
        assert_eq!(of(TaxMode::Inclusive, None, 11_300), TaxedLine { rate: Some(Rate(1_300)), tax: Money(1_300), added: Money::ZERO });
        assert_eq!(of(TaxMode::Inclusive, None, 100).tax, Money(12), "11.50 rounds away from zero");
        assert_eq!(of(TaxMode::Exclusive, Some(Rate(900)), 150), TaxedLine { rate: Some(Rate(900)), tax: Money(14), added: Money(14) });
        assert_eq!(of(TaxMode::Exclusive, Some(Rate(0)), 150).tax, Money::ZERO);
    }

    #[test]
    fn a_summary_adds_lines_of_one_rate() {
        let lines = [
            (Some(Rate(1_300)), Money(113), Money(13)),
            (Some(Rate(0)), Money(50), Money::ZERO),
            (Some(Rate(1_300)), Money(226), Money(26)),
        ];
        let rows = summary(lines.into_iter().chain([(None, Money(9), Money::ZERO)])).unwrap();
        assert_eq!(
            rows,
            [TaxRow { rate: Rate(0), net: Money(50), tax: Money::ZERO }, TaxRow { rate: Rate(1_300), net: Money(300), tax: Money(39) }]
        );
    }

    proptest! {
        #[test]
        fn what_is_within_is_never_more_than_the_price(net in 0_i64..1_000_000_000, rate in 0_i64..=10_000) {
            let within = line(&policy(TaxMode::Inclusive), Some(Rate(rate)), Money(net)).unwrap();
            prop_assert!(within.tax.0 >= 0 && within.tax.0 <= net);
            // The same price without its tax, taxed on top, comes within a unit of it again.
            let again = line(&policy(TaxMode::Exclusive), Some(Rate(rate)), Money(net - within.tax.0)).unwrap();
            prop_assert!((again.tax.0 - within.tax.0).abs() <= 1);
        }
    }
}

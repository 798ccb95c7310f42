//! Spreading an amount over parts so that the shares add up to the whole.

use crate::{Money, Result};

/// Spreads `total` over `weights` by largest remainder: every share is `total × weight ÷ Σ weights`
/// rounded towards zero, and the units left over go to the largest remainders (ties: the earlier
/// part). The shares always add up to `total`. Where all weights are zero, the first part takes all;
/// with no parts the answer is empty. Weights below zero count as zero.
pub fn spread(total: Money, weights: &[i64]) -> Result<Vec<Money>> {
    let sum: i128 = weights.iter().map(|w| i128::from((*w).max(0))).sum();
    if sum == 0 {
        let mut shares = vec![Money::ZERO; weights.len()];
        if let Some(first) = shares.first_mut() {
            *first = total;
        }
        return Ok(shares);
    }
    let sign = if total.0 < 0 { -1 } else { 1 };
    let whole = i128::from(total.0).abs();
    let mut left = whole;
    let mut parts: Vec<(usize, i128, i128)> = weights
        .iter()
        .enumerate()
        .map(|(index, weight)| {
            let product = whole * i128::from((*weight).max(0));
            left -= product / sum;
            (index, product / sum, product % sum)
        })
        .collect();
    let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
    by_remainder.sort_by(|a, b| parts[*b].2.cmp(&parts[*a].2).then(a.cmp(b)));
    for index in by_remainder {
        if left == 0 {
            break;
        }
        parts[index].1 += 1;
        left -= 1;
    }
    parts
        .into_iter()
        .map(|(_, share, _)| {
            Ok(Money(
                i64::try_from(share * sign)
                    .map_err(|_| crate::Error::invalid("amount_too_large", "the amount is larger than the system can hold"))?,
            ))
        })
        .collect()
}

/// The part of `share` that belongs to units `from..to` of `count` equal units: cumulative rounding,
/// so that taking a line back piece by piece, in any split, gives back exactly `share` in the end.
pub fn slice(share: Money, count: i64, from: i64, to: i64) -> Result<Money> {
    let at = |n: i64| crate::money::mul_div(share.0, n, count.max(1));
    Ok(Money(at(to)? - at(from)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_add_up(total in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(0_i64..1_000_000, 1..40)) {
            let shares = spread(Money(total), &weights).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(shares.iter().map(|s| s.0).sum::<i64>(), total);
            let sum: i64 = weights.iter().sum();
            for (share, weight) in shares.iter().zip(&weights) {
                let exact = i128::from(total) * i128::from(*weight);
                if sum > 0 {
                    prop_assert!((i128::from(share.0) * i128::from(sum) - exact).abs() < i128::from(sum));
                }
            }
        }

        #[test]
        fn slices_add_up(share in -1_000_000_i64..1_000_000, count in 1_i64..50, cut in 0_i64..50) {
            let cut = cut.min(count);
            let first = slice(Money(share), count, 0, cut).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let second = slice(Money(share), count, cut, count).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(first.0 + second.0, share);
        }
    }
}

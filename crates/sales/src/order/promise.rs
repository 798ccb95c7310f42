//! What a till promised while it was alone: the price of each line stands, whatever the rules say now.

use shuke_kernel::{Money, Result};
use shuke_offer::price::{LineQuote, PriceStage, Quote, Saving, SavingReason, StageShares};

/// A line as it was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromisedLine {
    /// Minor units for one piece, before everything.
    pub unit_price: Money,
    /// The line before everything.
    pub gross: Money,
    /// The line after everything.
    pub net: Money,
}

/// What was promised, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The lines, in the order of the sale.
    pub lines: Vec<PromisedLine>,
}

impl Promise {
    /// The promise as the price of a cart: what it takes off is one saving, at the first stage.
    ///
    /// Errors: `amount_too_large`.
    pub(super) fn quote(&self) -> Result<Quote> {
        let shares: Vec<Money> = self.lines.iter().map(|line| Money(line.gross.0 - line.net.0)).collect();
        let amount = Money::sum(shares.iter().copied())?;
        let line = |line: &PromisedLine| LineQuote {
            gross: line.gross,
            shares: StageShares { activity: Money(line.gross.0 - line.net.0), ..StageShares::default() },
            net: line.net,
        };
        let saving =
            Saving {
                stage: PriceStage::Activity, reason: SavingReason::Promised, source: None, name: "离线价".to_owned(), amount, shares
            };
        Ok(Quote {
            lines: self.lines.iter().map(line).collect(),
            savings: if amount.is_positive() { vec![saving] } else { Vec::new() },
            gross: Money::sum(self.lines.iter().map(|line| line.gross))?,
            total: Money::sum(self.lines.iter().map(|line| line.net))?,
            ..Quote::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_adds_up() {
        let line = |gross, net| PromisedLine { unit_price: Money(gross), gross: Money(gross), net: Money(net) };
        let quote = Promise { lines: vec![line(500, 450), line(300, 300), line(100, 0)] }.quote().unwrap();
        assert_eq!((quote.gross, quote.total, quote.savings[0].amount), (Money(900), Money(750), Money(150)));
        assert_eq!(quote.savings[0].shares, [Money(50), Money(0), Money(100)]);
        assert!(quote.lines.iter().all(|line| line.gross.0 - line.shares.total().0 == line.net.0));
        assert!(Promise { lines: vec![line(300, 300)] }.quote().unwrap().savings.is_empty());
    }
}

//! What a till sends, what may be decided offline, and what became of it.

use crate::order::{Checkout, CheckoutLine, Identity, OrderId, Payment, Prepaid, Promise, PromisedLine, Tender};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Error, Instant, Money, Result, Uuid, text_enum};
use shuke_loyalty::rule::Channel;
use shuke_member::MemberId;
use shuke_offer::price::{CouponChoice, PointsChoice};
use shuke_org::setting::Section;
use utoipa::ToSchema;

/// Sales that are sent at once.
pub const SALES_MAX: usize = 50;
const LINES_MAX: usize = 500;

/// What a till may decide without a network. Settings section `offline`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OfflinePolicy {
    /// Whether tills may sell without a network.
    pub enabled: bool,
    /// For how many hours after its snapshot a till may, 1 to 168.
    pub hours: i64,
    /// The most that one sale may come to, in minor units.
    pub sale_max: Money,
    /// The most that a member's wallet may pay of one sale, in minor units; 0 for nothing.
    pub wallet_max: Money,
    /// By how much a promised total may differ from that of the rules and still be booked at once, in minor
    /// units; above it a manager decides.
    pub difference_max: Money,
    /// How many of the store's latest buyers a till knows, 0 to 2,000.
    pub members: i64,
}

impl Default for OfflinePolicy {
    fn default() -> Self {
        Self { enabled: true, hours: 24, sale_max: Money(1_000_000), wallet_max: Money::ZERO, difference_max: Money(2_000), members: 500 }
    }
}

impl Section for OfflinePolicy {
    const NAME: &'static str = "offline";
    fn check(&self) -> Result<()> {
        let wrong = |field: &str, detail: &str| {
            Err(Error::invalid("offline_policy_invalid", "tills can't sell offline like this").field(field, "out_of_range", detail))
        };
        match self {
            Self { hours, .. } if !(1..=168).contains(hours) => wrong("/hours", "must be 1 to 168"),
            Self { members, .. } if !(0..=2_000).contains(members) => wrong("/members", "must be 0 to 2000"),
            Self { sale_max, .. } if sale_max.is_negative() => wrong("/sale_max", "must not be below 0"),
            Self { wallet_max, .. } if wallet_max.is_negative() => wrong("/wallet_max", "must not be below 0"),
            Self { difference_max, .. } if difference_max.is_negative() => wrong("/difference_max", "must not be below 0"),
            _ => Ok(()),
        }
    }
}

/// A line of a sale that was made offline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfflineLine {
    /// The variant.
    pub variant: Uuid,
    /// Thousandths of a piece: 1,000 is one piece.
    pub quantity_milli: i64,
    /// What one piece cost by the till's snapshot, before everything, in minor units.
    pub unit_price: Money,
    /// What the line cost before everything: unit price times quantity, in minor units.
    pub gross: Money,
    /// What the line cost after everything, without tax that comes on top, in minor units.
    pub net: Money,
    /// Who sold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<Uuid>,
}

/// A sale that was made offline, as it was promised to the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfflineSale {
    /// The order's id, a UUIDv7 that the till made.
    pub id: OrderId,
    /// When it was made, by the till's clock.
    pub at: Instant,
    /// The token of the snapshot by which it was made.
    pub snapshot: String,
    /// Who bought, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// What; at least one line.
    pub lines: Vec<OfflineLine>,
    /// How it was paid: money, or `wallet` within the policy.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// What the customer paid, in minor units.
    pub total: Money,
}

impl OfflineSale {
    /// Refuses what can't be a sale: a fault of the till, which keeps it.
    ///
    /// Errors: `offline_sale_malformed`.
    pub fn check(&self) -> Result<()> {
        let fault = |field: &str, detail: &str| {
            Err(Error::invalid("offline_sale_malformed", "this is no whole sale").field(field, "offline_sale_malformed", detail))
        };
        if self.lines.is_empty() || self.lines.len() > LINES_MAX {
            return fault("/lines", "1 to 500 lines");
        }
        let bad = |line: &OfflineLine| {
            line.quantity_milli <= 0
                || line.net.is_negative()
                || line.net > line.gross
                || line.unit_price.is_negative()
                || line.gross.0 > 1_000_000_000_000
        };
        if self.lines.iter().any(bad) {
            return fault("/lines", "a line has a quantity above 0, and a net of 0 up to its gross");
        }
        let paid = Money::sum(self.payments.iter().map(|payment| payment.amount))?;
        if paid != self.total || self.total.is_negative() || self.payments.iter().any(|payment| !payment.amount.is_positive()) {
            return fault("/payments", "payments above 0 that come to the total");
        }
        let asked = |payment: &Payment| payment.tender == Tender::Wallet || payment.tender.account().is_some();
        if !self.payments.iter().all(asked) {
            return fault("/payments", "cash, wechat_pay, alipay, bank_card, other or wallet");
        }
        if self.member.is_none() && self.wallet().is_positive() {
            return fault("/member", "a wallet needs its member");
        }
        Ok(())
    }

    /// What the wallet paid.
    pub fn wallet(&self) -> Money {
        Money(self.payments.iter().filter(|payment| payment.tender == Tender::Wallet).map(|payment| payment.amount.0).sum())
    }

    /// The sale as the till sells it on the network.
    pub(super) fn checkout(&self, store: Uuid, till: Uuid, payments: Option<&[Payment]>) -> Checkout {
        let line = |line: &OfflineLine| CheckoutLine {
            variant: line.variant,
            quantity_milli: line.quantity_milli,
            gift: None,
            seller: line.seller,
        };
        Checkout {
            id: self.id,
            store,
            till: Some(till),
            member: self.member,
            channel: Channel::Till,
            lines: self.lines.iter().map(line).collect(),
            coupons: CouponChoice::None,
            points: PointsChoice::None,
            points_kind: None,
            payments: payments.map_or_else(|| self.payments.clone(), <[Payment]>::to_vec),
            prepaid: Prepaid::default(),
            expected_total: Some(self.total),
            identity: Identity::default(),
        }
    }

    /// What was promised.
    pub(super) fn promise(&self) -> Promise {
        let line = |line: &OfflineLine| PromisedLine { unit_price: line.unit_price, gross: line.gross, net: line.net };
        Promise { lines: self.lines.iter().map(line).collect() }
    }
}

text_enum! {
    /// What became of a sale that was made offline.
    pub enum OfflineState {
        /// An order, as promised and as the rules say.
        Accepted = "accepted",
        /// An order as promised; something differed, and a manager should look.
        Booked = "booked",
        /// Kept, and no order yet: a manager decides.
        Waiting = "waiting",
        /// An order, and a manager has looked at what differed.
        Settled = "settled",
        /// No order: a manager has declined it.
        Declined = "declined",
    }
}

/// What was not as the till believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Conflict {
    /// A stable code, those of a checkout among them: `price_changed`, `stock_insufficient`,
    /// `wallet_insufficient`, `member_not_active`, `variant_off_sale`, `offer_budget_exhausted`; or
    /// `snapshot_over`, `sale_too_large`, `wallet_too_large`, `offline_off`, `difference_too_large`.
    #[schema(example = "price_changed")]
    pub code: String,
    /// What it is, in English.
    pub detail: String,
    /// What the rules ask for, where the price is the matter, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Money>,
}

impl Conflict {
    pub(super) fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.to_owned(), detail: detail.into(), now: None }
    }
    pub(super) fn of(error: &Error) -> Self {
        Self::new(error.code(), error.detail())
    }
    /// Whether a sale can be booked as promised all the same.
    pub(super) fn can_stand(&self) -> bool {
        const STAND: &[&str] = &[
            "price_changed",
            "stock_insufficient",
            "variant_off_sale",
            "offer_budget_exhausted",
            "offer_member_limit",
            "shift_not_open",
            "identity_needed",
            "staff_unknown",
        ];
        STAND.contains(&self.code.as_str())
    }
}

/// What became of one of the sales that were sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Received {
    /// The sale.
    pub id: OrderId,
    /// What became of it; none where it was not taken: see `refused`.
    pub state: Option<OfflineState>,
    /// What was not as the till believed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// Why it was not taken: keep it. `offline_sale_malformed` and `offline_sale_reused` are faults of the
    /// till; send it again after anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Conflict>,
}

/// A sale that was made offline, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfflineRecord {
    /// The sale as the till sent it; its id is the order's.
    pub sale: OfflineSale,
    /// The store.
    pub store: Uuid,
    /// The till.
    pub till: Uuid,
    /// What became of it.
    pub state: OfflineState,
    /// What was not as the till believed.
    pub conflicts: Vec<Conflict>,
    /// When it reached the server.
    pub received_at: Instant,
    /// By whom, such as `staff:…`.
    pub received_by: String,
    /// When a manager decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Instant>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_by: Option<String>,
    /// What they noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale() -> OfflineSale {
        let line = OfflineLine {
            variant: Uuid::from_u128(1),
            quantity_milli: 1_000,
            unit_price: Money(500),
            gross: Money(500),
            net: Money(450),
            seller: None,
        };
        let payment = Payment { tender: Tender::Cash, amount: Money(450), refunded: Money::ZERO };
        OfflineSale {
            id: OrderId(Uuid::from_u128(9)),
            at: Instant(0),
            snapshot: String::new(),
            member: None,
            lines: vec![line],
            payments: vec![payment],
            total: Money(450),
        }
    }

    #[test]
    fn a_sale_is_whole() {
        sale().check().unwrap();
        let broken: [fn(&mut OfflineSale); 7] = [
            |sale| sale.lines.clear(),
            |sale| sale.lines[0].quantity_milli = 0,
            |sale| sale.lines[0].net = Money(501),
            |sale| sale.lines[0].net = Money(-1),
            |sale| sale.total = Money(449),
            |sale| sale.payments[0].tender = Tender::Pass,
            |sale| sale.payments[0].tender = Tender::Wallet,
        ];
        for (number, change) in broken.iter().enumerate() {
            let mut sale = sale();
            change(&mut sale);
            assert_eq!(sale.check().map_err(|error| error.code()), Err("offline_sale_malformed"), "{number}");
        }
    }

    #[test]
    fn only_what_can_stand_is_booked_at_once() {
        assert!(Conflict::new("price_changed", "").can_stand());
        for code in ["wallet_insufficient", "member_not_active", "variant_not_found"] {
            assert!(!Conflict::new(code, "").can_stand());
        }
    }
}

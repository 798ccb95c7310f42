//! A shift and its report.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, Money, Result, Uuid, id, text_enum};
use shuke_ledger::AccountKind;
use shuke_ledger::journal::ShiftTurnover;
use shuke_org::setting::Section;
use utoipa::ToSchema;

id!(ShiftId, "A shift.");

text_enum! {
    /// Whether tills keep shifts.
    pub enum ShiftMode {
        /// They don't.
        Off = "off",
        /// A till may have one open; sales without one go on.
        Optional = "optional",
        /// A sale at a till needs an open one.
        Required = "required",
    }
}

/// How shifts are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShiftPolicy {
    /// Whether tills keep shifts.
    pub mode: ShiftMode,
    /// 盲点: whether cashiers count before they see what should be there.
    pub blind: bool,
}

impl Default for ShiftPolicy {
    fn default() -> Self {
        Self { mode: ShiftMode::Off, blind: true }
    }
}

impl Section for ShiftPolicy {
    const NAME: &'static str = "shift";
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

text_enum! {
    /// Whether it is still running.
    pub enum ShiftState {
        /// Running.
        Open = "open",
        /// Counted and closed.
        Closed = "closed",
    }
}

/// A shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shift {
    /// Its id.
    pub id: ShiftId,
    /// The store.
    pub store: Uuid,
    /// The till.
    pub till: Uuid,
    /// Whether it is still running.
    pub state: ShiftState,
    /// Cash in the drawer when it was opened, in minor units.
    pub opening: Money,
    /// When it was opened.
    pub opened_at: Instant,
    /// By whom.
    pub opened_by: String,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// By whom.
    pub closed_by: Option<String>,
    /// Cash that was counted; none where nobody did.
    pub counted: Option<Money>,
    /// Cash that should have been there at the end.
    pub expected: Option<Money>,
    /// Cash that was taken to the safe at the end.
    pub deposit: Money,
}

/// A shift to be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAsk {
    /// Its id, a UUIDv7 that the till makes.
    pub id: ShiftId,
    /// The till.
    pub till: Uuid,
    /// Cash in the drawer, in minor units.
    pub opening: Money,
}

/// How a shift is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseAsk {
    /// Cash that was counted; may be left out by who manages shifts, where nobody can count any more.
    #[serde(default)]
    pub counted: Option<Money>,
    /// Cash that goes to the safe; the rest stays in the drawer.
    #[serde(default)]
    pub deposit: Money,
}

text_enum! {
    /// Which way cash moved by hand.
    pub enum CashDirection {
        /// Put into the drawer from the safe.
        In = "in",
        /// Taken out to the safe, or to pay for something.
        Out = "out",
    }
}

/// Cash to be put in or taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveAsk {
    /// Its id, a UUIDv7 that the till makes.
    pub id: Uuid,
    /// Which way.
    pub direction: CashDirection,
    /// Minor units, above zero.
    pub amount: Money,
    /// What for. 1 to 200 characters.
    pub reason: String,
}

/// Cash that was put in or taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CashMove {
    /// Its id.
    pub id: Uuid,
    /// The shift.
    pub shift: ShiftId,
    /// Which way.
    pub direction: CashDirection,
    /// Minor units.
    pub amount: Money,
    /// What for.
    pub reason: String,
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: String,
}

/// What a shift moved of one tender, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenderRow {
    /// Cash, WeChat Pay, …; principal, bonus, passes and gift cards are prepaid value that was used.
    pub tender: AccountKind,
    /// Taken for sales.
    pub sales: Money,
    /// Given back.
    pub refunds: Money,
    /// Taken for prepaid value.
    pub top_ups: Money,
    /// Put in by hand less taken out.
    pub moved: Money,
    /// Everything else.
    pub other: Money,
    /// All of it together.
    pub net: Money,
}

/// What a shift took: X while it is open, Z when it is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShiftReport {
    /// The shift.
    pub shift: Shift,
    /// How many sales.
    pub sales: i64,
    /// How many refunds.
    pub refunds: i64,
    /// How many top-ups, passes and gift cards were sold.
    pub top_ups: i64,
    /// One row per tender that moved; without cash where it is still to be counted blind.
    pub tenders: Vec<TenderRow>,
    /// Cash that should be in the drawer; none where it is still to be counted blind.
    pub expected: Option<Money>,
    /// Counted less expected; none where nobody counted.
    pub difference: Option<Money>,
    /// Cash that was put in and taken out by hand, oldest first.
    pub moves: Vec<CashMove>,
}

/// The source kind of what closing a shift books.
pub(super) const CLOSING: &str = "shift";
/// The source kind of cash moved by hand.
pub(super) const MOVING: &str = "cash_move";

/// The tenders that a report shows.
const TENDERS: [AccountKind; 9] = [
    AccountKind::Cash,
    AccountKind::WechatPay,
    AccountKind::Alipay,
    AccountKind::BankCard,
    AccountKind::OtherTender,
    AccountKind::Principal,
    AccountKind::Bonus,
    AccountKind::PassValue,
    AccountKind::GiftCard,
];

/// The rows of a report, from what the shift moved; what closing it booked is left out.
///
/// Errors: `amount_too_large`.
pub(super) fn tenders(turnover: &[ShiftTurnover]) -> Result<Vec<TenderRow>> {
    let mut rows = Vec::new();
    for tender in TENDERS {
        let zero = Money::ZERO;
        let mut row = TenderRow { tender, sales: zero, refunds: zero, top_ups: zero, moved: zero, other: zero, net: zero };
        let prepaid = tender.of_member();
        for part in turnover.iter().filter(|part| part.source_kind != CLOSING && (part.debit == tender || part.credit == tender)) {
            // Prepaid value that is granted, moved or expires is not used up.
            if prepaid && part.debit != AccountKind::Revenue && part.credit != AccountKind::Revenue {
                continue;
            }
            let amount = if part.debit == tender { Money(part.amount) } else { -Money(part.amount) };
            let place = match part.source_kind.as_str() {
                "sale" => &mut row.sales,
                "refund" | "top_up_refund" | "pass_refund" | "gift_card_return" => &mut row.refunds,
                "top_up" | "pass_sale" | "gift_card_sale" => &mut row.top_ups,
                MOVING => &mut row.moved,
                _ => &mut row.other,
            };
            *place = place.plus(amount)?;
            row.net = row.net.plus(amount)?;
        }
        if row != (TenderRow { tender, sales: zero, refunds: zero, top_ups: zero, moved: zero, other: zero, net: zero }) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Cash that should be in the drawer.
///
/// Errors: `amount_too_large`.
pub(super) fn expected(opening: Money, tenders: &[TenderRow]) -> Result<Money> {
    let cash = tenders.iter().find(|row| row.tender == AccountKind::Cash).map_or(Money::ZERO, |row| row.net);
    opening.plus(cash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawer_should_hold_what_came_in_less_what_went_out() {
        let part = |source_kind: &str, debit, credit, amount| ShiftTurnover { source_kind: source_kind.to_owned(), debit, credit, amount };
        let turnover = [
            part("sale", AccountKind::Cash, AccountKind::Revenue, 1_000),
            part("sale", AccountKind::Principal, AccountKind::Revenue, 300),
            part("refund", AccountKind::Revenue, AccountKind::Cash, 200),
            part("top_up", AccountKind::Cash, AccountKind::Principal, 5_000),
            part("top_up", AccountKind::BonusIssued, AccountKind::Bonus, 500),
            part(MOVING, AccountKind::Safe, AccountKind::Cash, 4_000),
            part(CLOSING, AccountKind::Cash, AccountKind::CashDifference, 7),
        ];
        let rows = tenders(&turnover).unwrap();
        assert_eq!(rows.iter().map(|row| row.tender).collect::<Vec<_>>(), [AccountKind::Cash, AccountKind::Principal]);
        let cash = rows[0];
        assert_eq!((cash.sales.0, cash.refunds.0, cash.top_ups.0, cash.moved.0, cash.net.0), (1_000, -200, 5_000, -4_000, 1_800));
        assert_eq!(rows[1].net.0, 300, "what a top-up grants is not used");
        assert_eq!(expected(Money(50), &rows).unwrap(), Money(1_850));
    }
}

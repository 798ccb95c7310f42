//! A statement between two stores.

use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Instant, Money, Result, Uuid, id, text_enum};
use shuke_ledger::follow::Posted;
use shuke_ledger::{AccountKind, LotId};
use shuke_org::setting::Section;
use utoipa::ToSchema;

id!(SettlementId, "A settlement between two stores.");

/// What is settled between stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SettlementPolicy {
    /// Whether a store is paid for bonus (赠送金) that another gave and that was spent with it.
    pub bonus: bool,
}

impl Section for SettlementPolicy {
    const NAME: &'static str = "settlement";
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

text_enum! {
    /// Where a settlement is in its life.
    pub enum SettlementState {
        /// Made; both stores are to confirm it.
        Made = "made",
        /// Confirmed by both; to be paid.
        Confirmed = "confirmed",
        /// Paid.
        Paid = "paid",
    }
}

/// A settlement to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: SettlementId,
    /// One of the two stores.
    pub store: Uuid,
    /// The other.
    pub other_store: Uuid,
    /// The last local day that is settled; today or before.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
}

/// What was owed of one kind by one of the stores. Minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettlementLine {
    /// The store that issued it, and owes.
    pub debtor: Uuid,
    /// What was used: principal, bonus, recognised value of passes, gift cards.
    pub kind: AccountKind,
    /// Used with the other store.
    pub used: Money,
    /// Given back by it.
    pub given_back: Money,
    /// What of it is settled: used less given back, without bonus that the policy leaves out.
    pub settled: Money,
}

/// One of the two stores of a settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettlementSide {
    /// The store.
    pub store: Uuid,
    /// When somebody of it confirmed.
    pub confirmed_at: Option<Instant>,
    /// Who.
    pub confirmed_by: Option<String>,
}

/// A settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settlement {
    /// Its id.
    pub id: SettlementId,
    /// The two stores.
    pub sides: Vec<SettlementSide>,
    /// The first local day; what is older and came in late stands in it too.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last local day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// Where it is in its life.
    pub state: SettlementState,
    /// What each owes, by kind; not in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<SettlementLine>,
    /// Who pays; none where nothing is to be paid.
    pub payer: Option<Uuid>,
    /// Who is paid.
    pub payee: Option<Uuid>,
    /// How much, one debt set off against the other, in minor units.
    pub amount: Money,
    /// When it was made.
    pub made_at: Instant,
    /// By whom.
    pub made_by: String,
    /// When it was marked paid.
    pub paid_at: Option<Instant>,
    /// By whom.
    pub paid_by: Option<String>,
    /// How it was paid.
    pub reference: String,
}

impl Settlement {
    /// Whether a store is one of the two.
    pub fn is_of(&self, store: Uuid) -> bool {
        self.sides.iter().any(|side| side.store == store)
    }
}

/// Who pays whom, and how much, of two stores' debts.
///
/// Errors: `amount_too_large`.
pub fn set_off((first, second): (Uuid, Uuid), lines: &[SettlementLine]) -> Result<(Option<(Uuid, Uuid)>, Money)> {
    let owed = |by: Uuid| Money::sum(lines.iter().filter(|line| line.debtor == by).map(|line| line.settled));
    let net = owed(first)?.minus(owed(second)?)?;
    Ok(match net.0 {
        0 => (None, Money::ZERO),
        1.. => (Some((first, second)), net),
        _ => (Some((second, first)), -net),
    })
}

/// What one store owes another and no settlement holds yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettlementDue {
    /// The store that owes.
    pub debtor: Uuid,
    /// To whom.
    pub creditor: Uuid,
    /// What was used.
    pub kind: AccountKind,
    /// Used, in minor units.
    pub used: Money,
    /// Given back.
    pub given_back: Money,
    /// What of it is to be settled.
    pub settled: Money,
    /// The oldest local day of it.
    #[schema(value_type = String, format = Date)]
    pub since: Date,
}

/// One entry of a settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettlementEntry {
    /// The cause: an order, a refund, a visit.
    pub source: Uuid,
    /// Which line of its journal.
    pub line: i64,
    /// What it was: `sale`, `refund`, `pass_visit`.
    pub source_kind: String,
    /// The lot.
    pub lot: LotId,
    /// What it holds.
    pub kind: AccountKind,
    /// The store that issued it, and owes.
    pub debtor: Uuid,
    /// The store where it was used.
    pub creditor: Uuid,
    /// Minor units: above zero used, below zero given back.
    pub amount: Money,
    /// What of it is settled.
    pub settled: Money,
    /// The local day where it was used.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// When.
    pub at: Instant,
}

/// An entry as it is kept: with what it counts for when it comes back.
#[derive(Clone, Debug)]
pub(super) struct NewEntry {
    pub(super) entry: SettlementEntry,
    pub(super) origin: Uuid,
}

/// Whether an entry of the ledger is a service for prepaid value, or its undoing.
pub(super) fn is_service(posted: &Posted) -> bool {
    let served = |kind| matches!(kind, AccountKind::Revenue | AccountKind::PrepaidSold);
    let (debit, credit) = (posted.debit.kind, posted.credit.kind);
    (debit.is_prepaid() && served(credit)) || (served(debit) && credit.is_prepaid())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_ledger::Account;

    fn line(debtor: u128, settled: i64) -> SettlementLine {
        let zero = Money::ZERO;
        SettlementLine {
            debtor: Uuid::from_u128(debtor),
            kind: AccountKind::Principal,
            used: zero,
            given_back: zero,
            settled: Money(settled),
        }
    }

    #[test]
    fn the_smaller_debt_is_set_off() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(set_off((a, b), &[line(1, 700), line(2, 200), line(1, 50)]).unwrap(), (Some((a, b)), Money(550)));
        assert_eq!(set_off((a, b), &[line(2, 300)]).unwrap(), (Some((b, a)), Money(300)));
        assert_eq!(set_off((a, b), &[line(1, -300)]).unwrap(), (Some((b, a)), Money(300)), "more came back than was used");
        assert_eq!(set_off((a, b), &[line(1, 5), line(2, 5)]).unwrap(), (None, Money::ZERO));
    }

    #[test]
    fn a_service_is_what_becomes_revenue_or_other_prepaid_value() {
        let posted = |debit, credit| Posted {
            source_kind: "sale".to_owned(),
            source_id: Uuid::nil(),
            source_line: 0,
            at: Instant(0),
            amount: 1,
            debit: Account::merchant(debit),
            credit: Account::merchant(credit),
            store: None,
        };
        assert!(is_service(&posted(AccountKind::Principal, AccountKind::Revenue)));
        assert!(is_service(&posted(AccountKind::Revenue, AccountKind::GiftCard)));
        assert!(is_service(&posted(AccountKind::Bonus, AccountKind::PrepaidSold)));
        for (debit, credit) in [
            (AccountKind::Cash, AccountKind::Revenue),
            (AccountKind::Cash, AccountKind::Principal),
            (AccountKind::Principal, AccountKind::Cash),
            (AccountKind::Principal, AccountKind::PrincipalExpired),
            (AccountKind::GiftCard, AccountKind::PrepaidMoved),
            (AccountKind::Points, AccountKind::PointsRedeemed),
        ] {
            assert!(!is_service(&posted(debit, credit)), "{debit:?} {credit:?}");
        }
    }
}

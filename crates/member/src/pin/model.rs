//! Rules of PINs and proofs: pure functions of vault, values and time.

use crate::code::model::same;
use crate::member::MemberId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use shuke_http::Vault;
use shuke_kernel::{Error, Instant, MerchantId, Money, Points, Result, Uuid, text_enum};
use shuke_org::setting::Section;
use utoipa::ToSchema;

/// Wrong tries within the window after which nothing is tried any more.
pub(super) const TRIES_MAX: i64 = 5;
/// How long the window is, in milliseconds.
pub(super) const WINDOW_MS: i64 = 15 * 60_000;
/// How long a proof is good, in milliseconds.
const PROOF_MS: i64 = 5 * 60_000;
const PREFIX: &str = "SKP.";

/// From which amounts on a checkout needs a proof, and when a card looks as if it was passed around. Settings
/// section `identity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IdentityPolicy {
    /// Where the wallet pays more than this, in minor units; 0 for every wallet payment, none for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_above: Option<Money>,
    /// Where more points than this are spent; 0 for every use, none for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points_above: Option<Points>,
    /// The first page names a member who bought more often than this on one day, 0 to 1,000; 0 for never.
    pub orders_day_max: i64,
    /// The first page names a member who bought in two stores within so many minutes, 0 to 1,440; 0 for never.
    pub apart_minutes: i64,
}

text_enum! {
    /// Why a card looks as if it was passed around.
    pub enum CardSign {
        /// More purchases on one day than one person makes.
        ManyOrders = "many_orders",
        /// Purchases in two stores between which nobody gets in that time.
        TwoPlaces = "two_places",
    }
}

impl Default for IdentityPolicy {
    fn default() -> Self {
        Self { wallet_above: None, points_above: None, orders_day_max: 6, apart_minutes: 20 }
    }
}

impl IdentityPolicy {
    /// What of a member's visits of one day, when and where, looks as if the card was passed around.
    pub fn signs(&self, visits: &[(Instant, Uuid)]) -> Vec<CardSign> {
        let mut visits = visits.to_vec();
        visits.sort_unstable();
        let many = self.orders_day_max > 0 && i64::try_from(visits.len()).is_ok_and(|count| count > self.orders_day_max);
        // Of any two visits to different stores that are close, two that follow each other are as close or closer.
        let apart = visits.windows(2).any(|pair| match pair {
            [(left, from), (came, to)] => from != to && came.since_ms(*left) < self.apart_minutes * 60_000,
            _ => false,
        });
        [(many, CardSign::ManyOrders), (apart, CardSign::TwoPlaces)].into_iter().filter(|(is, _)| *is).map(|(_, sign)| sign).collect()
    }
    /// Whether proofs are asked for at all.
    pub const fn asks(&self) -> bool {
        self.wallet_above.is_some() || self.points_above.is_some()
    }
    /// Ok where what is spent needs no proof, or there is one; else `identity_needed`.
    pub fn check(&self, wallet: Money, points: Points, proven: bool) -> Result<()> {
        let needed = self.wallet_above.is_some_and(|least| wallet > least) || self.points_above.is_some_and(|least| points > least);
        if proven || !needed {
            return Ok(());
        }
        Err(Error::refused(
            "identity_needed",
            "this much can't be spent without a proof; ask the member for the PIN or the code on the phone",
        )
        .field("/identity/proof", "identity_needed", "get a proof for this member and this order"))
    }
}

impl Section for IdentityPolicy {
    const NAME: &'static str = "identity";
    fn check(&self) -> Result<()> {
        let negative = [
            ("/wallet_above", self.wallet_above.is_some_and(Money::is_negative)),
            ("/points_above", self.points_above.is_some_and(Points::is_negative)),
            ("/orders_day_max", !(0..=1_000).contains(&self.orders_day_max)),
            ("/apart_minutes", !(0..=1_440).contains(&self.apart_minutes)),
        ];
        match negative.iter().find(|(_, wrong)| *wrong) {
            None => Ok(()),
            Some((place, _)) => Err(Error::invalid("identity_policy_invalid", "the identity policy can't be used").field(
                *place,
                "out_of_range",
                "must be 0 or more, at most 1,000 purchases and 1,440 minutes",
            )),
        }
    }
}

/// A PIN that may be set: 4 to 8 digits, and not one that everybody tries first.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin")
    }
}

impl Pin {
    /// Reads one.
    ///
    /// Errors: `pin_weak` where it isn't 4 to 8 digits, all digits are one, or they count up or down.
    pub fn parse(text: &str) -> Result<Self> {
        let digits = text.as_bytes();
        let fault = if !(4..=8).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
            "take 4 to 8 digits"
        } else if runs(digits, 0) || runs(digits, 1) || runs(digits, -1) {
            "everybody would try this one first; take another"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Error::invalid("pin_weak", "this PIN can't be taken").field("/pin", "pin_weak", fault))
    }
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether each digit differs from the one before by a step.
fn runs(digits: &[u8], step: i16) -> bool {
    digits.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step)
}

/// What a member gives to prove that they spend: one of `pin`, `code`, `digits`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofRequest {
    /// The order that is about to be paid; its id is made by the till.
    pub order: Uuid,
    /// Who of a group, or of those who share the card, is there; the member without it.
    #[serde(default)]
    pub used_by: Option<MemberId>,
    /// The PIN.
    #[serde(default)]
    pub pin: Option<String>,
    /// The code on the member's phone, scanned just now.
    #[serde(default)]
    pub code: Option<String>,
    /// The digits below the code, typed in.
    #[serde(default)]
    pub digits: Option<String>,
}

impl std::fmt::Debug for ProofRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProofRequest").field("order", &self.order).finish_non_exhaustive()
    }
}

/// A proof for one member and one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proof {
    /// The text to send with the checkout.
    #[schema(example = "SKP.1795313100000.Jm0V3b1XKk9aYb0nVQx2Qg")]
    pub proof: String,
    /// The first moment at which it is no longer good.
    pub expires_at: Instant,
}

/// Whether a checkout came with a good proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proven(bool);

impl Proven {
    /// It did not.
    pub const NO: Self = Self(false);
    /// Whether it did.
    pub const fn holds(self) -> bool {
        self.0
    }
}

fn signature(vault: &Vault, merchant: MerchantId, member: MemberId, order: Uuid, until: Instant) -> [u8; 16] {
    vault.sign(merchant, "identity-proof", &[member.0.as_bytes(), order.as_bytes(), &until.0.to_be_bytes()])
}

impl Proof {
    pub(super) fn make(vault: &Vault, merchant: MerchantId, member: MemberId, order: Uuid, now: Instant) -> Self {
        let expires_at = now.plus_ms(PROOF_MS);
        let mac = URL_SAFE_NO_PAD.encode(signature(vault, merchant, member, order, expires_at));
        Self { proof: format!("{PREFIX}{}.{mac}", expires_at.0), expires_at }
    }
}

impl Proven {
    /// Checks a proof for a member and an order at a moment.
    ///
    /// Errors: `proof_invalid` (refused) where it was made for another member or order, or is no
    /// longer good.
    pub fn check(vault: &Vault, merchant: MerchantId, member: MemberId, order: Uuid, text: &str, now: Instant) -> Result<Self> {
        let invalid = || {
            Error::refused(
                "proof_invalid",
                "this proof is not for this member and order, or its five minutes are over; ask the member again",
            )
            .field("/identity/proof", "proof_invalid", "get a new one")
        };
        let (until, mac) = text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('.')).ok_or_else(invalid)?;
        let until = Instant(until.parse().map_err(|_| invalid())?);
        let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| invalid())?;
        if same(&mac, &signature(vault, merchant, member, order, until)) && now < until {
            return Ok(Self(true));
        }
        Err(invalid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Random;

    const NOW: Instant = Instant(1_795_312_800_000);

    #[test]
    fn pins_that_everybody_tries_are_refused() {
        for weak in ["123", "123456789", "12a4", "0000", "777777", "1234", "234567", "8765", ""] {
            assert_eq!(Pin::parse(weak).unwrap_err().code(), "pin_weak", "{weak}");
        }
        for good in ["1357", "902417", "1223", "12345679"] {
            assert_eq!(Pin::parse(good).unwrap().as_str(), good);
        }
        assert!(!format!("{:?}", Pin::parse("902417").unwrap()).contains("902417"));
    }

    #[test]
    fn a_proof_is_for_one_member_one_order_and_five_minutes() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let (member, order) = (MemberId(Uuid::from_u128(1)), Uuid::from_u128(2));
        let made = Proof::make(&vault, MerchantId(1), member, order, NOW);
        let check = |merchant, member, order, text: &str, ms| {
            Proven::check(&vault, MerchantId(merchant), member, order, text, NOW.plus_ms(ms)).map_err(|error| error.code())
        };
        assert_eq!(check(1, member, order, &made.proof, PROOF_MS - 1), Ok(Proven(true)));
        let wrong = Err("proof_invalid");
        assert_eq!(check(1, member, order, &made.proof, PROOF_MS), wrong);
        assert_eq!(check(2, member, order, &made.proof, 0), wrong);
        assert_eq!(check(1, MemberId(order), order, &made.proof, 0), wrong);
        assert_eq!(check(1, member, member.0, &made.proof, 0), wrong);
        let later = made.proof.replace(&made.expires_at.0.to_string(), &(made.expires_at.0 + 1).to_string());
        for forged in [later.as_str(), "", "SKP.", "SKP.1.", "SKP.x.AAAA", "SKP.9999999999999.AAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(check(1, member, order, forged, 0), wrong, "{forged}");
        }
    }

    #[test]
    fn a_policy_asks_from_its_amounts_on() {
        let policy = IdentityPolicy { wallet_above: Some(Money(10_000)), points_above: Some(Points(0)), ..IdentityPolicy::default() };
        let asks = |wallet, points, proven| policy.check(Money(wallet), Points(points), proven).map_err(|error| error.code());
        assert_eq!(asks(10_000, 0, false), Ok(()));
        assert_eq!(asks(10_001, 0, false), Err("identity_needed"));
        assert_eq!(asks(0, 1, false), Err("identity_needed"));
        assert_eq!(asks(10_001, 1, true), Ok(()));
        assert_eq!(IdentityPolicy::default().check(Money(i64::MAX), Points(i64::MAX), false).map_err(|e| e.code()), Ok(()));
        assert!(!IdentityPolicy::default().asks() && policy.asks());
        let negative = IdentityPolicy { wallet_above: Some(Money(-1)), ..IdentityPolicy::default() };
        assert_eq!(Section::check(&negative).unwrap_err().code(), "identity_policy_invalid");
    }

    #[test]
    fn a_card_that_is_passed_around_shows() {
        let policy = IdentityPolicy { orders_day_max: 3, apart_minutes: 20, ..IdentityPolicy::default() };
        let [here, there] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let (at, none) = (|minute: i64, store| (Instant(minute * 60_000), store), [CardSign::ManyOrders; 0]);
        assert_eq!(policy.signs(&[at(0, here), at(1, here), at(2, here)]), none);
        assert_eq!(policy.signs(&[at(0, here), at(1, here), at(2, here), at(3, here)]), [CardSign::ManyOrders]);
        // In whatever order they are told; as far apart as is allowed is allowed.
        assert_eq!(policy.signs(&[at(40, here), at(0, here), at(20, there)]), none);
        assert_eq!(policy.signs(&[at(39, here), at(0, here), at(20, there)]), [CardSign::TwoPlaces]);
        assert_eq!(policy.signs(&[at(0, here), at(1, there), at(2, here), at(3, there)]), [CardSign::ManyOrders, CardSign::TwoPlaces]);
        let off = IdentityPolicy { orders_day_max: 0, apart_minutes: 0, ..policy };
        assert_eq!(off.signs(&[at(0, here), at(0, there), at(0, here), at(0, there)]), none);
        assert!(Section::check(&IdentityPolicy { apart_minutes: 1_441, ..policy }).is_err());
    }
}

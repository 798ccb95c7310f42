//! The code of an order that a customer scans to make it theirs: `SKR.<order>.<signature>`.
//!
//! The signature (HMAC-SHA-256 under a key of the merchant, 128 bits) is checked before the database is
//! asked. Whoever has seen the code could have paid: it is shown to the customer alone, and counts once.

use crate::order::OrderId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shuke_http::Vault;
use shuke_kernel::{Error, MerchantId, Result, Uuid};

const PREFIX: &str = "SKR.";

fn signature(vault: &Vault, merchant: MerchantId, order: OrderId) -> [u8; 16] {
    vault.sign(merchant, "receipt-code", &[order.0.as_bytes()])
}

/// The code of an order.
pub fn make(vault: &Vault, merchant: MerchantId, order: OrderId) -> String {
    format!("{PREFIX}{}.{}", order.0.simple(), URL_SAFE_NO_PAD.encode(signature(vault, merchant, order)))
}

/// The order of a code.
///
/// Errors: `receipt_code_malformed`; `receipt_code_forged` (refused).
pub fn verify(vault: &Vault, merchant: MerchantId, text: &str) -> Result<OrderId> {
    let malformed = || Error::invalid("receipt_code_malformed", "this is not a receipt's code; scan it again");
    let (order, mac) = text.trim().strip_prefix(PREFIX).and_then(|rest| rest.split_once('.')).ok_or_else(malformed)?;
    let order = OrderId(Uuid::parse_str(order).map_err(|_| malformed())?);
    let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| malformed())?;
    let right = signature(vault, merchant, order);
    // In constant time: how much of a guess is right shows nowhere.
    let differ = mac.iter().zip(&right).fold(u8::from(mac.len() != right.len()), |differ, (a, b)| differ | (a ^ b));
    if std::hint::black_box(differ) == 0 {
        return Ok(order);
    }
    Err(Error::refused("receipt_code_forged", "this code was not made in this shop; scan it again at the till"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Random;

    #[test]
    fn a_code_is_one_shops_and_one_orders() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let order = OrderId(Uuid::from_u128(5));
        let code = make(&vault, MerchantId(1), order);
        assert_eq!(verify(&vault, MerchantId(1), &code).unwrap(), order);
        let answer = |merchant, code: &str| verify(&vault, MerchantId(merchant), code).map_err(|error| error.code());
        assert_eq!(answer(2, &code), Err("receipt_code_forged"));
        let other = make(&vault, MerchantId(1), OrderId(Uuid::from_u128(6)));
        let mixed = format!("{}.{}", code.rsplit_once('.').unwrap().0, other.rsplit_once('.').unwrap().1);
        assert_eq!(answer(1, &mixed), Err("receipt_code_forged"));
        assert_eq!(answer(1, &format!("{}.", code.rsplit_once('.').unwrap().0)), Err("receipt_code_forged"));
        for broken in ["", "SKR.", "SKR.x.y", "SK1.1.2.3"] {
            assert_eq!(answer(1, broken), Err("receipt_code_malformed"), "{broken}");
        }
    }
}

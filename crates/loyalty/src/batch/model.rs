//! A batch and its codes.

use crate::coupon::{CouponCode, CouponId, CouponTemplateId};
use serde::{Deserialize, Serialize};
use shuke_http::Vault;
use shuke_kernel::{Instant, MerchantId, Uuid, id};
use utoipa::ToSchema;

id!(CouponBatchId, "A batch of codes.");

/// A batch to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchDraft {
    /// Its id, made by the client (a UUIDv7).
    pub id: CouponBatchId,
    /// The template whose coupons its codes become.
    pub template: CouponTemplateId,
    /// What people call it: 1 to 100 characters.
    pub name: String,
    /// How many codes, 1 to 5,000.
    pub codes: i64,
}

/// A batch of codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CouponBatch {
    /// The batch.
    pub id: CouponBatchId,
    /// The template whose coupons its codes become.
    pub template: CouponTemplateId,
    /// What people call it.
    pub name: String,
    /// How many codes it has.
    pub codes: i64,
    /// How many of them were claimed.
    pub claimed: i64,
    /// When it was made.
    pub at: Instant,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// A code of a batch, for those who print or send it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchCode {
    /// Its number in the batch, from 1.
    pub number: i64,
    /// The code.
    pub code: String,
    /// The coupon that it became.
    pub coupon: Option<CouponId>,
    /// When.
    pub claimed_at: Option<Instant>,
}

/// A code that a member shows.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The code as it was typed: case, spaces and hyphens don't matter.
    pub code: String,
    /// Who gets the coupon.
    pub member: Uuid,
}

/// The code with a number of a batch.
pub fn code_of(vault: &Vault, merchant: MerchantId, batch: CouponBatchId, number: i64) -> CouponCode {
    CouponCode::of_bits(vault.sign(merchant, "coupon_batch", &[batch.0.as_bytes(), &number.to_be_bytes()]))
}

/// What a code is found by.
pub fn hash_of(vault: &Vault, merchant: MerchantId, code: &CouponCode) -> String {
    vault.index(merchant, "coupon_code", code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shuke_kernel::Random;

    #[test]
    fn a_code_is_its_batchs_and_its_numbers() {
        let vault = Vault::new([7; 32], Random::seeded(1));
        let (batch, other) = (CouponBatchId(Uuid::from_u128(1)), CouponBatchId(Uuid::from_u128(2)));
        let code = code_of(&vault, MerchantId(1), batch, 1);
        assert_eq!(code, code_of(&vault, MerchantId(1), batch, 1));
        for differs in [(MerchantId(1), batch, 2), (MerchantId(1), other, 1), (MerchantId(2), batch, 1)] {
            assert_ne!(code, code_of(&vault, differs.0, differs.1, differs.2));
        }
        assert_ne!(code, code_of(&Vault::new([8; 32], Random::seeded(1)), MerchantId(1), batch, 1), "another server's key, another code");
        assert_eq!(CouponCode::parse(code.as_str()).unwrap(), code);
        assert!(!hash_of(&vault, MerchantId(1), &code).contains(&code.as_str()[..4]));
    }
}

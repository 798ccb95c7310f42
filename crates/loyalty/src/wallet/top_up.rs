//! A top-up.

use super::TopUpPlanId;
use crate::coupon::CouponId;
use serde::{Deserialize, Serialize};
use shuke_kernel::{Date, Instant, Money, Uuid, text_enum};
use shuke_ledger::AccountKind;
use utoipa::ToSchema;

text_enum! {
    /// With what a top-up is paid.
    pub enum TopUpTender {
        /// Cash.
        Cash = "cash",
        /// WeChat Pay.
        WechatPay = "wechat_pay",
        /// Alipay.
        Alipay = "alipay",
        /// A bank card.
        BankCard = "bank_card",
        /// Something else.
        Other = "other",
    }
}

impl TopUpTender {
    /// The store's account that receives it.
    pub const fn account(self) -> AccountKind {
        match self {
            Self::Cash => AccountKind::Cash,
            Self::WechatPay => AccountKind::WechatPay,
            Self::Alipay => AccountKind::Alipay,
            Self::BankCard => AccountKind::BankCard,
            Self::Other => AccountKind::OtherTender,
        }
    }
}

/// A top-up as it was booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TopUp {
    /// Its id, made by the client.
    pub id: Uuid,
    /// Whose wallet.
    pub member: Uuid,
    /// The store that took the money.
    pub store: Uuid,
    /// The plan; none for a plain amount.
    pub plan: Option<TopUpPlanId>,
    /// What was paid and became principal, in minor units.
    pub principal: Money,
    /// What was given on top, in minor units.
    pub bonus: Money,
    /// With what it was paid.
    pub tender: TopUpTender,
    /// The last local day of the principal; none for ever.
    #[schema(value_type = Option<String>, format = Date)]
    pub expires_on: Option<Date>,
    /// When.
    pub at: Instant,
    /// The coupons that were issued on top; not in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponId>,
}

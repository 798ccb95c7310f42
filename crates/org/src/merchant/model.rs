//! A merchant and how one is founded.

use crate::staff::{PasswordHash, Username};
use crate::text::{self, NAME_CHARS_MAX};
use crate::{StaffId, StoreId};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Currency, Instant, MerchantId, Result, Zone};
use utoipa::ToSchema;

shuke_kernel::text_enum! {
    /// The trade, which sets what a new merchant starts with.
    pub enum Trade {
        /// 母婴
        MotherAndBaby = "mother_and_baby",
        /// 美业
        Beauty = "beauty",
        /// 服装
        Fashion = "fashion",
        /// 超市便利
        Grocery = "grocery",
    }
}

/// A merchant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Merchant {
    /// Its number.
    #[schema(value_type = i64, example = 1)]
    pub id: MerchantId,
    /// Its name.
    #[schema(example = "熟客母婴")]
    pub name: String,
    /// Its trade.
    pub trade: Trade,
    /// ISO 4217 code of its currency; never changes.
    #[schema(example = "CNY")]
    pub currency: String,
    /// Digits after the decimal point of its currency.
    #[schema(example = 2)]
    pub decimals: u8,
    /// The IANA time zone where no store is meant.
    #[schema(example = "Asia/Shanghai")]
    pub zone: String,
    /// Goes up with every change of what prices are made from.
    pub book_version: i64,
    /// When it was founded.
    pub created_at: Instant,
}

impl Merchant {
    /// Its zone, parsed.
    pub fn parsed_zone(&self) -> Result<Zone> {
        Zone::parse(&self.zone)
    }
    /// Its currency, parsed.
    pub fn parsed_currency(&self) -> Result<Currency> {
        Currency::parse(&self.currency)
    }
}

/// What of a merchant can be changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct MerchantDraft {
    /// Its name.
    pub name: String,
    /// The IANA time zone where no store is meant.
    pub zone: String,
}

/// Everything a new merchant starts with, checked.
#[derive(Clone, Debug)]
pub struct Founding {
    /// Its number, or the next free one.
    pub number: Option<MerchantId>,
    /// Its name.
    pub name: String,
    /// Its trade.
    pub trade: Trade,
    /// Its currency.
    pub currency: Currency,
    /// Its zone.
    pub zone: Zone,
    /// The name of its first store.
    pub store: String,
    /// Its first owner.
    pub owner: Owner,
}

/// The first owner.
#[derive(Clone, Debug)]
pub struct Owner {
    /// What they sign in with.
    pub username: Username,
    /// The name to show.
    pub name: String,
    /// The hash of their password.
    pub password: PasswordHash,
}

impl Founding {
    /// Checks the texts and names.
    ///
    /// Errors: `text_malformed`, `currency_unknown`, `zone_unknown`.
    pub fn new(name: &str, trade: Trade, currency: &str, zone: &str, store: &str, owner: Owner) -> Result<Self> {
        Ok(Self {
            number: None,
            name: text::line("name", name, NAME_CHARS_MAX)?,
            trade,
            currency: Currency::parse(currency)?,
            zone: Zone::parse(zone)?,
            store: text::line("store", store, NAME_CHARS_MAX)?,
            owner,
        })
    }
}

/// What was founded.
#[derive(Clone, Copy, Debug)]
pub struct Founded {
    /// The merchant's number.
    pub merchant: MerchantId,
    /// Its first store.
    pub store: StoreId,
    /// Its first owner.
    pub owner: StaffId,
}

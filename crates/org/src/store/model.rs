//! A store.

use crate::text::{self, ADDRESS_CHARS_MAX, NAME_CHARS_MAX};
use serde::{Deserialize, Serialize};
use shuke_kernel::{Instant, Result, Zone};
use utoipa::ToSchema;

shuke_kernel::id!(StoreId, "A store.");

/// A store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Store {
    /// Its id.
    pub id: StoreId,
    /// Its name.
    #[schema(example = "静安店")]
    pub name: String,
    /// Its IANA time zone.
    #[schema(example = "Asia/Shanghai")]
    pub zone: String,
    /// The region it is counted to, or nothing.
    pub region: String,
    /// Its address, or nothing.
    pub address: String,
    /// Whether it is open for business.
    pub active: bool,
    /// When it was entered.
    pub created_at: Instant,
}

impl Store {
    /// Its zone, parsed.
    pub fn parsed_zone(&self) -> Result<Zone> {
        Zone::parse(&self.zone)
    }
}

/// What a store is made of, or changed to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StoreDraft {
    /// Its name, unique within the merchant.
    pub name: String,
    /// Its IANA time zone; the merchant's where it is left out.
    #[serde(default)]
    pub zone: Option<String>,
    /// The region it is counted to.
    #[serde(default)]
    pub region: String,
    /// Its address.
    #[serde(default)]
    pub address: String,
    /// Whether it is open for business.
    #[serde(default = "yes")]
    pub active: bool,
}

const fn yes() -> bool {
    true
}

impl StoreDraft {
    /// A store with a name, in the merchant's zone.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), zone: None, region: String::new(), address: String::new(), active: true }
    }

    /// The store that this makes.
    ///
    /// Errors: `text_malformed`, `zone_unknown`.
    pub fn store(&self, id: StoreId, merchant_zone: &str, created_at: Instant) -> Result<Store> {
        let zone = Zone::parse(self.zone.as_deref().unwrap_or(merchant_zone))?;
        Ok(Store {
            id,
            name: text::line("name", &self.name, NAME_CHARS_MAX)?,
            zone: zone.name().to_owned(),
            region: text::optional_line("region", &self.region, NAME_CHARS_MAX)?,
            address: text::optional_line("address", &self.address, ADDRESS_CHARS_MAX)?,
            active: self.active,
            created_at,
        })
    }
}

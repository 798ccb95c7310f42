//! The merchant's rules as checkout needs them, kept in memory until they change.
//!
//! Every change of a rule raises the merchant's `book_version` in its own transaction. A sale reads
//! that number in the same round trip as everything else, and loads the book anew only when it is
//! another: several servers need not tell each other anything.

use crate::shift::{ShiftMode, ShiftPolicy};
use crate::tax::TaxPolicy;
use shuke_db::{Row, Stmt, Tx};
use shuke_kernel::{Error, MerchantId, Result, Uuid, Zone};
use shuke_loyalty::book::{self, Book};
use shuke_loyalty::rule::Channel;
use shuke_member::pin::IdentityPolicy;
use shuke_offer::offer::{self, Offer};
use shuke_org::{setting, store, till};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// All rules of a merchant at one version.
#[derive(Debug)]
pub struct SaleBook {
    /// Tiers, earning, spending, wallet, rounding, refunds.
    pub loyalty: Book,
    /// From which amounts on a sale needs a proof of identity.
    pub identity: IdentityPolicy,
    /// Published offers.
    pub offers: Vec<Offer>,
    /// How sales are taxed.
    pub tax: TaxPolicy,
    /// How shifts are kept.
    pub shift: ShiftPolicy,
    /// The stores and their zones.
    pub stores: HashMap<Uuid, Zone>,
    /// The tills and their stores.
    pub tills: HashMap<Uuid, Uuid>,
}

impl SaleBook {
    /// The zone of a store, or `store_not_found`.
    pub fn store_zone(&self, store: Uuid) -> Result<&Zone> {
        self.stores.get(&store).ok_or_else(|| Error::not_found("store_not_found", "there is no such store"))
    }
    /// Ok where the till stands in the store, else `till_not_found` or `till_elsewhere`.
    pub fn till_in(&self, till: Uuid, store: Uuid) -> Result<()> {
        match self.tills.get(&till) {
            Some(place) if *place == store => Ok(()),
            Some(_) => Err(Error::refused("till_elsewhere", "this till stands in another store; choose one of this store")),
            None => Err(Error::not_found("till_not_found", "there is no such till")),
        }
    }
    /// Ok where a sale at a till may go on with the shift that was found there.
    ///
    /// Errors: `shift_not_open`, `till_needed`.
    pub fn shift_allows(&self, till: Option<Uuid>, channel: Channel, shift: Option<Uuid>) -> Result<()> {
        match (self.shift.mode, till) {
            (ShiftMode::Required, Some(_)) if shift.is_none() => {
                Err(Error::refused("shift_not_open", "this till has no open shift; open one first"))
            }
            (ShiftMode::Required, None) if channel == Channel::Till => {
                Err(Error::refused("till_needed", "say at which till this is sold; this merchant keeps shifts"))
            }
            _ => Ok(()),
        }
    }
    /// The zone of a store, the merchant's where the store is gone.
    pub fn zone(&self, store: Uuid) -> Zone {
        self.stores.get(&store).unwrap_or(&self.loyalty.zone).clone()
    }
}

/// The books of the merchants that this server has served.
#[derive(Debug, Default)]
pub struct Books(RwLock<HashMap<MerchantId, Arc<SaleBook>>>);

impl Books {
    /// Asks for the version; to be pipelined with other reads.
    pub fn version_stmt(merchant: MerchantId) -> Stmt {
        book::version_stmt(merchant)
    }

    /// The book of the version that was read, from memory or loaded.
    pub async fn at(&self, tx: &mut Tx, merchant: MerchantId, version: &[Row]) -> Result<Arc<SaleBook>> {
        let version = book::version_read(version)?;
        if let Some(kept) = self.kept(merchant).filter(|kept| kept.loyalty.version == version) {
            return Ok(kept);
        }
        let loyalty = book::load(tx, merchant).await?;
        let offers = offer::store::published(tx, merchant).await?;
        let stores = store::ops::zones(tx, merchant).await?.into_iter().map(|(id, zone)| (id.0, zone)).collect();
        let tills = till::ops::places(tx, merchant).await?.into_iter().map(|(id, store)| (id.0, store.0)).collect();
        let identity = setting::ops::get(tx, merchant).await?;
        let tax = setting::ops::get(tx, merchant).await?;
        let shift = setting::ops::get(tx, merchant).await?;
        let loaded = Arc::new(SaleBook { loyalty, identity, offers, tax, shift, stores, tills });
        let mut books = self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        books.insert(merchant, loaded.clone());
        Ok(loaded)
    }

    /// The book as it is now.
    pub async fn current(&self, tx: &mut Tx, merchant: MerchantId) -> Result<Arc<SaleBook>> {
        let version = tx.rows(Self::version_stmt(merchant)).await?;
        self.at(tx, merchant, &version).await
    }

    /// Whether the merchant kept shifts when its book was read last: then a sale asks for its till's.
    pub(crate) fn keeps_shifts(&self, merchant: MerchantId) -> bool {
        self.kept(merchant).is_some_and(|kept| kept.shift.mode != ShiftMode::Off)
    }

    /// The book that is in memory, of whatever version.
    pub fn kept(&self, merchant: MerchantId) -> Option<Arc<SaleBook>> {
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(&merchant).cloned()
    }
}

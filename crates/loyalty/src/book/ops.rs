//! Loading the book.

use super::{Book, CheckoutPolicy, Section, store};
use crate::wallet::{self, WalletPolicy};
use serde::de::DeserializeOwned;
use shuke_db::Tx;
use shuke_kernel::{Currency, Error, MerchantId, Result, Zone};
use std::collections::HashMap;

/// Loads a merchant's book. The version is read first, so a change in between only makes the next
/// comparison load it again.
///
/// Errors: `merchant_not_found`.
pub async fn load(tx: &mut Tx, merchant: MerchantId) -> Result<Book> {
    let [about, sections, plans] =
        tx.all([store::version_stmt(merchant), store::sections_stmt(merchant), wallet::store::published_stmt(merchant)]).await?;
    let about = about.first().ok_or_else(|| Error::not_found("merchant_not_found", "there is no such merchant"))?;
    let bodies = sections.iter().map(|row| Ok((row.get::<String>(0)?, row.get::<String>(1)?))).collect::<Result<HashMap<_, _>>>()?;
    let checkout: CheckoutPolicy = section(&bodies, Section::Checkout)?;
    let wallet: WalletPolicy = section(&bodies, Section::Wallet)?;
    Ok(Book {
        version: about.get(0)?,
        currency: Currency::parse(&about.get::<String>(1)?)?,
        zone: Zone::parse(&about.get::<String>(2)?)?,
        scheme: section(&bodies, Section::Tiers)?,
        earn: section(&bodies, Section::Earn)?,
        spending: section(&bodies, Section::Spending)?,
        wallet: wallet.spending,
        wallet_expiry: wallet.expiry,
        rounding: checkout.rounding,
        coupons_max: usize::from(checkout.coupons_max),
        refund: section(&bodies, Section::Refund)?,
        plans: plans.iter().map(wallet::store::plan_read).collect::<Result<_>>()?,
    })
}

fn section<T: DeserializeOwned + Default>(bodies: &HashMap<String, String>, section: Section) -> Result<T> {
    bodies.get(section.as_str()).map_or_else(
        || Ok(T::default()),
        |body| serde_json::from_str(body).map_err(|error| Error::internal(format!("the section {}: {error}", section.as_str()))),
    )
}

/// Says that something in the book has changed.
pub async fn bump(tx: &mut Tx, merchant: MerchantId) -> Result<()> {
    tx.queue(store::bump_stmt(merchant)).await
}

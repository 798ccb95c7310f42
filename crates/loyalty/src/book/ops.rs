//! Loading the book.

use super::{Book, CheckoutPolicy, RefundPolicy};
use crate::points::{EarnPolicy, PointsTerms, SpendingPolicy};
use crate::points_kind::PointsKinds;
use crate::stamp::StampScheme;
use crate::tier::TierScheme;
use crate::wallet::{self, WalletPolicy};
use shuke_db::{Row, Stmt, Tx};
use shuke_kernel::{Cx, Date, MerchantId, Result, Zone};
use shuke_org::{merchant, setting};

/// Asks for the version of a merchant's book; pipelined with a sale's first reads.
pub fn version_stmt(merchant: MerchantId) -> Stmt {
    merchant::ops::statement(merchant)
}

/// Reads the answer of [`version_stmt`].
///
/// Errors: `merchant_not_found`.
pub fn version_read(rows: &[Row]) -> Result<i64> {
    merchant::ops::read(rows).map(|merchant| merchant.book_version)
}

/// Loads a merchant's book. The version is read first, so a change in between only makes the next
/// comparison load it again.
///
/// Errors: `merchant_not_found`.
pub async fn load(tx: &mut Tx, merchant: MerchantId) -> Result<Book> {
    let [about, tiers, earn, spending, terms, kinds, wallet, checkout, refund, stamps, plans] = tx
        .all([
            merchant::ops::statement(merchant),
            setting::ops::statement::<TierScheme>(merchant),
            setting::ops::statement::<EarnPolicy>(merchant),
            setting::ops::statement::<SpendingPolicy>(merchant),
            setting::ops::statement::<PointsTerms>(merchant),
            setting::ops::statement::<PointsKinds>(merchant),
            setting::ops::statement::<WalletPolicy>(merchant),
            setting::ops::statement::<CheckoutPolicy>(merchant),
            setting::ops::statement::<RefundPolicy>(merchant),
            setting::ops::statement::<StampScheme>(merchant),
            wallet::store::published_stmt(merchant),
        ])
        .await?;
    let about = merchant::ops::read(&about)?;
    let checkout: CheckoutPolicy = setting::ops::read(&checkout)?;
    let wallet: WalletPolicy = setting::ops::read(&wallet)?;
    Ok(Book {
        version: about.book_version,
        currency: about.parsed_currency()?,
        zone: about.parsed_zone()?,
        scheme: setting::ops::read(&tiers)?,
        earn: setting::ops::read(&earn)?,
        spending: setting::ops::read::<SpendingPolicy>(&spending)?.spending,
        terms: setting::ops::read(&terms)?,
        kinds: setting::ops::read(&kinds)?,
        wallet: wallet.spending,
        wallet_expiry: wallet.expiry,
        rounding: checkout.rounding,
        coupons_max: usize::from(checkout.coupons_max),
        refund: setting::ops::read(&refund)?,
        wants_lines: !setting::ops::read::<StampScheme>(&stamps)?.cards.is_empty(),
        plans: plans.iter().map(wallet::store::plan_read).collect::<Result<_>>()?,
    })
}

/// Says that something in the book has changed.
pub async fn bump(tx: &mut Tx, merchant: MerchantId) -> Result<()> {
    merchant::ops::raise_book(tx, merchant).await
}

/// The merchant's zone.
pub(crate) async fn zone(tx: &mut Tx, cx: &Cx) -> Result<Zone> {
    merchant::ops::show(tx, cx.merchant).await?.parsed_zone()
}

/// The merchant's local date at the time of a call.
pub(crate) async fn today(tx: &mut Tx, cx: &Cx) -> Result<Date> {
    Ok(merchant::ops::show(tx, cx.merchant).await?.parsed_zone()?.date(cx.now))
}

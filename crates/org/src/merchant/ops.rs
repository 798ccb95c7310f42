//! Founding, showing, changing a merchant.

use super::{Founded, Founding, Merchant, MerchantDraft, store};
use crate::text::{self, NAME_CHARS_MAX};
use crate::{audit, staff, store as stores};
use shuke_db::{Row, Stmt, Tx, Wall, wall};
use shuke_http::{AppInner, Role};
use shuke_kernel::{Cx, Error, Instant, MerchantId, Random, Result, Zone};

/// Founds a merchant with its first store and its first owner.
///
/// Errors: `merchant_pkey` (conflict) where the number is taken, by another founding at the same
/// moment too.
pub async fn found(tx: &mut Tx, now: Instant, random: &Random, founding: &Founding) -> Result<Founded> {
    let id = match founding.number {
        Some(number) => number,
        None => store::next_number(tx).await?,
    };
    let cx = Cx::system(id, now, random.clone());
    let merchant = Merchant {
        id,
        name: founding.name.clone(),
        trade: founding.trade,
        currency: founding.currency.code().to_owned(),
        decimals: founding.currency.decimals(),
        zone: founding.zone.name().to_owned(),
        book_version: 1,
        created_at: now,
    };
    store::insert(tx, &merchant).await?;
    audit::ops::record(tx, &cx, &audit::Entry::new("merchant.founded", id).new_value(&merchant)).await?;
    let first = stores::ops::create(tx, &cx, &stores::StoreDraft::named(&founding.store)).await?;
    let owner = staff::NewStaff {
        username: founding.owner.username.clone(),
        name: founding.owner.name.clone(),
        role: Role::Owner,
        stores: None,
        password: founding.owner.password.clone(),
    };
    let owner = staff::ops::create_first(tx, &cx, &owner).await?;
    Ok(Founded { merchant: id, store: first.id, owner: owner.id })
}

/// The merchant.
pub async fn show(tx: &mut Tx, merchant: MerchantId) -> Result<Merchant> {
    read(&tx.rows(statement(merchant)).await?)
}

/// The statement that finds the merchant, for [`Tx::all`]; [`read`] takes its answer.
pub fn statement(merchant: MerchantId) -> Stmt {
    store::find(merchant)
}

/// Reads the answer of [`statement`], or `merchant_not_found`.
pub fn read(rows: &[Row]) -> Result<Merchant> {
    store::merchant(rows.first().ok_or_else(|| Error::not_found("merchant_not_found", "there is no such merchant"))?)
}

/// Changes the merchant's name and zone.
///
/// Errors: `text_malformed`, `zone_unknown`.
pub async fn change(tx: &mut Tx, cx: &Cx, draft: &MerchantDraft) -> Result<Merchant> {
    let old = show(tx, cx.merchant).await?;
    let name = text::line("name", &draft.name, NAME_CHARS_MAX)?;
    let zone = Zone::parse(&draft.zone)?.name().to_owned();
    let mut new = Merchant { name, zone, ..old.clone() };
    if new == old {
        return Ok(old);
    }
    store::update(tx, &new).await?;
    raise_book(tx, cx.merchant).await?;
    new.book_version += 1;
    audit::ops::record(tx, cx, &audit::Entry::new("merchant.changed", cx.merchant).old(&old).new_value(&new)).await?;
    Ok(new)
}

/// The merchant that somebody who is not signed in means: the one that they name, or the only one.
///
/// Errors: `merchant_not_found`; `merchant_unnamed` where there are several and none is named.
pub async fn meant(app: &AppInner, named: Option<MerchantId>) -> Result<Merchant> {
    let whose = named.map_or(Wall::All, Wall::One);
    let work = app.db.read(&named, |tx, named| {
        Box::pin(async move {
            let id = match named {
                Some(named) => *named,
                None => only(tx)
                    .await?
                    .ok_or_else(|| Error::invalid("merchant_unnamed", "say which shop: its number stands in the card's address"))?,
            };
            show(tx, id).await
        })
    });
    wall::within(whose, work).await
}

/// Says that something that prices are made from has changed.
pub async fn raise_book(tx: &mut Tx, merchant: MerchantId) -> Result<()> {
    store::raise_book(tx, merchant).await
}

/// The numbers of all merchants on this server, for work that goes over each. At most `rows_max`.
pub async fn numbers(tx: &mut Tx, rows_max: i64) -> Result<Vec<MerchantId>> {
    store::numbers(tx, rows_max).await
}

/// The only merchant on this server, or none where there are several or none.
pub async fn only(tx: &mut Tx) -> Result<Option<MerchantId>> {
    let found = store::numbers(tx, 2).await?;
    Ok(if found.len() == 1 { found.first().copied() } else { None })
}

/// Counts owners up or down; the last one's leaving is refused with `owner_last`.
pub(crate) async fn count_owners(tx: &mut Tx, merchant: MerchantId, change: i64) -> Result<()> {
    if change == 0 {
        return Ok(());
    }
    store::count_owners(tx, merchant, change).await
}

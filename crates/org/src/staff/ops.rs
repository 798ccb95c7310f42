//! Entering, changing, revoking, finding staff.

use super::{Credentials, NewStaff, PasswordHash, Staff, StaffChange, StaffId, Username, store};
use crate::text::{self, NAME_CHARS_MAX};
use crate::{StoreId, audit, merchant, session, store as stores, totp};
use shuke_db::{Row, Stmt, Tx};
use shuke_http::Role;
use shuke_kernel::{Cx, Error, Limit, MerchantId, Page, Result, Uuid};

/// Enters a member of staff.
///
/// Errors: `staff_username_taken`, `store_unknown`, `text_malformed`, `owner_bound_to_stores`.
pub async fn create(tx: &mut Tx, cx: &Cx, new: &NewStaff) -> Result<Staff> {
    let staff = enter(tx, cx, new).await?;
    merchant::ops::count_owners(tx, cx.merchant, i64::from(staff.is_owner())).await?;
    Ok(staff)
}

/// Enters the first owner, whom the merchant's row counts already.
pub(crate) async fn create_first(tx: &mut Tx, cx: &Cx, new: &NewStaff) -> Result<Staff> {
    enter(tx, cx, new).await
}

async fn enter(tx: &mut Tx, cx: &Cx, new: &NewStaff) -> Result<Staff> {
    let name = text::line("name", &new.name, NAME_CHARS_MAX)?;
    check_stores(tx, cx, new.role, new.stores.as_deref()).await?;
    let new = NewStaff { name, ..new.clone() };
    let id = cx.id();
    store::insert(tx, cx, id, &new).await?;
    let staff = Staff {
        id,
        username: new.username.as_str().to_owned(),
        name: new.name,
        role: new.role,
        stores: new.stores,
        active: true,
        created_at: cx.now,
    };
    audit::ops::record(tx, cx, &audit::Entry::new("staff.created", id).new_value(&staff)).await?;
    Ok(staff)
}

async fn check_stores(tx: &mut Tx, cx: &Cx, role: Role, ids: Option<&[StoreId]>) -> Result<()> {
    match ids {
        Some(_) if role == Role::Owner => {
            Err(Error::refused("owner_bound_to_stores", "an owner may touch every store; leave the stores out, or choose another role"))
        }
        Some([]) => Err(Error::refused("staff_without_store", "choose at least one store, or leave the stores out for all of them")),
        Some(ids) => stores::ops::must_exist(tx, cx, ids).await,
        None => Ok(()),
    }
}

/// Changes a member of staff. Who is revoked is signed out everywhere.
///
/// Errors: `staff_not_found`, `owner_last`, `store_unknown`, `text_malformed`, `owner_bound_to_stores`;
/// `staff_changed` (conflict) where somebody else was first.
pub async fn change(tx: &mut Tx, cx: &Cx, id: StaffId, change: &StaffChange) -> Result<Staff> {
    let old = show(tx, cx, id, None).await?;
    check_stores(tx, cx, change.role, change.stores.as_deref()).await?;
    let name = text::line("name", &change.name, NAME_CHARS_MAX)?;
    let new = Staff { name, role: change.role, stores: change.stores.clone(), active: change.active, ..old.clone() };
    if new == old {
        return Ok(old);
    }
    if !store::update(tx, cx.merchant, &old, &new).await? {
        return Err(Error::conflict("staff_changed", "somebody else has just changed this member of staff; read again and decide"));
    }
    merchant::ops::count_owners(tx, cx.merchant, i64::from(new.is_owner()) - i64::from(old.is_owner())).await?;
    if !new.active {
        session::ops::end_all(tx, cx.merchant, id).await?;
    } else if new.role != old.role {
        let limited = totp::ops::limits(tx, cx.merchant, id, new.role).await?;
        session::ops::set_limited(tx, cx.merchant, id, limited).await?;
    }
    let action = if old.active && !new.active { "staff.revoked" } else { "staff.changed" };
    audit::ops::record(tx, cx, &audit::Entry::new(action, id).old(&old).new_value(&new)).await?;
    Ok(new)
}

/// Sets a password and ends every session of its owner.
///
/// Errors: `staff_not_found`.
pub async fn set_password(tx: &mut Tx, cx: &Cx, id: StaffId, password: &PasswordHash) -> Result<()> {
    show(tx, cx, id, None).await?;
    store::set_password(tx, cx.merchant, id, password).await?;
    session::ops::end_all(tx, cx.merchant, id).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("staff.password_set", id)).await
}

/// A member of staff, or `staff_not_found`; of those who share a store with the caller.
pub async fn show(tx: &mut Tx, cx: &Cx, id: StaffId, stores: Option<&[Uuid]>) -> Result<Staff> {
    let found = read(&tx.rows(statement(cx.merchant, id)).await?)?.map(|found| found.staff).filter(|staff| staff.shares(stores));
    found.ok_or_else(|| Error::not_found("staff_not_found", "there is no such member of staff"))
}

/// Staff, oldest first; of those who share a store with the caller.
pub async fn list(tx: &mut Tx, cx: &Cx, after: Option<StaffId>, limit: Limit, stores: Option<&[Uuid]>) -> Result<Page<Staff>> {
    let mut page = Page::of(store::page(tx, cx.merchant, after, limit).await?, limit, |staff| staff.id);
    page.items.retain(|staff| staff.shares(stores));
    Ok(page)
}

/// Ok where each of them works in the store.
///
/// Errors: `staff_unknown`.
pub async fn must_work(tx: &mut Tx, cx: &Cx, ids: &[StaffId], store: Uuid) -> Result<()> {
    let stmts: Vec<Stmt> = ids.iter().map(|id| statement(cx.merchant, *id)).collect();
    for rows in tx.batch(&stmts).await? {
        let works = |staff: &Staff| staff.active && staff.stores.as_ref().is_none_or(|stores| stores.iter().any(|at| at.0 == store));
        if !read(&rows)?.is_some_and(|found| works(&found.staff)) {
            return Err(Error::refused("staff_unknown", "a seller is nobody who works in this store; choose again"));
        }
    }
    Ok(())
}

/// Everybody who works for a merchant now, oldest first; of those who share a store with `stores`, where some are named.
pub async fn working(tx: &mut Tx, cx: &Cx, stores: Option<&[Uuid]>) -> Result<Vec<Staff>> {
    let mut found = all(tx, cx.merchant).await?;
    found.retain(|staff| staff.active && staff.shares(stores));
    Ok(found)
}

/// The names of staff, revoked ones too.
pub async fn names(tx: &mut Tx, cx: &Cx, ids: &[StaffId]) -> Result<Vec<(StaffId, String)>> {
    store::names(tx, cx.merchant, ids).await
}

/// Everybody of a merchant, revoked ones too.
pub(crate) async fn all(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<Staff>> {
    store::all(tx, merchant).await
}

/// The statement that finds a member of staff, for [`Tx::all`]; [`read`] takes its answer.
pub(crate) fn statement(merchant: MerchantId, id: StaffId) -> Stmt {
    store::by_id(merchant, id)
}

/// Reads the answer of [`statement`].
pub(crate) fn read(rows: &[Row]) -> Result<Option<Credentials>> {
    rows.first().map(store::credentials).transpose()
}

/// Whoever signs in with a name.
pub(crate) async fn by_username(tx: &mut Tx, merchant: MerchantId, username: &Username) -> Result<Option<Credentials>> {
    read(&tx.rows(store::by_username(merchant, username.as_str())).await?)
}

/// A member of staff, locked until the transaction ends.
pub(crate) async fn locked(tx: &mut Tx, merchant: MerchantId, id: StaffId) -> Result<Option<Credentials>> {
    read(&tx.rows(store::by_id_locked(merchant, id)).await?)
}

//! Registering and revoking devices, setting PINs, signing in with one.

use super::model::{DeviceToken, DeviceView, Person, TillSignIn, WINDOW_MS};
use super::{Device, DeviceDraft, DeviceId, store};
use crate::staff::{self, Credentials, PasswordHash, Staff};
use crate::text::{self, NAME_CHARS_MAX};
use crate::till::{self, Till};
use crate::{StaffId, audit, merchant, session, setting, store as stores, totp};
use shuke_db::Tx;
use shuke_http::{App, Caller, Vault};
use shuke_kernel::{Actor, Cx, Error, Limit, MerchantId, Page, Result};

const SEAL: &str = "staff_pin.hash";

fn not_found() -> Error {
    Error::not_found("device_not_found", "there is no such device")
}

/// Whose device is not known (any more).
pub(super) fn unknown() -> Error {
    Error::unauthenticated("device_unknown", "this device is not registered at a till; let a manager register it")
}

fn wrong() -> Error {
    Error::unauthenticated("staff_pin_wrong", "the PIN is wrong; try again, or sign in with your password")
}

/// Registers a device at a till.
///
/// Errors: `till_not_found`, `till_closed`, `text_malformed`.
pub async fn register(tx: &mut Tx, cx: &Cx, draft: &DeviceDraft, token: &DeviceToken, vault: &Vault) -> Result<Device> {
    let at = till::ops::show(tx, cx, draft.till).await?;
    if !at.active {
        return Err(Error::refused("till_closed", "this till is out of use; choose another"));
    }
    let name = text::line("name", &draft.name, NAME_CHARS_MAX)?;
    let device = Device { id: token.device, till: draft.till, name, registered_by: cx.actor.text(), created_at: cx.now, revoked_at: None };
    store::insert(tx, cx.merchant, &device, &token.hash(vault)).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("device.registered", device.id).new_value(&device)).await?;
    Ok(device)
}

/// Devices, oldest first, those out of use too.
pub async fn list(tx: &mut Tx, cx: &Cx, after: Option<DeviceId>, limit: Limit) -> Result<Page<Device>> {
    Ok(Page::of(store::page(tx, cx.merchant, after, limit).await?, limit, |device| device.id))
}

/// The till of a device, for whoever may act in its store only.
///
/// Errors: `device_not_found`.
pub async fn till_of(tx: &mut Tx, cx: &Cx, id: DeviceId) -> Result<Till> {
    let (device, _) = store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)?;
    till::ops::show(tx, cx, device.till).await
}

/// Takes a device out of use: nobody signs in on it any more, and who is signed in there is out.
///
/// Errors: `device_not_found`.
pub async fn revoke(tx: &mut Tx, cx: &Cx, id: DeviceId) -> Result<()> {
    store::find(tx, cx.merchant, id).await?.ok_or_else(not_found)?;
    if store::revoke(tx, cx.merchant, id, cx.now).await? {
        session::ops::end_of_device(tx, cx.merchant, id).await?;
        audit::ops::record(tx, cx, &audit::Entry::new("device.revoked", id)).await?;
    }
    Ok(())
}

/// The device of a token.
///
/// Errors: `device_unknown`.
pub(super) async fn known(tx: &mut Tx, token: &DeviceToken, vault: &Vault) -> Result<Device> {
    let found = store::find(tx, token.merchant, token.device).await?;
    let fits = |(device, hash): &(Device, String)| device.revoked_at.is_none() && *hash == token.hash(vault);
    found.filter(fits).map(|(device, _)| device).ok_or_else(unknown)
}

/// A device as it sees itself, with who can sign in there.
///
/// Errors: `device_unknown`.
pub(super) async fn show(tx: &mut Tx, cx: &Cx, token: &DeviceToken, vault: &Vault) -> Result<DeviceView> {
    let device = known(tx, token, vault).await?;
    let at = till::ops::show(tx, cx, device.till).await?;
    let policy: totp::SignInPolicy = setting::ops::get(tx, cx.merchant).await?;
    let with_pin = store::with_pin(tx, cx.merchant).await?;
    let mut people = Vec::new();
    for person in staff::ops::all(tx, cx.merchant).await? {
        if with_pin.contains(&person.id) && works(&person, &at) && !policy.totp_roles.contains(&person.role) {
            people.push(Person { id: person.id, name: person.name, role: person.role });
        }
    }
    people.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.0.cmp(&b.id.0)));
    Ok(DeviceView {
        store: stores::ops::show(tx, cx, at.store).await?,
        merchant: merchant::ops::show(tx, cx.merchant).await?,
        idle_minutes: setting::ops::get::<TillSignIn>(tx, cx.merchant).await?.idle_minutes,
        till: at,
        device,
        people,
    })
}

fn works(person: &Staff, at: &Till) -> bool {
    person.active && person.shares(Some(&[at.store.0]))
}

/// Sets one's own PIN; whoever calls it has seen the password.
///
/// Errors: `staff_pin_weak`.
pub(super) async fn set_pin(app: &App, cx: &Cx, id: StaffId, pin: &str) -> Result<()> {
    let hash = staff::hash_secret(super::model::pin(pin)?, &app.random).await?;
    let sealed = app.vault.seal(cx.merchant, SEAL, hash.as_str())?;
    let input = (cx, id, sealed);
    let set = app.db.write(&input, |tx, (cx, id, sealed)| {
        Box::pin(async move {
            store::set_pin(tx, cx, *id, sealed).await?;
            audit::ops::record(tx, cx, &audit::Entry::new("staff.pin_set", *id)).await
        })
    });
    set.await
}

/// Takes a PIN away. One that is not there is gone.
pub(crate) async fn remove_pin(tx: &mut Tx, cx: &Cx, id: StaffId) -> Result<()> {
    if store::remove_pin(tx, cx.merchant, id).await? {
        audit::ops::record(tx, cx, &audit::Entry::new("staff.pin_removed", id)).await?;
    }
    Ok(())
}

/// Counts a try and gives what it is held against: the sealed hash, or nothing.
///
/// Errors: `device_unknown`; `staff_pin_locked` with the time to wait.
async fn begin_try(tx: &mut Tx, cx: &Cx, token: &DeviceToken, vault: &Vault, id: StaffId) -> Result<Option<String>> {
    known(tx, token, vault).await?;
    let left = store::count_try(tx, cx, id).await?;
    match store::pin(tx, cx.merchant, id).await? {
        Some((_, since)) if !left => {
            let wait_s = u32::try_from((since.plus_ms(WINDOW_MS).since_ms(cx.now) + 999) / 1_000).unwrap_or(900);
            let text = "too many wrong tries; wait a quarter of an hour, or sign in with your password";
            Err(Error::too_many("staff_pin_locked", text).retry_after_s(wait_s))
        }
        found => Ok(found.map(|(hash, _)| hash)),
    }
}

/// Signs in with a PIN on a known device. Hashing takes tens of milliseconds, so it happens between
/// transactions.
///
/// Errors: `device_unknown`, `staff_pin_wrong`, `staff_pin_locked`, `totp_due`.
pub(super) async fn sign_in(app: &App, device: &DeviceToken, id: StaffId, pin: &str, new: &session::Token) -> Result<Caller> {
    let cx = Cx { merchant: device.merchant, actor: Actor::Staff(id.0), now: app.clock.now(), random: app.random.clone() };
    let input = (&cx, device, &app.vault, id);
    let sealed = app.db.write(&input, |tx, (cx, device, vault, id)| Box::pin(begin_try(tx, cx, device, vault, *id))).await?;
    let hash = opened(&app.vault, cx.merchant, sealed.as_deref())?;
    if !staff::verify(pin, hash.as_ref()).await? {
        return Err(wrong());
    }
    let input = (&cx, device, &app.vault, id, sealed.unwrap_or_default(), new);
    let begun = app.db.write(&input, |tx, (cx, device, vault, id, sealed, new)| {
        Box::pin(async move {
            let place = known(tx, device, vault).await?.till;
            let at = till::ops::show(tx, cx, place).await?;
            let found: Option<Credentials> = staff::ops::locked(tx, cx.merchant, *id).await?;
            let found = found.filter(|found| works(&found.staff, &at)).ok_or_else(wrong)?;
            if !store::forget_tries(tx, cx.merchant, *id, sealed).await? {
                return Err(wrong());
            }
            let policy: TillSignIn = setting::ops::get(tx, cx.merchant).await?;
            session::ops::begin_at(tx, cx, &found, new, vault, device.device, policy.idle_minutes * 60_000).await
        })
    });
    begun.await
}

fn opened(vault: &Vault, merchant: MerchantId, sealed: Option<&str>) -> Result<Option<PasswordHash>> {
    sealed.map(|text| vault.open(merchant, SEAL, text).map(PasswordHash::stored)).transpose()
}

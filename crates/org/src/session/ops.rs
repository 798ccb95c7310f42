//! Beginning, finding, ending sessions.

use super::model::{IDLE_MS_MAX, SESSION_MS_MAX, Session, Token, caller};
use super::store;
use crate::staff::{self, Credentials};
use crate::{DeviceId, StaffId, audit, totp};
use shuke_db::{Db, Tx};
use shuke_http::{Caller, Role, Vault};
use shuke_kernel::{Actor, Cx, Error, Instant, MerchantId, Random, Result};

/// Begins a session for a person whose password was found right, unless they were revoked or got
/// another password meanwhile.
///
/// Errors: `sign_in_failed`; `code_needed` and `code_wrong` where they have an authenticator.
pub(crate) async fn begin(tx: &mut Tx, cx: &Cx, proven: &Credentials, token: &Token, vault: &Vault, code: Option<&str>) -> Result<Caller> {
    let now = staff::ops::locked(tx, cx.merchant, proven.staff.id).await?;
    let found = now.filter(|now| now.staff.active && now.password == proven.password).ok_or_else(failed)?;
    let enrolled = totp::ops::admit(tx, cx, vault, found.staff.id, code).await?;
    let limited = !enrolled && totp::ops::limits(tx, cx.merchant, found.staff.id, found.staff.role).await?;
    insert(tx, cx, found.staff.id, token, vault, limited).await?;
    Ok(caller(cx.clone(), &found.staff, limited))
}

/// Begins the session of a person who has typed their PIN at a device, with the idle time of tills.
///
/// Errors: `pin_not_enough` where they need an authenticator app, or have one.
pub(crate) async fn begin_at(
    tx: &mut Tx,
    cx: &Cx,
    proven: &Credentials,
    token: &Token,
    vault: &Vault,
    device: DeviceId,
    idle_ms: i64,
) -> Result<Caller> {
    let (id, role) = (proven.staff.id, proven.staff.role);
    let second = totp::ops::status(tx, cx.merchant, id, role).await?;
    if second.enrolled || second.required {
        return Err(Error::forbidden("pin_not_enough", "you sign in with your password and your authenticator app; a PIN is not enough"));
    }
    store::remove_ended(tx, cx.merchant, id, cx.now.plus_ms(-SESSION_MS_MAX), cx.now.plus_ms(-IDLE_MS_MAX)).await?;
    store::insert_at(tx, cx.merchant, &token.hash(vault), id, device, idle_ms, cx.now).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("session.begun_at_till", id).new_value(&device)).await?;
    Ok(caller(cx.clone(), &proven.staff, false))
}

/// Ends every session that was begun at a device.
pub(crate) async fn end_of_device(tx: &mut Tx, merchant: MerchantId, device: DeviceId) -> Result<()> {
    store::remove_of_device(tx, merchant, device).await
}

/// Begins a session without a password: for the setup, the demo and tests, which know who it is.
pub async fn start(tx: &mut Tx, cx: &Cx, staff: StaffId, token: &Token, vault: &Vault) -> Result<()> {
    insert(tx, cx, staff, token, vault, false).await
}

/// Begins another session of a person, as limited as their role and authenticator make it.
pub(crate) async fn renew(tx: &mut Tx, cx: &Cx, staff: StaffId, role: Role, token: &Token, vault: &Vault) -> Result<()> {
    let limited = totp::ops::limits(tx, cx.merchant, staff, role).await?;
    insert(tx, cx, staff, token, vault, limited).await
}

async fn insert(tx: &mut Tx, cx: &Cx, staff: StaffId, token: &Token, vault: &Vault, limited: bool) -> Result<()> {
    store::remove_ended(tx, cx.merchant, staff, cx.now.plus_ms(-SESSION_MS_MAX), cx.now.plus_ms(-IDLE_MS_MAX)).await?;
    store::insert(tx, cx.merchant, &token.hash(vault), staff, limited, cx.now).await?;
    audit::ops::record(tx, cx, &audit::Entry::new("session.begun", staff)).await
}

/// What somebody who can't sign in is told, whatever the reason.
pub(crate) fn failed() -> Error {
    Error::unauthenticated("sign_in_failed", "the name or the password is wrong")
}

/// Who a token belongs to: two rows by their keys, in one round trip.
///
/// Errors: `session_ended`.
pub(crate) async fn caller_of(db: &Db, vault: &Vault, token: &Token, now: Instant, random: &Random) -> Result<Caller> {
    let ended = || Error::unauthenticated("session_ended", "you are signed out; sign in again");
    let hash = token.hash(vault);
    let (session, found) = db
        .read(&(token, &hash), |tx, (token, hash)| {
            Box::pin(async move {
                let [session, staff] =
                    tx.all([store::find(token.merchant, hash), staff::ops::statement(token.merchant, token.staff)]).await?;
                let session: Option<Session> = session.first().map(store::session).transpose()?;
                Ok((session, staff::ops::read(&staff)?))
            })
        })
        .await?;
    let session = session.filter(|session| session.staff == token.staff && session.lives(now)).ok_or_else(ended)?;
    let found = found.filter(|found| found.staff.active).ok_or_else(ended)?;
    if session.lags(now) {
        let input = (token.merchant, &hash, now);
        db.write(&input, |tx, (merchant, hash, now)| Box::pin(store::seen(tx, *merchant, hash, *now))).await?;
    }
    let cx = Cx { merchant: token.merchant, actor: Actor::Staff(found.staff.id.0), now, random: random.clone() };
    Ok(caller(cx, &found.staff, session.limited))
}

/// Ends one session. One that is gone already is ended.
pub(crate) async fn end(tx: &mut Tx, token: &Token, vault: &Vault) -> Result<()> {
    store::remove(tx, token.merchant, &token.hash(vault)).await
}

/// Makes every session of a person one for setting up a second factor, or a full one.
pub(crate) async fn set_limited(tx: &mut Tx, merchant: MerchantId, staff: StaffId, limited: bool) -> Result<()> {
    store::set_limited(tx, merchant, staff, limited).await
}

/// Ends every session of a person.
pub(crate) async fn end_all(tx: &mut Tx, merchant: MerchantId, staff: StaffId) -> Result<()> {
    store::remove_all(tx, merchant, staff).await
}

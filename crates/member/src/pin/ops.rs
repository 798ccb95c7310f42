//! Setting a PIN, and proving who spends. Hashing takes tens of milliseconds, so it happens between
//! transactions: a try is counted before it, and forgotten after a right one.

use super::model::WINDOW_MS;
use super::{Pin, Proof, ProofRequest, store};
use crate::code::model as code;
use crate::group;
use crate::member::{self, MemberId, MemberState};
use shuke_db::Tx;
use shuke_http::{App, Caller, Vault};
use shuke_kernel::{Cx, Error, MerchantId, Result};
use shuke_org::audit::{self, Entry};
use shuke_org::staff::{self, PasswordHash};

const SEAL: &str = "member_pin.hash";

async fn active(tx: &mut Tx, cx: &Cx, id: MemberId) -> Result<String> {
    let found = member::ops::find(tx, cx, id).await?;
    if found.state == MemberState::Active {
        return Ok(found.number);
    }
    Err(Error::refused("member_not_active", "this member is frozen or erased; ask a manager"))
}

fn opened(vault: &Vault, merchant: MerchantId, sealed: Option<&String>) -> Result<Option<PasswordHash>> {
    sealed.map(|text| vault.open(merchant, SEAL, text).map(PasswordHash::stored)).transpose()
}

fn wrong() -> Error {
    Error::refused("pin_wrong", "the PIN or the digits are wrong; ask the member again")
}

/// Counts a try and gives what it is held against.
///
/// Errors: `pin_locked` with the time to wait.
async fn begin_try(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<Option<String>> {
    store::open(tx, cx, member).await?;
    let left = store::count_try(tx, cx, member).await?;
    let (hash, since) = store::find(tx, cx.merchant, member).await?;
    if left {
        return Ok(hash);
    }
    let wait_s = u32::try_from((since.plus_ms(WINDOW_MS).since_ms(cx.now) + 999) / 1_000).unwrap_or(900);
    Err(Error::too_many("pin_locked", "too many wrong tries; wait, or let the member show the code on the phone").retry_after_s(wait_s))
}

/// Whether a PIN is the member's: counts the try first, hashes outside of any transaction.
async fn pin_is_right(app: &App, cx: &Cx, member: MemberId, pin: &str) -> Result<()> {
    let sealed = app.db.write(&(cx, member), |tx, (cx, member)| Box::pin(begin_try(tx, cx, *member))).await?;
    let hash = opened(&app.vault, cx.merchant, sealed.as_ref())?;
    let right = staff::verify(pin, hash.as_ref()).await?;
    if sealed.is_none() {
        return Err(Error::refused("pin_not_set", "this member has no PIN; set one, or scan the code on the phone"));
    }
    if right { Ok(()) } else { Err(wrong()) }
}

/// Sets or changes a PIN. Who changes one must know it.
///
/// Errors: `pin_weak`, `member_not_found`, `member_not_active`, `pin_current_needed`, `pin_wrong`,
/// `pin_locked`; `pin_changed` (conflict) where somebody else changed it meanwhile.
pub async fn set(app: &App, caller: &Caller, member: MemberId, pin: &str, current: Option<&str>) -> Result<()> {
    let pin = Pin::parse(pin)?;
    let cx = &caller.cx;
    let before = app
        .db
        .read(&(cx, member), |tx, (cx, member)| {
            Box::pin(async move {
                active(tx, cx, *member).await?;
                Ok(store::find(tx, cx.merchant, *member).await?.0)
            })
        })
        .await?;
    match (&before, current) {
        (None, _) => {}
        (Some(_), Some(current)) => pin_is_right(app, cx, member, current).await?,
        (Some(_), None) => {
            return Err(Error::refused("pin_current_needed", "this member has a PIN; give it, or let a manager take it away"));
        }
    }
    let hash = staff::hash_secret(pin.as_str(), &cx.random).await?;
    let sealed = app.vault.seal(cx.merchant, SEAL, hash.as_str())?;
    let input = (cx, member, sealed, before);
    app.db
        .write(&input, |tx, (cx, member, sealed, before)| {
            Box::pin(async move {
                member::ops::hold(tx, cx, *member).await?;
                active(tx, cx, *member).await?;
                store::open(tx, cx, *member).await?;
                if !store::set(tx, cx, *member, Some(sealed), before.as_deref()).await? {
                    return Err(Error::conflict("pin_changed", "the PIN was changed meanwhile; look again"));
                }
                audit::ops::record(tx, cx, &Entry::new("member.pin_set", *member)).await
            })
        })
        .await
}

/// Takes a PIN away.
///
/// Errors: `member_not_found`, `pin_not_set`.
pub async fn remove(tx: &mut Tx, cx: &Cx, member: MemberId) -> Result<()> {
    member::ops::must_exist(tx, cx, member).await?;
    if !store::remove(tx, cx.merchant, member).await? {
        return Err(Error::not_found("pin_not_set", "this member has no PIN"));
    }
    audit::ops::record(tx, cx, &Entry::new("member.pin_removed", member)).await
}

/// Checks what a member gave, and gives a proof for one order.
///
/// Errors: `member_not_found`, `member_not_active`, `user_not_allowed`, `proof_malformed` where it is not one of PIN,
/// code and digits; `pin_not_set`, `pin_wrong`, `pin_locked`; `code_malformed`, `code_forged`,
/// `code_expired`, `code_of_another`, `code_used`.
pub async fn prove(app: &App, caller: &Caller, member: MemberId, request: &ProofRequest) -> Result<Proof> {
    let cx = &caller.cx;
    let who = request.used_by.unwrap_or(member);
    let number = app
        .db
        .read(&(cx, member, who), |tx, (cx, member, who)| {
            Box::pin(async move {
                let mut number = active(tx, cx, *member).await?;
                if who != member {
                    group::ops::may_use(tx, cx, *member, *who).await?;
                    number = active(tx, cx, *who).await?;
                }
                Ok(number)
            })
        })
        .await?;
    let step = match (&request.pin, &request.code, &request.digits) {
        (Some(pin), None, None) => {
            pin_is_right(app, cx, who, pin).await?;
            None
        }
        (None, Some(text), None) => Some(scanned(app, cx, &number, text)?),
        (None, None, Some(typed)) => {
            app.db.write(&(cx, who), |tx, (cx, who)| Box::pin(begin_try(tx, cx, *who))).await?;
            Some(code::step_of_digits(&app.vault, cx.merchant, &number, typed.trim(), cx.now).ok_or_else(wrong)?)
        }
        _ => return Err(Error::invalid("proof_malformed", "give one of pin, code and digits")),
    };
    let input = (cx, who, step, request);
    app.db
        .write(&input, |tx, (cx, who, step, request)| {
            Box::pin(async move {
                if let Some(step) = step
                    && !store::use_code(tx, cx.merchant, *who, *step, request.order).await?
                {
                    return Err(Error::refused("code_used", "this code has paid already; wait half a minute for the next one"));
                }
                store::forget_tries(tx, cx.merchant, *who).await
            })
        })
        .await?;
    Ok(Proof::make(&app.vault, cx.merchant, member, request.order, cx.now))
}

fn scanned(app: &App, cx: &Cx, number: &str, text: &str) -> Result<i64> {
    let (found, step) = code::verify(&app.vault, cx.merchant, text.trim(), cx.now)?;
    if found == number {
        return Ok(step);
    }
    Err(Error::refused("code_of_another", "this is another member's code; identify that member first"))
}

/// Removes what is here of a member who is erased.
pub(crate) async fn clear(tx: &mut Tx, merchant: MerchantId, member: MemberId) -> Result<()> {
    store::delete_all(tx, merchant, member).await
}
